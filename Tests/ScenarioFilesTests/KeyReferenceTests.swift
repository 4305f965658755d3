import AssayModel
import Foundation
import Testing

@testable import ScenarioFiles

@Suite("The reference of keys")
struct KeyReferenceTests {
  @Test("Every key of the tables has a row in Keys.md")
  func everyKeyIsDescribed() throws {
    let rows = try Self.rows()
    for path in Self.all where !rows.contains(path) {
      Issue.record("\(path) has no row in \(Self.file.path)")
    }
  }

  @Test("Keys.md has one row a key, and none for a key that the tables lack")
  func noRowIsInvented() throws {
    let rows = try Self.rows()
    #expect(rows.count == Set(rows).count, "a key has two rows")
    for row in rows where !Self.all.contains(row) {
      Issue.record("\(row) of \(Self.file.path) is no key")
    }
  }

  @Test("Every setting that a matrix can name is among the keys")
  func settingsAreIncluded() {
    for setting in SettingPaths.all {
      #expect(Self.all.contains(setting.path), "\(setting.path)")
    }
  }

  private static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/assay/assay.docc/Keys.md")

  /// The keys that rows of tables name: rows begin with the key in backticks.
  private static func rows() throws -> [String] {
    try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n")
      .filter { $0.hasPrefix("| `") }
      .map { row in String(row.dropFirst(3).prefix { $0 != "`" }) }
  }

  /// Every key of every table; `<check>` and `<name>` stand for names that a scenario chooses.
  private static let all: Set<String> = {
    let settings =
      paths(StorageSettings.keys, under: "storage") + paths(LockSettings.keys, under: "locks")
      + paths(LoadSettings.keys, under: "load") + paths(DiskDraft.keys, under: "disk")
      + paths(ExploreSettings.keys, under: "explore")
    let sql =
      paths(SQLLoad.Transaction.keys, under: "load.transactions")
      + paths(SQLParameterDraft.keys, under: "load.transactions.parameters.<name>")
      + paths(SQLLoad.Invariant.keys, under: "load.invariants")
    let expectations =
      paths(ExpectationList.keys, under: "expect") + paths(RuleDraft.keys, under: "expect.<check>")
    let others =
      paths(FaultDraft.keys, under: "faults") + paths(GateSettings.keys, under: "gate")
      + paths(TuneSettings.keys, under: "tune")
    return Set(paths(ScenarioDraft.keys, under: "") + settings + sql + expectations + others)
  }()

  private static func paths<Section>(
    _ keys: [SettingKey<Section>], under prefix: String
  ) -> [String] {
    keys.flatMap { key -> [String] in
      let path = prefix.isEmpty ? key.name : "\(prefix).\(key.name)"
      return [path] + paths(key.children, under: path)
    }
  }
}
