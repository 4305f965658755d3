import Foundation
import Testing

@Suite("Width of what is printed")
struct TerminalWidthTests {
  @Test("assay list fits 80 columns in a pipe and lists only what can run")
  func list() async throws {
    let run = try await Assay.run(["list"], in: try Sandbox())
    let lines = run.output.split(separator: "\n")
    #expect(lines.count > 40)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
    #expect(!run.output.contains("can't run"))
  }

  @Test("A real run's report fits 80 columns and its headline speaks of one kind at a time")
  func report() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "narrow.yaml",
      """
      name: narrow
      question: Do readers in one process cost the only writer of another process anything at all?
      matrix: { load.readers: [1, 2], storage.journal_mode: [wal, delete] }
      load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 100ms, think: 1ms }
      storage: { synchronous: off, max_open_connections: 4 }
      show: [throughput(store), throughput(read), max(store), wal_peak]
      expect: { integrity: valid, durability: valid }
      """)
    let run = try await Assay.run(["run", "narrow.yaml"], in: sandbox)
    #expect(run.code == 0, "\(run.output)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(run.output)")
    #expect(run.output.contains("store/s") && run.output.contains("load/s"), "\(run.output)")
    #expect(run.output.contains("Store ran at "), "\(run.output)")
    #expect(!run.errors.contains("[1/"), "progress in a pipe: \(run.errors)")
  }
}
