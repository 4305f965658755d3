import AssayModel
import Foundation
import Testing

@testable import Runner
@testable import ScenarioFiles

@Suite("Random scenarios")
struct SwarmTests {
  /// `ASSAY_SWARM=100000` runs so many; `ASSAY_SWARM_SEED` names their base, `ASSAY_SWARM_FROM` the
  /// first of them, `ASSAY_SWARM_BINARY` another `assay`, `ASSAY_SWARM_LOG` a file for the numbers
  /// and the failures.
  private static let settings = ProcessInfo.processInfo.environment

  /// Default number of scenarios; each takes about 0.15 s of processor time.
  private static let defaultCount = 200

  @Test("Each key of the format is a section, is put together, or has values to draw")
  func keys() {
    let root = ScenarioDraft.keys.map(\.name)
    let lifted = CellSettings.keys.map(\.name) + ["repeat"]
    for name in root where SwarmKey.sections[name] == nil && !lifted.contains(name) {
      Issue.record("nothing draws the section '\(name)': see SwarmKey")
    }
    for key in SwarmKey.settings + SwarmKey.faults where key.values.isEmpty {
      #expect(
        SwarmKey.composed[key.path] != nil,
        "'\(key.path)' has no samples: give its type some, or let the generator compose it")
    }
    let known = Set(SwarmKey.settings.map(\.path))
    for path in SettingPaths.all.map(\.path) {
      #expect(known.contains(path), "'\(path)' is drawn by nothing")
    }
  }

  @Test("Each value worth drawing is one that its key reads")
  func samples() {
    for setting in SettingPaths.all {
      for sample in SwarmKey.settings.first(where: { $0.path == setting.path })?.values ?? [] {
        #expect(setting.canonical(sample) != nil, "\(setting.path): \(sample)")
      }
    }
  }

  @Test("Each key and each of its values appears among four thousand drafts")
  func coverage() {
    let generator = SwarmGenerator(base: Seed(1))
    var seen: Set<SwarmScenario.Entry> = []
    var faults: Set<SwarmScenario.Entry> = []
    for index in 0..<4_000 {
      var random = SeededGenerator(generator.base.derived("coverage", index))
      let draft = generator.draft(index, &random)
      seen.formUnion(draft.settings)
      faults.formUnion(draft.faults.joined())
    }
    for (keys, found) in [(SwarmKey.settings, seen), (SwarmKey.faults, faults)] {
      for key in keys where SwarmKey.composed[key.path] == nil {
        let missing = Set(key.values).filter { !found.contains(.init(path: key.path, value: $0)) }
        let isRare = key.values.count > 8
        #expect(
          missing.isEmpty || isRare && missing.count < key.values.count,
          "\(key.path) is never \(missing.sorted())")
      }
    }
    let parameters = seen.filter { $0.path == "load.transactions" }.map(\.value).joined()
    for key in SQLParameterDraft.keys {
      #expect(parameters.contains("{\(key.name): "), "no parameter is drawn by \(key.name)")
    }
  }

  @Test("A seed determines a scenario, and another seed another one")
  func determinism() {
    let texts = { (seed: UInt64) in
      (0..<20).map { SwarmGenerator(base: Seed(seed)).drawn($0).scenario.text }
    }
    #expect(texts(7) == texts(7))
    #expect(texts(7) != texts(8))
  }

  @Test("A promise that does not hold is found, and reported with the scenario")
  func planted() async throws {
    var drawn = SwarmGenerator.Drawn(scenario: SwarmScenario(index: 0, kind: .powerLoss))
    drawn.scenario.settings = [
      ("storage.journal_mode", "delete"), ("storage.synchronous", "off"),
      ("load.workload", "ledger"), ("load.operations", "3"), ("load.keys.count", "5"),
      ("explore.crashes", "power-loss"), ("explore.minimum", "1"), ("explore.schedules", "1"),
      ("explore.images.exhaust", "2"), ("explore.images.samples", "2"),
      ("explore.images.recovery", "0"),
    ].map { SwarmScenario.Entry(path: $0.0, value: $0.1) }
    drawn.scenario.expectations = [.init(path: "durability", value: "valid")]
    let runner = try SwarmRunner(executable: Assay.executable, library: nil)
    try await runner.run([drawn])
    #expect(runner.failures.map(\.index) == [0])
    let failure = try #require(runner.failures.first)
    #expect(failure.kind.hasPrefix("violated durability"), "\(failure)")
    #expect(failure.scenario.contains("synchronous: off"))
    #expect(failure.scenario.hasPrefix("# assay run swarm-0.yaml --seed 1\n"))
  }

  @Test("What check accepts runs, and breaks no promise of SQLite's")
  func swarm() async throws {
    let count = Self.settings["ASSAY_SWARM"].flatMap(Int.init) ?? Self.defaultCount
    let from = Self.settings["ASSAY_SWARM_FROM"].flatMap(Int.init) ?? 0
    // By hand each swarm is another one; in CI a red run must not depend on the day.
    let isByHand = Self.settings["ASSAY_SWARM"] != nil
    let seed =
      Self.settings["ASSAY_SWARM_SEED"].flatMap { Seed($0) }
      ?? Seed(isByHand ? UInt64.random(in: 1..<1 << 48) : 1)
    var library: String?
    if case .at(let path) = await FixedSQLite.library.value { library = path }
    print("swarm: ASSAY_SWARM_SEED=\(seed.rawValue), \(count) scenarios, \(library ?? "stock")")
    let runner = try SwarmRunner(
      executable: Self.settings["ASSAY_SWARM_BINARY"] ?? Assay.executable, library: library)
    let generator = SwarmGenerator(base: seed)
    var reported = 0
    for first in stride(from: from, to: from + count, by: SwarmRunner.batch) {
      var batch: [SwarmGenerator.Drawn] = []
      for index in first..<min(first + SwarmRunner.batch, from + count) {
        let drawn = generator.drawn(index)
        Self.expectPlaces(drawn.refusals)
        if drawn.cells.isEmpty {
          Issue.record("no scenario came of number \(index): \(drawn.refusals.last?.text ?? "")")
        } else if drawn.refusedByRun != nil {
          try await runner.runRefused(drawn)
        } else {
          batch.append(drawn)
        }
      }
      try await runner.run(batch)
      for failure in runner.failures[reported...] {
        Issue.record(
          """
          \(failure.kind)
          ASSAY_SWARM_SEED=\(seed.rawValue) ASSAY_SWARM_FROM=\(failure.index) ASSAY_SWARM=1
          \(failure.details)
          \(failure.scenario)
          """)
      }
      reported = runner.failures.count
      if let log = Self.settings["ASSAY_SWARM_LOG"] { try Self.write(runner, seed, to: log) }
    }
    print(runner.tally.text)
  }

  /// A refusal names a line and a column, and what is allowed.
  private static func expectPlaces(_ refusals: [SwarmGenerator.Refusal]) {
    for refusal in refusals {
      for error in refusal.errors
      where error.place.line < 1 || error.place.column < 1 || error.allowed.isEmpty {
        Issue.record("a refusal without a place: \(error)\n\(refusal.text)")
      }
    }
  }

  private static func write(_ runner: SwarmRunner, _ seed: Seed, to path: String) throws {
    let failures = runner.failures.map { failure in
      "== \(failure.kind)\n# seed \(seed.rawValue)\n\(failure.details)\n\(failure.scenario)\n"
    }
    try Data((runner.tally.text + failures.joined()).utf8).write(to: URL(fileURLWithPath: path))
  }
}
