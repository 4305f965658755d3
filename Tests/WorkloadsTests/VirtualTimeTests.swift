import AssayModel
import Testing
import Workloads

/// The workloads under sources that are not the system's: they must not notice.
@Suite("Virtual time")
struct VirtualTimeTests {
  /// One actor at work as in a worker process, on a virtual clock.
  private static func run(
    _ workload: LoadSettings.Workload, seed: UInt64, change: (inout PlannedCell) -> Void
  ) throws -> (judged: Judged, virtual: Nanoseconds, real: Duration) {
    let real = ContinuousClock.now
    let trial = try Trial(workload, seed: seed, change: change)
    let actor = try trial.actor()
    let start = trial.clock.monotonicNow()
    let end = start + .seconds(100 * 24 * 3_600)
    actor.run(
      pacing: Pacing(
        load: trial.cell.load, actors: 1, index: 0, start: start, until: end,
        seed: trial.cell.seed.derived("arrivals")),
      start: start, deadline: end)
    return (try trial.judge(), trial.clock.monotonicNow() - start, .now - real)
  }

  @Test("A key-value actor that thinks for an hour works through a day in no time")
  func thinkTimeIsVirtual() throws {
    let (judged, virtual, real) = try Self.run(.kv, seed: 71) { cell in
      cell.load.think = .seconds(3_600)
      cell.load.extent = .operations(25)
    }
    #expect(judged.events.count == 25)
    #expect(virtual >= .seconds(24 * 3_600) && virtual < .seconds(24 * 3_600 + 1))
    for (one, next) in zip(judged.events, judged.events.dropFirst()) {
      let end = try #require(one.completed)
      #expect(next.invoked - end == .seconds(3_600) + .microseconds(1), "the recorder's tick")
    }
    #expect(real < .seconds(60))
    judged.expect(.durability, .valid)
  }

  @Test("An actor begins at its start, and stops when it is no longer wanted")
  func startAndStop() throws {
    let trial = try Trial(.kv, seed: 77) { $0.load.extent = .operations(50) }
    let actor = try trial.actor()
    let start = trial.clock.monotonicNow() + .seconds(3_600)
    let end = start + .seconds(3_600)
    actor.run(
      pacing: Pacing(
        load: trial.cell.load, actors: 1, index: 0, start: start, until: end, seed: Seed(1)),
      start: start, deadline: end
    ) { actor.events.count < 7 }
    #expect(actor.events.count == 7)
    #expect(actor.events.first?.invoked == start + .microseconds(1))
  }

  @Test("Locks that are held for an hour and renewed meanwhile take no time either")
  func holdTimeIsVirtual() throws {
    let (judged, virtual, real) = try Self.run(.locks, seed: 72) { cell in
      cell.load.hold = .seconds(3_600)
      cell.load.extent = .operations(10)
      cell.locks.ttl = .seconds(1_800)
      cell.locks.renew = true
    }
    let renewals = judged.events.count { $0.operation.kind == .renew }
    #expect(renewals == 50, "five in an hour: at 600 s, ..., 3,000 s")
    #expect(virtual >= .seconds(36_000) && virtual < .seconds(36_001))
    #expect(real < .seconds(60))
    #expect(judged.events.allSatisfy { $0.outcome == .ok }, judged.replay)
    judged.expect(.durability, .valid)
  }

  @Test("An open loop at one arrival an hour follows the virtual clock")
  func openLoopIsVirtual() throws {
    let (judged, virtual, real) = try Self.run(.ledger, seed: 73) { cell in
      cell.load.rate = .perSecond(1 / 3_600)
      cell.load.extent = .operations(100)
    }
    #expect(judged.events.count == 100)
    #expect(judged.events.allSatisfy { $0.invoked - $0.intended == .microseconds(1) })
    // 100 exponential gaps: 10 hours are one sigma.
    #expect(abs(virtual.seconds / 3_600 - 100) < 40, judged.replay)
    #expect(real < .seconds(60))
    judged.expect(.atomicity, .valid)
  }

  @Test("The same seed gives the same events at the same virtual times, another seed others")
  func historyFollowsFromTheSeed() throws {
    for workload in [LoadSettings.Workload.kv, .ledger, .locks] {
      func events(_ seed: UInt64) throws -> [Event] {
        try Self.run(workload, seed: seed) { cell in
          cell.load.rate = .perSecond(10)
          cell.load.hold = .milliseconds(150)
          cell.load.extent = .operations(40)
        }.judged.events
      }
      let one = try events(74)
      #expect(try events(74) == one)
      #expect(try events(75) != one)
    }
  }

  @Test("In an open loop a slow operation makes the next ones late, and its wait is counted")
  func lateOperationsKeepTheirArrivals() throws {
    let (judged, _, _) = try Self.run(.locks, seed: 76) { cell in
      cell.load.rate = .perSecond(100)
      cell.load.hold = .milliseconds(50)
      cell.load.extent = .operations(50)
    }
    let acquisitions = judged.events.filter { $0.operation.kind == .acquire }
    #expect(acquisitions.count == 50)
    // A service time of 50 ms at 100 arrivals a second: the queue grows by 40 ms an operation.
    let waits = acquisitions.map { ($0.invoked - $0.intended).seconds }
    #expect(waits[49] > 1.5 && waits[49] < 2.5, "\(waits); seed 76")
  }
}
