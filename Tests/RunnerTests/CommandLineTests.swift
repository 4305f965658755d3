import AssayModel
import Foundation
import Reports
import SQLiteDriver
import Testing

@Suite("The command line")
struct CommandLineTests {
  private static let matrix = Text.scenario(
    """
    load: { workload: kv, keys: { count: 50 }, duration: 80ms }
    matrix: { storage.synchronous: [off, normal], storage.busy_timeout: [1s, 2s] }
    expect: { integrity: valid }
    """)

  /// A text without the line breaks that fit it into a width.
  private static func unwrapped(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test("--json prints result.json and nothing else on standard output, people's text beside it")
  func json() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(Text.kv, in: sandbox)
    #expect(ending.code == 0)
    let file = try #require(sandbox.files(named: "result.json").first)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text == ending.output)
    #expect(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) is [String: Any])
    #expect(file.contains("/out/Runs/sample/\(result.run)/"))
    #expect(Self.unwrapped(ending.errors).contains(result.finding))
    #expect(ending.errors.contains("result.json"))
    // The form is read back without loss.
    #expect(try ResultJSON.encode(result) == text)
  }

  @Test("Without --json the table is on standard output, and its last line is the finding")
  func table() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    let file = try #require(sandbox.files(named: "result.json").first)
    let result = try ResultJSON.decode(try String(contentsOfFile: file, encoding: .utf8))
    let lines = ending.output.split(separator: "\n").map(String.init)
    #expect(lines.first?.contains("sample: Does it hold?") == true)
    #expect(Self.unwrapped(ending.output).hasSuffix(result.finding))
    #expect(!ending.output.contains("\u{1B}"))
    #expect(ending.messages.count == 1, "\(ending.errors)")
  }

  @Test("--quiet prints the finding only")
  func quiet() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out", "--quiet"], in: sandbox)
    #expect(ending.output.split(separator: "\n").count == 1, "\(ending.output)")
    #expect(ending.errors == "")
  }

  @Test("--only runs one cell of the matrix; two given parts choose by both")
  func only() async throws {
    let cell = "storage.synchronous=normal,storage.busy_timeout=2s"
    let (ending, result) = try await Assay.runScenario(
      Self.matrix, ["--only", cell], in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(result.cells.map(\.id) == [cell])
    #expect(result.cells.first?.parameters["storage.busy_timeout"] == "2s")
  }

  @Test("--set overrides a setting, and an axis of the matrix shrinks to its value")
  func set() async throws {
    let (ending, result) = try await Assay.runScenario(
      Self.matrix, ["--set", "storage.synchronous=full", "--set", "storage.busy_timeout=1s"],
      in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(result.cells.map(\.id) == ["storage.synchronous=full,storage.busy_timeout=1s"])
  }

  @Test("--dry-run lists the cells with an estimate and makes nothing")
  func dryRun() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Self.matrix)
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out", "--dry-run", "--seed", "0x10"], in: sandbox)
    #expect(ending.code == 0)
    #expect(ending.errors == "")
    for words in ["storage.synchronous=off,storage.busy_timeout=1s", "4 cells", " s ", "MiB"] {
      #expect(ending.output.contains(words), "\(ending.output)")
    }
    #expect(!sandbox.everything().contains("out"))
  }

  @Test("--budget and --schedules bound what a simulated scenario explores")
  func exploration() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        world: simulated
        explore: { crashes: power-loss, minimum: 10, budget: 1h }
        load: { workload: kv, operations: 20 }
        """))
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--dry-run", "--budget", "5s", "--schedules", "7", "--jobs", "2"],
      in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    for words in ["7 schedules", "budget 5.0 s", "at least 10 images", "about 5 s at most"] {
      #expect(ending.output.contains(words), "\(ending.output)")
    }
  }

  @Test("Several scenarios run one after the other, and a mistake in the last one stops them all")
  func several() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("one.yaml", Text.kv)
    try sandbox.write("two.yaml", Text.kv.replacingOccurrences(of: "sample", with: "other"))
    try sandbox.write("three.yaml", "name: three\n")
    let wrong = try await Assay.run(
      ["run", "one.yaml", "three.yaml", "--out", "out"], in: sandbox)
    #expect(wrong.code == 64)
    #expect(!sandbox.everything().contains("out"))
    let right = try await Assay.run(["run", "one.yaml", "two.yaml", "--out", "out"], in: sandbox)
    #expect(right.code == 0, "\(right.errors)")
    #expect(sandbox.files(named: "result.json").count == 2)
  }

  @Test("Scenarios are found by name in the folder Scenarios, and list shows their questions")
  func byName() async throws {
    let sandbox = try Sandbox()
    try FileManager.default.createDirectory(
      atPath: sandbox.file("Scenarios"), withIntermediateDirectories: false)
    try sandbox.write("Scenarios/sample.yaml", Text.kv)
    try sandbox.write("Scenarios/broken.yaml", "name: [")
    let check = try await Assay.run(["check", "sample"], in: sandbox)
    #expect(check.code == 0)
    #expect(check.output.contains("1 cell"))
    let list = try await Assay.run(["list", "scenarios"], in: sandbox)
    #expect(list.code == 0)
    #expect(list.output.contains("Does it hold?"))
    #expect(list.output.contains("broken"))
  }

  @Test("list names every workload, fault and check that this version can run, and no other")
  func list() async throws {
    let ending = try await Assay.run(["list"], in: try Sandbox())
    #expect(ending.code == 0)
    let later: Set = ["queue", "backup", "migration", "list-append", "counts"]
    let names =
      LoadSettings.Workload.allCases.map(\.rawValue)
      + FaultSpecification.Kind.allCases.map(\.rawValue) + CheckName.allCases.map(\.rawValue)
    for name in names {
      #expect(ending.output.contains("  \(name) ") != later.contains(name), "\(name)")
    }
  }

  @Test("check --schema prints one JSON document that knows the sections of a scenario")
  func schema() async throws {
    let ending = try await Assay.run(["check", "--schema"], in: try Sandbox())
    #expect(ending.code == 0)
    let schema = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    let properties = (schema as? [String: Any])?["properties"] as? [String: Any]
    for section in ["name", "storage", "locks", "load", "matrix", "faults", "expect"] {
      #expect(properties?[section] != nil, "\(section)")
    }
  }

  @Test("--version names Assay's version and the library's, with its source id")
  func version() async throws {
    let ending = try await Assay.run(["--version"], in: try Sandbox())
    #expect(ending.code == 0)
    #expect(ending.messages.isEmpty)
    #expect(ending.output.hasPrefix("assay "))
    #expect(ending.output.contains(SQLiteLibrary.version))
    #expect(ending.output.contains(SQLiteLibrary.sourceID))
  }

  @Test("Standard output that cannot be written is exit 1, and the result is there all the same")
  func fullOutput() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out", "--json"], in: sandbox,
      prelude: "exec >/dev/full")
    #expect(ending.code == 1)
    #expect(ending.errors.contains("standard output cannot be written"), "\(ending.errors)")
    #expect(sandbox.files(named: "result.json").count == 1)
  }

  @Test("Without --keep no database is left, with it all are; histories are packed in both")
  func keep() async throws {
    let sandbox = try Sandbox()
    _ = try await Assay.runScenario(Text.kv, in: sandbox)
    #expect(sandbox.files(named: "assay.db").isEmpty)
    #expect(sandbox.files(named: "p0i0a0.packed").count == 1)
    _ = try await Assay.runScenario(Text.kv, ["--keep", "--data", "elsewhere"], in: sandbox)
    #expect(sandbox.files(named: "assay.db").count == 1)
    #expect(sandbox.files(named: "assay.db").allSatisfy { $0.contains("/elsewhere/") })
    #expect(sandbox.files(named: "p0i0a0.packed").count == 2)
    #expect(sandbox.files(named: "p0i0a0.0000").isEmpty)
  }
}
