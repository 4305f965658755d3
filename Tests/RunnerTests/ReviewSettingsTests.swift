import AssayModel
import Foundation
import ScenarioFiles
import Testing

@testable import Runner

@Suite("Settings at their limits")
struct ReviewSettingsTests {
  @Test(
    "Settings that only an empty database takes are there in the run",
    arguments: [
      "auto_vacuum: full", "auto_vacuum: incremental", "encoding: UTF-16le", "page_size: 512",
      "cache_spill: 100",
    ])
  func format(setting: String) async throws {
    let finished = try await CellHarness.run(
      """
      storage: { \(setting) }
      load: { workload: kv, keys: { count: 10 }, duration: 50ms }
      """)
    #expect(finished.incidents.isEmpty)
    #expect(finished.reports.count == 1)
  }

  @Test("A hold of an hour does not make a short run long")
  func longHold() async throws {
    let finished = try await CellHarness.run(
      """
      load: { workload: locks, hold: 1h, duration: 100ms }
      """)
    #expect(finished.incidents.isEmpty)
    let events = try finished.events(process: 0)
    #expect(events.contains { $0.operation.kind == .release && $0.outcome == .ok })
  }

  @Test("A pause of an hour does not make a short run long")
  func longPause() async throws {
    let finished = try await CellHarness.run(
      """
      load: { workload: kv, keys: { count: 10 }, think: 1ms, duration: 300ms }
      faults: [{ pause: 0, at: 100ms, for: 1h }]
      """)
    #expect(finished.incidents.isEmpty)
    #expect(finished.faults(.pause).first?.recovered != nil)
  }

  @Test("stale_lock: all leaves every lock behind, a name that one")
  func staleLocks() async throws {
    let sections = """
      locks: { ttl: 100ms }
      load: { workload: locks, keys: { count: 3 }, duration: 400ms }
      """
    let all = try await CellHarness.run(sections + "\nfaults: [{ stale_lock: all, at: 50ms }]")
    #expect(Set(all.faults(.staleLock).map(\.target)) == ["lock 0", "lock 1", "lock 2"])
    let one = try await CellHarness.run(sections + "\nfaults: [{ stale_lock: lock-2, at: 50ms }]")
    #expect(one.faults(.staleLock).map(\.target) == ["lock 2"])
  }

  @Test("A stale lock that no actor takes is refused", arguments: ["lock-3", "lock--1", "other"])
  func unknownLock(name: String) throws {
    let harness = try CellHarness(
      """
      load: { workload: locks, keys: { count: 3 }, duration: 400ms }
      faults: [{ stale_lock: "\(name)", at: 50ms }]
      """)
    var scenario = Scenario(name: "sample", question: "?", load: harness.cell.load)
    scenario.faults = harness.cell.faults
    let plan = Plan(scenario: scenario, seed: Seed(1), cells: [harness.cell])
    #expect(throws: RunnerError.self) { try Capabilities.verify(plan) }
  }

  @Test("Steps that add up beyond all ranges stop at a century")
  func manySteps() {
    let clock = ProcessClock(StandingTime())
    var change = FaultSpecification.ClockChange()
    change.clocks = .all
    change.step = .seconds(7 * 86_400)
    for _ in 0..<20_000 { clock.apply(change) }
    #expect(clock.wallNow().milliseconds > 3_000_000_000_000)
    change.step = .seconds(-7 * 86_400)
    for _ in 0..<40_000 { clock.apply(change) }
    #expect(clock.bootNow() == BootTime(nanoseconds: 0))
  }

  @Test("A fault of a tiny period that waited long for its target is due just after now")
  func tinyPeriod() {
    let fault = FaultSpecification(kind: .kill, target: .random, trigger: .every(Nanoseconds(7)))
    var timeline = FaultTimeline([fault], from: MonotonicTime(nanoseconds: 0), seed: Seed(1))
    let late = MonotonicTime(nanoseconds: 1_000_000_000_000_000)
    timeline.injected(0, at: late)
    let next = timeline.nextDue?.nanoseconds ?? 0
    #expect(next > late.nanoseconds && next <= late.nanoseconds + 7)
    #expect(next % 7 == 0)
  }

  @Test("An estimate of a plan beyond all measure is a number")
  func hugePlan() throws {
    let plan = try ScenarioFile(
      text: Text.scenario(
        """
        repeat: 1000
        matrix: { locks.ttl: [\((1...900).map { "\($0)s" }.joined(separator: ", "))] }
        load: { workload: kv, operations: 10000000000, rate: 0.001/s }
        """), name: "s.yaml"
    ).plan(seed: Seed(1))
    #expect(DryRun.text(plan).contains("900 cells x 1000"))
  }
}

/// A clock that does not move.
private final class StandingTime: TimeSource {
  func monotonicNow() -> MonotonicTime { MonotonicTime(nanoseconds: 1_000) }
  func bootNow() -> BootTime { BootTime(nanoseconds: 1_000) }
  func wallNow() -> WallTime { WallTime(milliseconds: 1_000_000) }
  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {}
}
