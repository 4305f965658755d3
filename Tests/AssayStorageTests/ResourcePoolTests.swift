import AssayModel
import Synchronization
import Testing

@testable import AssayStorage

@Suite("The pool under a fake parking")
struct ResourcePoolTests {
  private func pool(
    _ baton: Baton, limit: Int, idle: Int = 8,
    make: @escaping @Sendable () throws(StorageError) -> Int = { () throws(StorageError) in 0 }
  ) -> ResourcePool<Int> {
    ResourcePool(limit: limit, idleLimit: idle, environment: .simulated(baton), make: make)
  }

  /// Ten actors take one of three resources four times each; notes who asks and who gets.
  private func contend(seed: UInt64) -> (Baton, ResourcePool<Int>) {
    let baton = Baton(seed: seed)
    let lent = Atomic<Int>(0)
    let pool = pool(baton, limit: 3)
    baton.run(
      (0..<10).map { index in
        (
          "a\(index)",
          {
            do {
              for _ in 0..<4 {
                let resource = try pool.acquire(.forever)
                #expect(lent.add(1, ordering: .relaxed).newValue <= 3)
                baton.note("a\(index)")
                try baton.sleep(for: .seconds(10))
                lent.subtract(1, ordering: .relaxed)
                pool.release(resource, isUsable: true)
              }
            } catch {
              Issue.record("\(error)")
            }
          }
        )
      })
    #expect(baton.deadlock == nil)
    return (baton, pool)
  }

  @Test("No more than the limit is lent, every waiter parks, and no real time passes")
  func limit() {
    let clock = ContinuousClock()
    let start = clock.now
    let (baton, pool) = contend(seed: 1)
    #expect(baton.trace.count == 40)
    #expect(pool.counts.acquisitions == 40)
    #expect(pool.counts.waits >= 7)
    #expect(UInt64(baton.parks) >= pool.counts.waits)
    #expect(pool.open == 3)
    // Forty times ten seconds on three resources.
    #expect(baton.monotonicNow() - MonotonicTime(nanoseconds: 0) > .seconds(130))
    #expect(clock.now - start < .seconds(30))
  }

  @Test("The same seed gives the same order of grants, another seed another one")
  func order() {
    let orders = (0..<10).map { contend(seed: $0).0.trace }
    #expect(orders == (0..<10).map { contend(seed: $0).0.trace })
    #expect(Set(orders).count > 5)
  }

