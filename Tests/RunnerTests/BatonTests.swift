import AssayModel
import Schedules
import Synchronization
import Testing

@testable import Runner

/// Actors without storage: who runs when, and what becomes of those who wait.
@Suite("Baton")
struct BatonTests {
  /// Where actors note what they do, in the order of their turns.
  final class Notes: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
  }

  static func baton(
    seed: UInt64, threads: ActorThreads = ActorThreads(),
    change: (inout SimulationSettings) -> Void = { _ in }
  ) -> Baton {
    var settings = SimulationSettings()
    settings.recordsSteps = true
    change(&settings)
    return Baton(settings, chooser: SeededOrder(Seed(seed)), threads: threads)
  }

  /// Three actors that take steps of every kind.
  private static func program(
    seed: UInt64, threads: ActorThreads = ActorThreads()
  ) -> (SimulationReport, [String]) {
    let baton = baton(seed: seed, threads: threads)
    let notes = Notes()
    for number in 0..<3 {
      baton.add(name: "actor \(number)", process: number) {
        for step in 0..<10 {
          _ = baton.reached(step % 2 == 0 ? .read : .shmLockOrWrite(step), .database)
          notes.add("\(number).\(step)")
          if step == number { _ = baton.sleep(for: .milliseconds(5)) }
        }
      }
    }
    return (baton.run(), notes.all)
  }

  @Test("The same seed gives the same steps, another seed others, in old threads and in new ones")
  func orderFollowsFromTheSeed() {
    let threads = ActorThreads()
    let (report, notes) = Self.program(seed: 1, threads: threads)
    let (again, notesAgain) = Self.program(seed: 1, threads: threads)
    #expect(again == report)
    #expect(notesAgain == notes)
    #expect(threads.startedCount == 3, "the second run uses the threads of the first")
    #expect(Self.program(seed: 1).0 == report)
    let digests = Set((1...20).map { Self.program(seed: $0, threads: threads).0.digest })
    #expect(digests.count == 20)
    #expect(report.ending == .finished)
    #expect(report.trace.count == report.steps)
    #expect(report.steps == 3 * (10 + 1 + 1))
    #expect(report.handOvers > 5)
  }

  @Test("Only one actor runs at a time, and all that can run are chosen")
  func exactlyOneRuns() {
    let baton = Self.baton(seed: 2)
    let inside = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    for number in 0..<8 {
      baton.add(name: "\(number)", process: 0) {
        for _ in 0..<200 {
          most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
          inside.subtract(1, ordering: .relaxed)
          _ = baton.statementBoundary()
        }
      }
    }
    let report = baton.run()
    #expect(most.load(ordering: .relaxed) == 1)
    #expect(report.steps == 8 * 201)
    #expect(Set(report.trace.map(\.actor)).count == 8)
    #expect(report.handOvers > 1_000)
  }

  @Test("A sleep of hours moves virtual time only, and sleepers wake in the order of their times")
  func sleepIsVirtual() throws {
    let real = ContinuousClock.now
    let baton = Self.baton(seed: 3)
    let clock = SimulatedClock(baton)
    let notes = Notes()
    let start = clock.monotonicNow()
    for hours in [5, 1, 9, 3] as [Int64] {
      baton.add(name: "\(hours)", process: 0) {
        try? clock.sleep(for: .seconds(hours * 3_600))
        notes.add("\(hours)")
      }
    }
    let report = baton.run()
    #expect(notes.all == ["1", "3", "5", "9"])
    #expect(clock.monotonicNow() - start >= .seconds(9 * 3_600))
    #expect(clock.monotonicNow() - start < .seconds(9 * 3_600 + 1))
    #expect(clock.wallNow().milliseconds - 1_700_000_000_000 == 9 * 3_600_000)
    #expect(report.ending == .finished)
    #expect(ContinuousClock.now - real < .seconds(20))
  }

  @Test("A sleep of the VFS is cut to the longest one, and every step takes a tick")
  func vfsSleepIsCapped() {
    let baton = Self.baton(seed: 4) { settings in
      settings.longestSleep = .milliseconds(100)
      settings.tick = .microseconds(3)
    }
    let start = baton.now()
    baton.add(name: "one", process: 0) {
      #expect(baton.sleep(for: .seconds(1)))
      #expect(baton.now() - start == .milliseconds(100))
      #expect(baton.reached(.read, .wal))
      #expect(baton.now() - start == .milliseconds(100) + .microseconds(3))
    }
    #expect(baton.run().ending == .finished)
  }

  @Test("An unpark before the park is remembered once, and a park without one ends at its deadline")
  func permits() throws {
    let baton = Self.baton(seed: 5)
    let parking = SimulatedParking(baton)
    baton.add(name: "one", process: 0) {
      let token = parking.currentToken()
      let start = baton.now()
      parking.unpark(token)
      parking.unpark(token)
      try? parking.park(until: nil)
      #expect(baton.now() - start < .milliseconds(1))
      try? parking.park(until: start + .seconds(2))
      #expect(baton.now() - start == .seconds(2))
    }
    #expect(baton.run().ending == .finished)
  }

  @Test("Two that wait for each other are reported by name, and the world goes on to its end")
  func deadlockIsAResult() {
    let baton = Self.baton(seed: 6)
    let parking = SimulatedParking(baton)
    let notes = Notes()
    let tokens = Mutex<[ParkingToken]>([])
    // Each takes its own lock and then wants the other's, whose holder parks as well.
    for name in ["left", "right"] {
      baton.add(name: name, process: 1) {
        tokens.withLock { $0.append(parking.currentToken()) }
        do {
          try parking.park(until: nil)
          notes.add("\(name) was woken")
        } catch {
          notes.add("\(name) was stopped")
        }
      }
    }
    let waiter = baton.add(name: "busy", process: 0) { _ = baton.statementBoundary() }
    baton.add(name: "joiner", process: 0) { waiter.join() }
    let report = baton.run()
    let waiting = ["left", "right"].map {
      WaitingActor(name: $0, process: 1, reason: .unpark(deadline: nil))
    }
    #expect(report.ending == .deadlock(waiting))
    #expect(notes.all.sorted() == ["left was stopped", "right was stopped"])
  }

  @Test("A circle of joins is a deadlock too")
  func joinsInACircle() throws {
    let baton = Self.baton(seed: 7)
    let actors = Mutex<[SimulatedActor]>([])
    for (name, other) in [("first", 1), ("second", 0)] {
      let actor = baton.add(name: name, process: 0) {
        actors.withLock({ $0[other] }).join()
      }
      actors.withLock { $0.append(actor) }
    }
    let waiting = [
      WaitingActor(name: "first", process: 0, reason: .end(of: "second")),
      WaitingActor(name: "second", process: 0, reason: .end(of: "first")),
    ]
    #expect(baton.run().ending == .deadlock(waiting))
  }

  @Test("Whoever runs for ever is stopped at the limit of steps, and the report says who")
  func livelockIsAResult() {
    let baton = Self.baton(seed: 8) { $0.stepLimit = 500 }
    let clock = SimulatedClock(baton)
    baton.add(name: "spinner", process: 0) {
      while baton.statementBoundary() {}
    }
    baton.add(name: "sleeper", process: 0) { try? clock.sleep(for: .seconds(3_600)) }
    let report = baton.run()
    guard case .livelock(let waiting) = report.ending else {
      Issue.record("\(report.ending)")
      return
    }
    #expect(waiting.map(\.name) == ["spinner", "sleeper"])
    #expect(waiting.first?.reason == .itsTurn)
    #expect(report.steps >= 500 && report.steps < 510)
  }

  @Test("An actor that only the chooser keeps from running is no livelock: it gets a turn")
  func unfairChooser() {
    var settings = SimulationSettings()
    settings.stepLimit = 500
    let baton = Baton(settings, chooser: LowestFirst(), threads: ActorThreads())
    let isFree = Mutex(false)
    let turns = Mutex(0)
    baton.add(name: "waiter", process: 0) {
      while !isFree.withLock({ $0 }), baton.statementBoundary() { turns.withLock { $0 += 1 } }
    }
    baton.add(name: "holder", process: 0) { isFree.withLock { $0 = true } }
    let report = baton.run()
    #expect(report.ending == .finished)
    #expect(turns.withLock { $0 } >= 248, "the chooser had its way for half of the steps")
    #expect(report.steps < 260)
  }

  @Test("A killed process's actors do nothing more, wherever they wait; the others go on")
  func killedProcess() {
    for seed in 1...50 as ClosedRange<UInt64> {
      let baton = Self.baton(seed: seed)
      let parking = SimulatedParking(baton)
      let clock = SimulatedClock(baton)
      let notes = Notes()
      baton.processDied = { notes.add("process \($0) died") }
      let host = SimulatedHost(baton, process: 0)
      let victim = SimulatedHost(baton, process: 1)
      baton.add(name: "parked", process: 1) {
        do { try parking.park(until: nil) } catch { notes.add("parked") }
      }
      baton.add(name: "asleep", process: 1) {
        do { try clock.sleep(for: .seconds(60)) } catch { notes.add("asleep") }
      }
      baton.add(name: "reading", process: 1) {
        while baton.reached(.read, .database) {}
        #expect(baton.sleep(for: .milliseconds(1)) == false)
        #expect(baton.reached(.write, .database) == false)
        notes.add("reading")
      }
      baton.add(name: "killer", process: 0) {
        try? clock.sleep(for: .microseconds(20))
        #expect(host.liveness(of: victim.ownProcess) == .alive)
        baton.kill(process: 1)
        #expect(host.liveness(of: victim.ownProcess) == .gone)
        for _ in 0..<50 { #expect(baton.reached(.read, .wal)) }
        notes.add("killer")
      }
      let report = baton.run()
      #expect(report.ending == .finished, "seed \(seed)")
      let expected = ["asleep", "killer", "parked", "process 1 died", "reading"]
      #expect(notes.all.sorted() == expected, "seed \(seed)")
      #expect(report.elapsed < .seconds(1), "seed \(seed): the sleeper did not sleep on")
    }
  }

  @Test("Told to stop, all end")
  func stopEndsAll() {
    let baton = Self.baton(seed: 9)
    for number in 0..<3 {
      baton.add(name: "\(number)", process: number) {
        while baton.statementBoundary() {}
      }
    }
    baton.add(name: "stopper", process: 3) { baton.stop() }
    #expect(baton.run().ending == .stopped)
  }

  @Test("A spawned actor runs under the baton, join waits for it, and it ends with the others")
  func spawnedActors() {
    let baton = Self.baton(seed: 10)
    let clock = SimulatedClock(baton)
    let spawning = SimulatedSpawning(baton, process: 4)
    let notes = Notes()
    baton.add(name: "main", process: 4) {
      let worker = spawning.spawn(name: "worker") {
        #expect(baton.currentProcess == 4)
        try? clock.sleep(for: .seconds(10))
        notes.add("worker")
      }
      _ = spawning.spawn(name: "daemon") {
        do { while true { try clock.sleep(for: .seconds(1)) } } catch { notes.add("daemon") }
      }
      worker.join()
      worker.join()
      notes.add("main")
    }
    #expect(baton.run().ending == .finished)
    #expect(notes.all == ["worker", "main", "daemon"])
  }

  @Test("From outside of a run steps pass the baton to nobody and sleeps move the time")
  func outside() throws {
    let baton = Self.baton(seed: 11)
    let start = baton.now()
    #expect(baton.reached(.open, .database))
    #expect(baton.statementBoundary())
    #expect(baton.currentActor == -1)
    #expect(baton.currentProcess == -1)
    baton.acting(for: 2) { #expect(baton.currentProcess == 2) }
    #expect(baton.now() == start)
    try baton.sleep(until: start + .seconds(5))
    #expect(baton.now() == start + .seconds(5))
    #expect(throws: ActorStopped.self) { try baton.park(until: nil) }
    baton.unpark(baton.currentToken())
    try baton.park(until: nil)
    baton.kill(process: 2)
    baton.acting(for: 2) { #expect(baton.reached(.close, .database) == false) }
    #expect(baton.reached(.open, .database))
  }

  @Test("An actor that blocks for real ends the process instead of hanging it, and is named")
  func realBlock() async throws {
    let ending = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let baton = BatonTests.baton(seed: 13) { $0.hangLimit = .milliseconds(50) }
      baton.add(name: "innocent", process: 0) { _ = baton.statementBoundary() }
      baton.add(name: "blocked", process: 0) { Turn().wait() }
      _ = baton.run()
    }
    let said = String(decoding: try #require(ending).standardErrorContent, as: UTF8.self)
    #expect(said.contains("actor 'blocked' takes no step"), "\(said)")
    #expect(!said.contains("innocent"), "\(said)")
  }

  @Test("A reading of the clock takes time, so that waiting for a time without a step ends")
  func readingTakesTime() {
    let baton = Self.baton(seed: 14)
    let clock = SimulatedClock(baton)
    baton.add(name: "spinner", process: 0) {
      let end = clock.monotonicNow() + .milliseconds(10)
      var readings = 0
      while clock.monotonicNow() < end { readings += 1 }
      #expect(readings == 9_999)
      #expect(baton.now() == end)
    }
    #expect(baton.run().ending == .finished)
  }

  @Test("A world that is reset begins anew and gives the same run again")
  func reset() {
    let baton = Self.baton(seed: 12)
    func play(_ seed: UInt64) -> SimulationReport {
      baton.reset(chooser: SeededOrder(Seed(seed)))
      baton.kill(process: 9)
      for number in 0..<4 {
        baton.add(name: "\(number)", process: 0) {
          for _ in 0..<20 { _ = baton.reached(.lock, .database) }
        }
      }
      return baton.run()
    }
    let report = play(1)
    let other = play(2)
    #expect(play(1) == report)
    #expect(other != report)
    baton.reset(chooser: SeededOrder(Seed(1)))
    #expect(!baton.isDead(process: 9))
  }

  @Test("Actors whose run never began give their threads back")
  func unusedActors() {
    let threads = ActorThreads()
    let baton = Self.baton(seed: 15, threads: threads)
    let notes = Notes()
    for round in 0..<3 {
      for _ in 0..<4 { baton.add(name: "unused", process: 0) { notes.add("ran") } }
      baton.reset(chooser: SeededOrder(Seed(1)))
      baton.add(name: "used", process: 0) { notes.add("round \(round)") }
      #expect(baton.run().ending == .finished)
      baton.reset(chooser: SeededOrder(Seed(1)))
    }
    #expect(notes.all == ["round 0", "round 1", "round 2"])
    #expect(threads.startedCount == 4)
  }
}

extension VFSMethod {
  /// Another method for every odd step.
  fileprivate static func shmLockOrWrite(_ step: Int) -> VFSMethod {
    step % 4 == 1 ? .sharedMemoryLock : .write
  }
}

/// Prefers the actor that was added first for as long as it can run.
private struct LowestFirst: ActorChooser {
  mutating func next(at point: ChoicePoint) -> Int { point.runnable[0] }
}
