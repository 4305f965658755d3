import AssayModel
import AssayStorage
import Testing

@testable import Runner

/// The workloads under the baton.
@Suite("Workloads in the simulated world")
struct SimulatedRunTests {
  private static let workloads: [LoadSettings.Workload] = [.kv, .ledger, .locks]

  private static func play(
    _ cell: PlannedCell, schedule: UInt64, program: UInt64 = 1, threads: ActorThreads,
    prepare: (inout SimulatedRun) -> Void = { _ in }
  ) throws -> SimulatedRunResult {
    let world = try SimulatedWorld(seed: schedule, threads: threads)
    let result = try world.run(cell, program: program, prepare: prepare)
    for database in result.databases { database.close() }
    return result
  }

  @Test("The same seeds give the same steps and the same events twice in one process")
  func replay() throws {
    let threads = ActorThreads()
    for workload in Self.workloads {
      let cell = SimulatedWorld.cell(workload)
      let one = try Self.play(cell, schedule: 1, threads: threads)
      let again = try Self.play(cell, schedule: 1, threads: threads)
      #expect(one.report.ending == .finished, "\(workload)")
      #expect(again.report == one.report, "\(workload)")
      let isSame = again.events == one.events
      #expect(isSame, "\(workload)")
    }
    #expect(threads.startedCount <= 6 + 4, "threads are used again")
  }

  @Test("Another schedule seed gives another order, another program seed other operations")
  func otherSeeds() throws {
    let threads = ActorThreads()
    for workload in Self.workloads {
      let cell = SimulatedWorld.cell(workload)
      let one = try Self.play(cell, schedule: 1, threads: threads)
      let order = try Self.play(cell, schedule: 2, threads: threads)
      let program = try Self.play(cell, schedule: 1, program: 2, threads: threads)
      #expect(order.report.digest != one.report.digest, "\(workload)")
      // With one lock there is nothing to draw.
      let operations = one.events.map(\.event.operation)
      let isSame = program.events.map(\.event.operation) == operations
      #expect(!isSame || workload == .locks, "\(workload)")
    }
  }

  @Test("All operations are done, at times that only grow, and no two at the same time")
  func eventsAreOrdered() throws {
    let result = try Self.play(
      SimulatedWorld.cell(.kv), schedule: 3, threads: ActorThreads())
    let final = result.events.filter(\.event.isFinal)
    #expect(final.count == 60)
    #expect(Set(result.events.map(\.event.actor)).count == 6)
    let times = result.events.flatMap { [$0.event.invoked, $0.event.completed].compactMap(\.self) }
    #expect(Set(times).count == times.count)
    for event in result.events {
      let completed = try #require(event.event.completed)
      #expect(event.event.intended <= event.event.invoked && event.event.invoked < completed)
    }
  }

  @Test("A cell with a duration ends after it, in virtual time")
  func duration() throws {
    let cell = SimulatedWorld.cell(.kv) { cell in
      cell.load.extent = .duration(.seconds(3_600))
      cell.load.warmUp = .seconds(600)
      cell.load.think = .seconds(60)
    }
    let result = try Self.play(cell, schedule: 4, threads: ActorThreads())
    #expect(result.report.ending == .finished)
    #expect(result.report.elapsed > .seconds(4_100) && result.report.elapsed < .seconds(4_201))
    // One at the start and one after each minute, for 70 minutes: 10 of them warm up.
    let first = result.events.filter { $0.event.actor.actor == 0 && $0.event.isFirstAttempt }
    #expect(first.count { $0.event.actor.process == 0 } == 70)
    #expect(first.count { $0.event.actor.process == 0 && $0.event.isMeasured } == 60)
  }

  @Test("Events carry the position of the disk's log at their beginning and their end")
  func positions() throws {
    let world = try SimulatedWorld(seed: 5)
    // A log that grows with the time stands for the disk's.
    let (baton, origin) = (world.baton, world.baton.now())
    let result = try world.run(SimulatedWorld.cell(.ledger)) { run in
      run.position = { UInt64((baton.now() - origin).rawValue) }
    }
    for event in result.events {
      let completed = try #require(event.event.completed)
      #expect(event.invokedAt == UInt64((event.event.invoked - origin).rawValue))
      #expect(event.completedAt == UInt64((completed - origin).rawValue))
    }
  }

  @Test("A killed process's operation has no answer, and the other process does all of its own")
  func killedProcess() throws {
    let threads = ActorThreads()
    var unanswered = 0
    for seed in 1...20 as ClosedRange<UInt64> {
      let world = try SimulatedWorld(seed: seed, threads: threads)
      let cell = SimulatedWorld.cell(.locks) { cell in
        cell.load.hold = .milliseconds(2)
        cell.locks.ttl = .milliseconds(500)
      }
      let (baton, start) = (world.baton, world.baton.now())
      baton.add(name: "killer", process: 9) {
        try? baton.sleep(until: start + .milliseconds(5))
        baton.kill(process: 1)
      }
      let result = try world.run(cell)
      #expect(result.report.ending == .finished, "seed \(seed)")
      let final = result.events.filter { event in
        event.event.isFinal && [.acquire, .protectedRead].contains(event.event.operation.kind)
      }
      #expect(final.count { $0.event.actor.process == 0 } == 30, "seed \(seed)")
      #expect(final.count { $0.event.actor.process == 1 } < 30, "seed \(seed)")
      unanswered += result.events.count { $0.event.completed == nil }
      #expect(
        result.events.allSatisfy { $0.event.actor.process == 1 || $0.event.completed != nil },
        "seed \(seed)")
    }
    #expect(unanswered > 0, "some operation was under way at one of 20 deaths")
  }

  @Test(
    "Operations that are to be skipped are left out, and the actor's others stay what they were")
  func skips() throws {
    let first = ActorID(process: 0, incarnation: 0, actor: 0)
    // Keys and nonces are the actor's own draws; what it reads is not.
    func operations(_ skips: Set<ProgramPlace>) throws -> [WorkloadOperation] {
      let cell = SimulatedWorld.cell(.kv)
      let result = try Self.play(cell, schedule: 6, threads: ActorThreads()) { $0.skips = skips }
      #expect(result.events.count { $0.event.isFinal } == 60 - skips.count)
      return result.events.filter { $0.event.actor == first && $0.event.isFinal }
        .map(\.event.operation)
    }
    var expected = try operations([])
    expected.remove(at: 7)
    expected.remove(at: 0)
    let left = try operations([ProgramPlace(first, number: 0), ProgramPlace(first, number: 7)])
    #expect(left.map(\.subject) == expected.map(\.subject))
    #expect(left.map(\.value) == expected.map(\.value))
  }
}
