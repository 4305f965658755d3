import AssayModel
import ScenarioFiles
import Testing

@Suite("Settings and cells on the command line")
struct CommandLineSettingTests {
  private static let matrix =
    "matrix: { storage.journal_mode: [delete, wal], locks.ttl: [250ms, 1s] }"

  private func plan(
    _ added: String = Self.matrix, load: String = "{ workload: kv }", set: [String] = [],
    options: [String] = [], only: String? = nil
  ) throws -> Plan {
    try ScenarioFile(text: Sample.text(added, load: load), name: "s.yaml").plan(
      overrides: set.map(ScenarioFile.assignment),
      options: options.map { text throws(ScenarioErrors) in
        SettingOption(name: "--b", assignment: try ScenarioFile.assignment(text))
      }, only: only, seed: Seed(7))
  }

  private func error(_ body: () throws -> Plan) -> String {
    do {
      return try body().cells.map(\.id).joined(separator: " ")
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "A cell is chosen as tables name it, as its id has it, and in any spelling of a value",
    arguments: [
      "journal_mode=wal ttl=1s", "storage.journal_mode=wal,locks.ttl=1s", "ttl=1s journal_mode=wal",
      "journal_mode=wal,ttl=1000ms",
    ])
  func spellings(only: String) throws {
    #expect(
      try plan(only: only).cells.map(\.id) == ["storage.journal_mode=wal,locks.ttl=1s"])
  }

  @Test("A part of a name chooses all cells that have it; what is no cell lists those that are")
  func parts() throws {
    #expect(try plan(only: "ttl=250ms").cells.count == 2)
    #expect(error { try plan(only: "ttl=9s") }.contains("unknown cell 'ttl=9s'"))
    #expect(error { try plan(only: "mode=wal") }.contains("unknown cell"))
    #expect(error { try plan(only: "ttl") }.contains("unknown cell"))
  }

  @Test("A last component that two axes have names neither")
  func ambiguous() {
    let both = "matrix: { load.keys.count: [9, 8], storage.readers: [1, 2], load.readers: [1, 2] }"
    #expect(error { try plan(both, only: "readers=1") }.contains("unknown cell"))
  }

  @Test("An option for the setting that the cell is chosen by changes that cell")
  func together() throws {
    let cells = try plan(
      options: ["storage.journal_mode=truncate"], only: "journal_mode=wal ttl=1s"
    ).cells
    #expect(cells.map(\.storage.journalMode) == [.truncate])
    #expect(cells.map(\.locks.ttl) == [.seconds(1)])
    // The cell must be one of the scenario's own.
    #expect(
      error { try plan(options: ["storage.journal_mode=wal"], only: "journal_mode=memory") }
        .contains("unknown cell"))
  }

  @Test("A list makes an axis of the matrix, with or without one")
  func lists() throws {
    let alone = try plan("", set: ["locks.ttl=[300ms, 2s]"])
    #expect(alone.cells.map(\.id) == ["locks.ttl=300ms", "locks.ttl=2s"])
    let replaced = try plan(set: ["locks.ttl=[3s]", "load.writers=[1,2]"])
    #expect(replaced.cells.count == 4)
    #expect(replaced.cells[3].id == "storage.journal_mode=wal,locks.ttl=3s,load.writers=2")
    #expect(error { try plan(set: ["locks.ttl=[soon]"]) }.contains("--set"))
    #expect(error { try plan(set: ["locks.ttl=[]"]) }.contains("matrix.locks.ttl"))
  }

  private static let faults =
    "faults: [{ kill: all, at: 5s, restart_after: 200ms }, { pause: 0, every: 4s, for: 2 * ttl }]"
  private static let load = "{ workload: locks, duration: 10s, warm_up: 1s }"

  @Test("A scale of time takes duration, warm-up and faults along, and leaves what names a setting")
  func scale() throws {
    let cell = try #require(
      try plan("locks: { ttl: 300ms }\n" + Self.faults, load: Self.load, set: ["time=0.2x"])
        .cells.first)
    #expect(cell.load.extent == .duration(.seconds(2)))
    #expect(cell.load.warmUp == .milliseconds(200))
    #expect(cell.faults[0].trigger == .at(.seconds(1)))
    #expect(cell.faults[0].restartAfter == .milliseconds(40))
    #expect(cell.faults[1].trigger == .every(.milliseconds(800)))
    #expect(cell.faults[1].duration == .milliseconds(600))
  }

  @Test("A duration that ends before a fault begins offers the scale that takes it along")
  func offer() throws {
    let text = error {
      try plan("locks: { ttl: 300ms }\n" + Self.faults, load: Self.load, set: ["load.duration=2s"])
    }
    #expect(text.contains("--set time=0.2x"), "\(text)")
    // Without another duration there is nothing to scale.
    let file = error {
      try plan("faults: [{ kill: all, at: 5s }]", load: "{ workload: kv, duration: 2s }")
    }
    #expect(file.contains("at below load.duration") && !file.contains("time="), "\(file)")
  }

  @Test(
    "What is no scale, or a scale of a duration that the matrix varies, is refused",
    arguments: ["time=0x", "time=fast", "time=-1x", "time=1e3x", "time=2000x", "time="])
  func noScale(text: String) {
    #expect(error { try plan(set: [text]) }.contains("time: "), "\(text)")
    let axis = error {
      try plan("matrix: { load.duration: [1s, 2s] }", set: ["time=0.5x"])
    }
    #expect(axis.contains("a scale of load.duration, which the matrix varies"), "\(axis)")
  }
}
