import AssayModel
import FaultVFS
import Testing

@testable import Runner

/// Sweeps by real workers.
@Suite("Fault sweeps")
struct SweepTests {
  @Test(
    "A small cell handles every error of the file system layer",
    arguments: ["kv", "ledger"], ["wal", "delete"])
  func ioErrors(workload: String, journal: String) async throws {
    let outcome = try await SweepHarness().sweep(
      SweepHarness.small(workload, journal: journal, minimum: 100))
    #expect(outcome.status(.errorHandling) == .valid, "\(outcome.text)")
    #expect(outcome.status(.integrity) == .valid, "\(outcome.text)")
    #expect(outcome.status(.durability) == .valid, "\(outcome.text)")
    #expect(outcome.findings.isEmpty)
    let explored = outcome.explored
    #expect(explored["programs"] == 1 && (explored["reported"] ?? 0) > 0)
    for name in ["read", "write", "sync", "open", "lock", "disk_full", "fsync_error"] {
      #expect((explored["faults_\(name)"] ?? 0) > 0, "\(name): \(outcome.text)")
    }
  }
}