  @Test("Waiters are served in the order in which they came")
  func fifo() {
    for seed in 0..<30 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let pool = pool(baton, limit: 1)
      let asked = Mutex<[Int]>([])
      let holder: Baton.Role = (
        "holder",
        {
          #expect(throws: Never.self) {
            let resource = try pool.acquire(.forever)
            while pool.waiting < 6 { baton.yield() }
            pool.release(resource, isUsable: true)
          }
        }
      )
      let waiters = (0..<6).map { index -> Baton.Role in
        (
          "a\(index)",
          {
            #expect(throws: Never.self) {
              while pool.counts.acquisitions == 0 { baton.yield() }
              asked.withLock { $0.append(index) }
              let resource = try pool.acquire(.forever)
              baton.note("\(index)")
              baton.yield()
              pool.release(resource, isUsable: true)
            }
          }
        )
      }
      baton.run([holder] + waiters)
      #expect(baton.deadlock == nil)
      #expect(baton.trace == asked.withLock { $0.map(String.init) }, "seed \(seed)")
    }
  }

  @Test("A wait ends at the acquire timeout in virtual time, and takes nothing with it")
  func timeout() {
    for seed in 0..<20 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let pool = pool(baton, limit: 1)
      baton.run([
        (
          "holder",
          {
            do {
              let resource = try pool.acquire(.forever)
              try baton.sleep(for: .seconds(60))
              pool.release(resource, isUsable: true)
            } catch {
              Issue.record("\(error)")
            }
          }
        ),
        (
          "hurried",
          {
            while pool.counts.acquisitions == 0 { baton.yield() }
            #expect(throws: StorageError.acquireTimedOut(waited: .seconds(5))) {
              try pool.acquire(.span(.seconds(5)))
            }
          }
        ),
        (
          "patient",
          {
            while pool.counts.acquisitions == 0 { baton.yield() }
            #expect(throws: Never.self) {
              pool.release(try pool.acquire(.span(.seconds(61))), isUsable: true)
            }
          }
        ),
      ])
      #expect(baton.deadlock == nil)
      #expect(pool.counts.timeouts == 1)
      #expect(pool.open == 1)
    }
  }

  @Test("Only so many idle resources are kept")
  func idle() throws {
    let baton = Baton(seed: 1)
    let pool = pool(baton, limit: 5, idle: 2)
    try baton.runAlone {
      let lent = try (0..<5).map { _ in try pool.acquire(.forever) }
      #expect(pool.open == 5)
      for resource in lent { pool.release(resource, isUsable: true) }
      #expect(pool.open == 2)
    }
  }

  @Test("An unusable resource is replaced for the first waiter")
  func replaced() {
    let baton = Baton(seed: 4)
    let made = Atomic<Int>(0)
    let pool = pool(baton, limit: 1) { () throws(StorageError) in
      made.add(1, ordering: .relaxed).newValue
    }
    baton.run([
      (
        "first",
        {
          #expect(throws: Never.self) {
            let resource = try pool.acquire(.forever)
            while pool.waiting == 0 { baton.yield() }
            pool.release(resource, isUsable: false)
          }
        }
      ),
      (
        "second",
        {
          while pool.counts.acquisitions == 0 { baton.yield() }
          #expect(throws: Never.self) {
            let resource = try pool.acquire(.forever)
            #expect(resource == 2)
            pool.release(resource, isUsable: true)
          }
        }
      ),
    ])
    #expect(baton.deadlock == nil)
    #expect(pool.open == 1)
  }

  @Test("A failure to make a resource goes to who asked, and the slot to the next waiter")
  func failedOpen() {
    let baton = Baton(seed: 4)
    let made = Atomic<Int>(0)
    let pool = pool(baton, limit: 1) { () throws(StorageError) in
      baton.yield()
      let count = made.add(1, ordering: .relaxed).newValue
      if count == 1 {
        while baton.parks == 0 { baton.yield() }
        throw .invalidConfiguration("planted")
      }
      return count
    }
    let failures = Atomic<Int>(0)
    @Sendable func take() {
      do {
        pool.release(try pool.acquire(.forever), isUsable: true)
      } catch {
        failures.add(1, ordering: .relaxed)
      }
    }
    baton.run([("a", take), ("b", take), ("c", take)])
    #expect(baton.deadlock == nil)
    #expect(failures.load(ordering: .relaxed) == 1)
    #expect(pool.open == 1)
  }

  @Test("A waiter that is stopped leaves the queue and keeps nothing")
  func stopped() {
    for seed in 0..<40 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let pool = pool(baton, limit: 1)
      @Sendable func take() {
        do {
          let resource = try pool.acquire(.forever)
          baton.yield()
          pool.release(resource, isUsable: true)
        } catch {
          #expect(error == .stopped)
        }
      }
      baton.run([
        ("a", take), ("b", take), ("victim", take), ("c", take),
        ("killer", { baton.stop("victim") }),
      ])
      #expect(baton.deadlock == nil, "seed \(seed)")
      #expect(pool.open == 1)
    }
  }

  @Test("A closed pool turns everybody away and lets go of what comes back")
  func close() {
    let baton = Baton(seed: 2)
    let pool = pool(baton, limit: 1)
    baton.run([
      (
        "closer",
        {
          #expect(throws: Never.self) {
            let resource = try pool.acquire(.forever)
            while pool.waiting == 0 { baton.yield() }
            pool.close()
            pool.release(resource, isUsable: true)
          }
        }
      ),
      (
        "waiter",
        {
          while pool.counts.acquisitions == 0 { baton.yield() }
          #expect(throws: StorageError.closed) { try pool.acquire(.forever) }
        }
      ),
    ])
    #expect(baton.deadlock == nil)
    #expect(pool.open == 0)
  }

  @Test("Actors that wait for each other are reported, not waited for")
  func deadlock() {
    let baton = Baton(seed: 1)
    let left = pool(baton, limit: 1)
    let right = pool(baton, limit: 1)
    @Sendable func take(_ first: ResourcePool<Int>, _ second: ResourcePool<Int>) {
      do {
        let one = try first.acquire(.forever)
        while left.counts.acquisitions + right.counts.acquisitions < 2 { baton.yield() }
        defer { first.release(one, isUsable: true) }
        second.release(try second.acquire(.forever), isUsable: true)
      } catch {
        #expect(error == .stopped)
      }
    }
    baton.run([("a", { take(left, right) }), ("b", { take(right, left) })])
    #expect(baton.deadlock == ["a", "b"])
  }
}
