import AssayModel
import Testing

@testable import Runner

@Suite("Starting in a busy database")
struct BusyStartTests {
  @Test(
    "Processes that do not wait for locks become ready together, and again after a kill",
    arguments: ["wal", "delete"], ["none", "sqlite"])
  func together(mode: String, policy: String) async throws {
    let run = try await CellHarness.run(
      """
      storage: { journal_mode: \(mode), busy: \(policy), busy_timeout: 0 }
      locks: { ttl: 50ms, poll: 5ms }
      load: { workload: locks, processes: 4, hold: 1ms, duration: 400ms }
      faults:
        - { kill: random, every: 70ms, restart_after: 1ms }
        - { stale_lock: 0, every: 90ms }
      """)
    #expect(run.incidents.isEmpty, "\(run.incidents)")
    #expect(run.record.processes.contains { $0.incarnation > 0 && $0.ready != nil })
    #expect(run.faults(.staleLock).count > 1)
  }
}
