import AssayModel
import Foundation
import Gate
import Platform
import Reports
import Testing

@testable import Runner

/// Real documents, held against the schemas that `assay schema` prints.
@Suite("Schemas of documents")
struct DocumentSchemaTests {
  private func expectConforming(
    _ document: String, _ kind: DocumentKind, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let problems = try SchemaValidator(kind.schemaText).problems(document)
    #expect(problems.isEmpty, "\(kind.rawValue)", sourceLocation: sourceLocation)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func run(
    _ arguments: [String], in sandbox: Sandbox, code: Int32? = 0, _ kind: DocumentKind,
    within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let ending = try await Assay.run(arguments + ["--json"], in: sandbox, within: limit)
    if let code {
      #expect(
        ending.code == code, "\(arguments): \(ending.errors)", sourceLocation: sourceLocation)
    }
    try expectConforming(ending.output, kind, sourceLocation: sourceLocation)
  }

  @Test("assay schema prints every kind as one JSON document", arguments: DocumentKind.allCases)
  func printed(kind: DocumentKind) async throws {
    let ending = try await Assay.run(["schema", kind.rawValue], in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(ending.output == kind.schemaText)
    let schema = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    #expect((schema as? [String: Any])?["title"] is String)
    if let schema = kind.schema {
      #expect(schema.node != .any)
      #expect(schema.strayDescriptions.isEmpty)
    }
  }

  @Test("A kind that does not exist is refused with those that do")
  func unknownKind() async throws {
    let ending = try await Assay.run(["schema", "results"], in: try Sandbox())
    #expect(ending.code == 64)
    #expect(ending.errors.contains("unknown kind 'results'; expected one of"))
    #expect(ending.errors.contains("dry-run"))
  }

  @Test("The validator sees a missing, a mistyped, an unknown and an undescribed member")
  func planted() throws {
    let sound = try RecordJSON.encode(ErrorDocument(error: "no", exitCode: 64))
    #expect(try SchemaValidator(DocumentKind.error.schemaText).problems(sound) == [])
    for (old, new) in [
      ("\"exit_code\"", "\"code\""), ("64", "\"64\""), ("64", "64.5"), ("64", "true"),
      ("\"no\"", "null"), ("[]", "{}"), ("[]", "[{}]"),
    ] {
      let damaged = sound.replacingOccurrences(of: old, with: new)
      let problems = try SchemaValidator(DocumentKind.error.schemaText).problems(damaged)
      #expect(!problems.isEmpty, "\(old) \(new)")
    }
  }

  @Test("Of a run: its result, with faults; and what a worker that died left")
  func result() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        load: { workload: ledger, processes: 2, writers: 2, readers: 1, duration: 400ms }
        faults: [{ kill: random, at: 150ms, restart_after: 20ms }]
        expect: { integrity: valid, durability: valid }
        """))
    try await run(["run", "scenario.yaml", "--out", "out"], in: sandbox, .result)
    try expectConforming(
      try text(try #require(sandbox.files(named: "result.json").first)), .result)
    let incident = Incident(
      cell: "a", repetition: 0, process: 1, incarnation: 0, exit: "signal 9", standardError: "")
    try expectConforming(
      String(decoding: try ResultFile.encode(incident), as: UTF8.self), .incident)
  }

  @Test(
    "Of explorations: findings of crash images, of schedules and of sweeps, and their replays",
    arguments: [
      ("power-loss", ["--schedules", "1"]),
      ("wal-reset", ["--schedules", "300", "--set", "explore.minimum=1"]),
    ])
  func findings(scenario: String, options: [String]) async throws {
    let sandbox = try Sandbox()
    let ending = try await Assay.run(
      ["run", scenario, "--json", "--out", "out"] + options, in: sandbox, within: .seconds(120))
    try expectConforming(ending.output, .result)
    guard let finding = sandbox.files(named: "finding-1.json").first else {
      // A library without the bug has nothing to find there.
      #expect(scenario == "wal-reset", "\(ending.errors)")
      return
    }
    try expectConforming(try text(finding), .finding)
    let replay = try await Assay.run(["replay", finding, "--json"], in: sandbox)
    #expect(replay.code == 0, "\(replay.errors)")
    try expectConforming(replay.output, .replay)
  }

  @Test("Of the commands that run nothing: check, list, dry run, init, clean, doctor, errors")
  func small() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    try sandbox.write("wrong.yaml", "name: wrong\nloads: {}\n")
    try await run(["check", "scenario.yaml"], in: sandbox, .check)
    try await run(["check", "wrong.yaml", "none.yaml"], in: sandbox, code: 64, .check)
    try await run(["list"], in: sandbox, .list)
    try await run(["schema"], in: sandbox, .list)
    try await run(["run", "scenario.yaml", "--dry-run"], in: sandbox, .dryRun)
    try await run(["run", "power-loss", "--dry-run"], in: sandbox, .dryRun)
    try await run(["init", "kill-nine"], in: sandbox, .initialisation)
    try await run(["clean", "--keep", "1"], in: sandbox, .clean)
    try await run(["run", "wrong.yaml"], in: sandbox, code: 64, .error)
    let folder = try DoctorFolder()
    try folder.make("w.db", [])
    try await run(["doctor", folder.file("w.db")], in: sandbox, .doctor)
    try await run(["doctor", folder.path], in: sandbox, .doctor)
  }

  @Test("Of comparisons and gates: their records, baselines and pairs")
  func comparisons() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        storage: { synchronous: off }
        load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 50ms }
        gate: { metrics: [throughput], counts: { operations: 100 } }
        """))
    let out = ["--out", "out"]
    try await run(
      [
        "compare", "scenario.yaml", "--a", "storage.synchronous=normal", "--b",
        "storage.synchronous=off", "--metric", "counts",
      ] + out, in: sandbox, code: nil, .comparison)
    try await run(
      ["gate", "scenario.yaml", "--base", "storage.cache_size=-4000", "--counts-only"] + out,
      in: sandbox, code: 0, .gate)
    try await run(
      ["gate", "scenario.yaml", "--update-baseline"] + out, in: sandbox, .baselineUpdate)
    for file in sandbox.everything(in: "out").filter({ $0.hasSuffix(".json") }) {
      let kind: DocumentKind? =
        if file.hasPrefix("Baselines/") { .baseline } else if file.hasSuffix("pairs.json") {
          .pairs
        } else { nil }
      if let kind { try expectConforming(try text(sandbox.file("out/\(file)")), kind) }
    }
    for _ in 0..<2 { try await run(["run", "scenario.yaml"] + out, in: sandbox, .result) }
    let runs = sandbox.files(named: "result.json")
    try await run(["compare", runs[0], runs[1]], in: sandbox, code: 4, .comparison)
  }

  @Test("Of a tuning that its budget ends")
  func tuning() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        storage: { journal_mode: wal, synchronous: normal }
        matrix: { storage.synchronous: [normal, full] }
        load: { workload: kv, writers: 1, keys: { count: 20 }, duration: 50ms }
        """))
    let ending = try await Assay.run(
      [
        "tune", "scenario.yaml", "--json", "--out", "out", "--effort", "quick", "--budget", "6s",
        "--no-references",
      ], in: sandbox, within: .seconds(90))
    try expectConforming(ending.output, .tune)
  }

  @Test("Of calibrations: what is printed and what is stored")
  func calibrations() throws {
    let stored = """
      {"schema": 1, "scenario": "a",
       "fingerprint": {"processor": "p", "cores": 2, "kernel": "k", "fileSystem": "ext4",
         "mount": "rw", "sqliteSourceID": "s"},
       "workloads": [{"name": "a", "workloadDigest": "d", "pairs": 20, "metrics": [
         {"rule": {"metric": "p99(store)", "margin": 0.05, "effect": 0.1}, "blockSpread": 0.1,
          "autocorrelation": 0, "pairSpread": 0.1, "gates": 1000, "falseAlarms": 3,
          "falseAlarmBound": 0.01, "power": 0.9, "obstacle": "too noisy"}]}]}
      """
    try expectConforming(stored, .storedCalibration)
    let calibration = try JSONDecoder().decode(Calibration.self, from: Data(stored.utf8))
    let encoder = JSONEncoder()
    try expectConforming(
      String(decoding: try encoder.encode(calibration), as: UTF8.self), .storedCalibration)
    let record = CalibrationRecord(
      scenario: "a", fingerprint: calibration.fingerprint,
      calibration: calibration.workloads.first,
      power: [CalibrationRecord.Power(rule: try MetricRule(.throughput), pairs: 20)], head: "b",
      recording: "pairs.json", stored: nil)
    try expectConforming(try RecordJSON.encode(record), .calibration)
  }
}
