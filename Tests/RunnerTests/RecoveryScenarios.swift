import AssayModel
import Foundation
import Testing

/// A small ledger on a simulated disk, explored by the built `assay` with real workers.
struct RecoveryScenario: Sendable {
  var journal = "delete"
  var synchronous = "extra"
  /// Keys of `disk:`.
  var disk = ""
  var operations = 2
  var writers = 1
  var topology = "pool"
  var schedules = 1
  var minimum = 1
  /// Few accounts, so that one page holds them; more, and a transfer tears between pages.
  var keys = 24
  var walCheckpoint = 20
  var images = "{ exhaust: 3, samples: 2, recovery: 0 }"
  /// Lines of `expect:`.
  var expectations = "consistency: valid, durability: valid, integrity: valid"
  var sections = ""

  var text: String {
    Text.scenario(
      """
      world: simulated
      storage:
        { page_size: 1024, max_open_connections: 1, journal_mode: \(journal),
          synchronous: \(synchronous), wal_autocheckpoint: \(walCheckpoint),
          topology: \(topology) }
      disk: { \(disk) }
      load:
        { workload: ledger, operations: \(operations), writers: \(writers),
          keys: { count: \(keys) } }
      explore:
        { crashes: power-loss, minimum: \(minimum), schedules: \(schedules), images: \(images) }
      expect: { \(expectations) }
      \(sections)
      """)
  }

  /// Runs it.
  func run(_ options: [String] = [], in sandbox: Sandbox) async throws -> Explored {
    let (ending, result) = try await Assay.runScenario(text, options, in: sandbox)
    let cell = try #require(result.cells.first)
    let folder = try #require(sandbox.files(named: "result.json").sorted().last)
    return Explored(
      ending: ending, cell: cell, folder: String(folder.dropLast("/result.json".count)),
      sandbox: sandbox)
  }

  /// What came of it.
  struct Explored: Sendable {
    var ending: Assay.Ending
    var cell: CellResult
    /// The run's.
    var folder: String
    /// Where it lies.
    var sandbox: Sandbox

    func status(_ check: CheckName) -> CheckResult.Status? {
      cell.verdicts.first { $0.check == check }?.status
    }

    func count(_ name: String) -> UInt64 { cell.explored[name] ?? 0 }

    /// Paths of the findings, in their order.
    var findings: [String] { cell.findings.map { "\(folder)/\($0)" } }

    func bytes() throws -> [Data] {
      try findings.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    }

    /// The first finding of a check whose code and lost files are these.
    func finding(_ check: CheckName, code: String? = nil) throws -> Finding {
      let all = try findings.map { try Finding(path: $0) }
      return try #require(
        all.first { $0.check == check.rawValue && (code == nil || $0.code == code) },
        "\(all.map { "\($0.check) \($0.code)" })")
    }
  }

  /// A finding's file as anybody can read it.
  struct Finding: Sendable {
    var path: String
    var text: String

    init(path: String) throws {
      self.path = path
      text = try String(contentsOfFile: path, encoding: .utf8)
    }

    func object() throws -> [String: Any] {
      let any = try JSONSerialization.jsonObject(with: Data(text.utf8))
      return try #require(any as? [String: Any])
    }

    private var kind: [String: Any] { (try? object())?["kind"] as? [String: Any] ?? [:] }

    var check: String { kind["check"] as? String ?? "?" }
    var code: String { kind["code"] as? String ?? "?" }
    var files: [String] { kind["files"] as? [String] ?? [] }
    var found: String { (try? object())?["found"] as? String ?? "?" }
    /// Pieces that were lost, such as `57.2`.
    var lost: [String] {
      ((try? object())?["image"] as? [String: Any])?["lost"] as? [String] ?? []
    }
  }
}
