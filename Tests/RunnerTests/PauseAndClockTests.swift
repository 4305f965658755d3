import AssayModel
import Testing

@testable import Runner

@Suite("Pauses, stale locks and clocks")
struct PauseAndClockTests {
  /// No event ends while its process stands still, and work goes on afterwards.
  private func expectStandstill(_ run: CellHarness.Finished, _ span: Nanoseconds) throws {
    let pause = try #require(run.faults(.pause).first)
    let process = try #require(pause.process)
    let stopped = try #require(pause.detected)
    let recovered = try #require(pause.recovered)
    // The process may run between its last moment of standstill and the reading of the clock.
    let surelyUntil = pause.injected + span
    #expect(recovered >= surelyUntil)
    let completions = try run.events(process: process).compactMap(\.completed)
    #expect(!completions.contains { $0 > stopped && $0 < surelyUntil })
    #expect(completions.contains { $0 < stopped })
    #expect(completions.contains { $0 > surelyUntil })
  }

  @Test("A paused process ends no operation until it is continued", arguments: ["0", "random"])
  func pause(target: String) async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, processes: 2, keys: { count: 50 }, think: 500us, duration: 400ms }
      faults: [{ pause: \(target), at: 100ms, for: 100ms }]
      """)
    #expect(run.faults(.pause).count == 1)
    try expectStandstill(run, .milliseconds(100))
    #expect(run.incidents.isEmpty)
    #expect(run.record.processes.allSatisfy { !$0.wasKilled })
  }

  @Test("A paused holder stands still with the lock, and another takes it meanwhile")
  func pausedHolder() async throws {
    let run = try await CellHarness.run(
      """
      locks: { ttl: 80ms, poll: 5ms }
      load: { workload: locks, processes: 2, hold: 10ms, duration: 600ms }
      faults: [{ pause: holder, at: 50ms, for: 2 * ttl }]
      """)
    try expectStandstill(run, .milliseconds(160))
    let pause = try #require(run.faults(.pause).first)
    #expect(pause.hitDuringWrite)
    let other = 1 - (try #require(pause.process))
    let recovered = try #require(pause.recovered)
    #expect(
      try run.events(process: other).contains {
        guard let completed = $0.completed, $0.operation.kind == .acquire else { return false }
        return $0.outcome == .ok && completed > pause.injected && completed < recovered
      })
  }

  @Test("A pause that outlasts the cell ends with it")
  func longPause() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, processes: 1, keys: { count: 50 }, think: 1ms, duration: 200ms }
      faults: [{ pause: 0, at: 150ms, for: 300ms }]
      """)
    #expect(run.faults(.pause).first?.recovered != nil)
    #expect(run.record.processes.map(\.wasKilled) == [false])
    #expect(run.reports.count == 1)
  }

  @Test("A stale lock is taken over when its lease has ended, and the result lists that")
  func staleLock() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        locks: { ttl: 150ms, poll: 5ms }
        load: { workload: locks, processes: 2, keys: { count: 2 }, hold: 1ms, duration: 700ms }
        faults: [{ stale_lock: 1, at: 100ms }]
        expect: { mutual_exclusion: valid, recovery_time: { max: ttl + 2s } }
        """), in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.faults.map(\.kind) == ["stale_lock"])
    #expect(cell.faults.map(\.target) == ["lock 1"])
    #expect(cell.faults.allSatisfy { $0.injected >= 100_000_000 && $0.detected != nil })
    let takeover = try #require(cell.takeovers.first { $0.from == nil })
    #expect(takeover.lock == 1)
    // The harness itself allows a millisecond for the steps of the clocks.
    #expect(takeover.sinceRenewal >= 149_000_000)
    #expect(cell.incidents.isEmpty)
  }

  /// Two processes that take one lock in turn, one of which has its clocks moved.
  private func withClocks(_ change: String, expecting status: String) -> String {
    Text.scenario(
      """
      locks: { ttl: 3s, poll: 2ms }
      load: { workload: locks, processes: 2, hold: 15ms, think: 10ms, duration: 500ms }
      faults: [{ clock: 1, at: 100ms, \(change) }]
      expect: { integrity: valid, mutual_exclusion: \(status) }
      """)
  }

  @Test("A jump of the wall clock gives nobody a lock that another holds", arguments: ["", "-"])
  func wallClock(sign: String) async throws {
    let text = withClocks("step: \(sign)10m, clocks: wall", expecting: "valid")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.faults.map(\.kind) == ["clock"])
    #expect(cell.faults.map(\.target) == ["process 1"])
    #expect(cell.takeovers.isEmpty)
    #expect(Set(cell.actors.filter { $0.operations > 0 }.map(\.actor)).count == 2)
  }

  @Test("A process whose boot clock jumps beyond a lease steals the lock, and that is found")
  func bootClock() async throws {
    let text = withClocks("step: 10m, clocks: all", expecting: "violated")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let verdict = try #require(
      result.cells.first?.verdicts.first { $0.check == .mutualExclusion })
    #expect(verdict.status == .violated)
    #expect(verdict.met)
    #expect(!verdict.witness.isEmpty)
    #expect(result.cells.first?.takeovers.isEmpty == false)
  }

  @Test("A skewed and drifting wall clock is as harmless as one that jumps")
  func drift() async throws {
    let text = withClocks("skew: 1h, drift: 0.5, clocks: wall", expecting: "valid")
    let (ending, _) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
  }
}
