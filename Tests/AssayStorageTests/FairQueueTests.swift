import AssayModel
import Synchronization
import Testing

@testable import AssayStorage

@Suite("The fair queue under a fake parking")
struct FairQueueTests {
  /// Eight actors take the lock five times each and hold it for 200 us of virtual time.
  private func contend(seed: UInt64, hold: Nanoseconds, rule: FairQueue.Rule = .init()) throws
    -> (Baton, FairQueue)
  {
    let baton = Baton(seed: seed)
    let queue = FairQueue(rule: rule, environment: .simulated(baton))
    let inside = Atomic<Int>(0)
    baton.run(
      (0..<8).map { index in
        (
          "a\(index)",
          {
            for _ in 0..<5 {
              do {
                try queue.lock(.forever)
                #expect(inside.add(1, ordering: .relaxed).newValue == 1)
                baton.note("a\(index)")
                if hold > .zero { try baton.sleep(for: hold) } else { baton.yield() }
                inside.subtract(1, ordering: .relaxed)
                queue.unlock()
              } catch {
                Issue.record("\(error)")
              }
            }
          }
        )
      })
    #expect(baton.deadlock == nil)
    return (baton, queue)
  }

  @Test("Every waiter parks, one actor at a time is inside, and no real time passes")
  func parks() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let (baton, queue) = try contend(seed: 1, hold: .seconds(60))
    #expect(baton.trace.count == 40)
    #expect(queue.counts.acquisitions == 40)
    #expect(queue.counts.waits > 0)
    #expect(UInt64(baton.parks) >= queue.counts.waits)
    #expect(baton.monotonicNow() - MonotonicTime(nanoseconds: 0) >= .seconds(40 * 60))
    #expect(clock.now - start < .seconds(30))
  }

  @Test("The same seed gives the same order of grants, another seed another one")
  func order() throws {
    let orders = try (0..<10).map { try contend(seed: $0, hold: .zero).0.trace }
    let again = try (0..<10).map { try contend(seed: $0, hold: .zero).0.trace }
    #expect(orders == again)
    #expect(Set(orders).count > 5)
  }

  @Test("Nobody is overtaken more often than the bound says, and somebody is overtaken")
  func bounded() throws {
    var most = 0
    for seed in 0..<40 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let queue = FairQueue(
        rule: .init(turn: .seconds(3600), overtakes: 3), environment: .simulated(baton))
      let passed = Mutex(0)
      let waiting = Mutex(false)
      let hog: @Sendable () -> Void = {
        do {
          for _ in 0..<40 {
            try queue.lock(.forever)
            waiting.withLock { if $0 { passed.withLock { $0 += 1 } } }
            baton.yield()
            queue.unlock()
          }
        } catch {
          Issue.record("\(error)")
        }
      }
      baton.run([
        ("hog", hog),
        (
          "patient",
          {
            do {
              while queue.counts.acquisitions == 0 { baton.yield() }
              waiting.withLock { $0 = true }
              try queue.lock(.forever)
              waiting.withLock { $0 = false }
              queue.unlock()
            } catch {
              Issue.record("\(error)")
            }
          }
        ),
      ])
      #expect(baton.deadlock == nil)
      // One more may come between the flag and the place in the queue.
      #expect(passed.withLock { $0 } <= 4, "seed \(seed)")
      most = max(most, passed.withLock { $0 })
    }
    #expect(most >= 2)
  }

  @Test("A first waiter is handed the lock once its turn is over")
  func turn() throws {
    let (_, queue) = try contend(
      seed: 3, hold: .milliseconds(2), rule: .init(turn: .milliseconds(1), overtakes: 1_000))
    // 40 grants of 2 ms: who comes last waits for seven others, not for all their rounds.
    #expect(queue.counts.longestWait <= .milliseconds(7 * 2 + 2))
  }

  @Test("A wait ends at its limit in virtual time, and the lock goes on to the others")
  func timeout() throws {
    for seed in 0..<20 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let queue = FairQueue(environment: .simulated(baton))
      let outcomes = Mutex<[String]>([])
      @Sendable func take(_ name: String, _ limit: WaitLimit) {
        do {
          try baton.sleep(for: .milliseconds(1))
          try queue.lock(limit)
          outcomes.withLock { $0.append(name) }
          queue.unlock()
        } catch StorageError.acquireTimedOut(let waited) {
          #expect(waited == .milliseconds(50))
          outcomes.withLock { $0.append("\(name) timed out") }
        } catch {
          Issue.record("\(error)")
        }
      }
      baton.run([
        (
          "holder",
          {
            do {
              try queue.lock(.forever)
              try baton.sleep(for: .milliseconds(100))
              queue.unlock()
            } catch {
              Issue.record("\(error)")
            }
          }
        ),
        ("hurried", { take("hurried", .span(.milliseconds(50))) }),
        ("patient", { take("patient", .forever) }),
      ])
      #expect(baton.deadlock == nil)
      #expect(outcomes.withLock { $0 } == ["hurried timed out", "patient"], "seed \(seed)")
    }
  }

  @Test("A waiter that is stopped leaves the queue and loses no wake-up")
  func stopped() throws {
    for seed in 0..<40 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let queue = FairQueue(environment: .simulated(baton))
      let done = Atomic<Int>(0)
      @Sendable func take() {
        do {
          try queue.lock(.forever)
          baton.yield()
          queue.unlock()
          done.add(1, ordering: .relaxed)
        } catch {
          #expect(error == .stopped)
        }
      }
      baton.run([
        ("a", take), ("b", take), ("victim", take), ("c", take),
        ("killer", { baton.stop("victim") }),
      ])
      #expect(baton.deadlock == nil, "seed \(seed)")
      #expect(done.load(ordering: .relaxed) >= 3, "seed \(seed)")
    }
  }

  @Test("Closing turns away who waits and who comes later")
  func close() throws {
    let baton = Baton(seed: 5)
    let queue = FairQueue(environment: .simulated(baton))
    baton.run([
      (
        "closer",
        {
          do {
            try queue.lock(.forever)
            while queue.waiting == 0 { baton.yield() }
            queue.close()
            queue.unlock()
          } catch {
            Issue.record("\(error)")
          }
        }
      ),
      (
        "waiter",
        {
          while queue.counts.acquisitions == 0 { baton.yield() }
          #expect(throws: StorageError.closed) { try queue.lock(.forever) }
          #expect(throws: StorageError.closed) { try queue.lock(.forever) }
        }
      ),
    ])
    #expect(baton.deadlock == nil)
  }
}
