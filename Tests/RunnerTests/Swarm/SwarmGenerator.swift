import AssayModel
import Workloads

@testable import Runner
@testable import ScenarioFiles

/// Draws scenarios from the format's own definitions. What contradicts itself is seen by the same
/// code as `assay check`, noted as a refusal, and drawn again.
struct SwarmGenerator: Sendable {
  /// The base of all scenarios of a swarm.
  let base: Seed

  /// A scenario that was refused, on the way to one that is not.
  struct Refusal: Sendable {
    var text: String
    var errors: [ScenarioError]
  }

  /// What a seed determines.
  struct Drawn: Sendable {
    var scenario: SwarmScenario
    var refusals: [Refusal] = []
    /// Why this version cannot run what its file rightly says; `nil` where it can.
    var refusedByRun: String?
    /// Its cells; empty where no attempt was accepted.
    var cells: [PlannedCell] = []
  }

  /// Attempts to mend one draw, after which the next one is tried.
  private static let repairLimit = 24
  private static let drawLimit = 8

  /// Returns the scenario with this number, its expectations derived from what SQLite promises.
  func drawn(_ index: Int) -> Drawn {
    var refusals: [Refusal] = []
    for attempt in 0..<Self.drawLimit {
      var random = SeededGenerator(base.derived("swarm-\(index)", attempt))
      var scenario = draft(index, &random)
      for _ in 0..<Self.repairLimit {
        do throws(ScenarioErrors) {
          let plan = try Self.plan(scenario)
          guard scenario.expectations.isEmpty else {
            return Drawn(
              scenario: scenario, refusals: refusals, refusedByRun: Self.refusal(plan),
              cells: plan.cells)
          }
          scenario.expectations = SwarmPromise.expectations(of: plan.cells, scenario.kind)
        } catch {
          refusals.append(Refusal(text: scenario.text, errors: error.errors))
          guard repairAll(&scenario, error.errors, &random) else { break }
        }
      }
    }
    return Drawn(scenario: SwarmScenario(index: index, kind: .real), refusals: refusals)
  }

  private static func plan(_ scenario: SwarmScenario) throws(ScenarioErrors) -> Plan {
    try ScenarioFile(text: scenario.text, name: "\(scenario.name).yaml").plan(seed: Seed(1))
  }

  private static func refusal(_ plan: Plan) -> String? {
    do throws(RunnerError) {
      // What `assay check` and `assay run` ask before anything runs.
      try Capabilities.verify(plan)
      try SettingsTrial.verify(plan)
      try ScenarioVerification.verify(plan)
      try InitialContentTrial.verify(plan)
      return nil
    } catch {
      return error.message
    }
  }

  // MARK: Drawing

  /// A draw before anything has looked at it.
  func draft(_ index: Int, _ random: inout SeededGenerator) -> SwarmScenario {
    let kinds = SwarmKind.allCases.flatMap { Array(repeating: $0, count: $0.weight) }
    var scenario = SwarmScenario(index: index, kind: Self.pick(kinds, &random))
    for key in SwarmKey.settings where SwarmKey.composed[key.path] == nil {
      guard !key.values.isEmpty, Self.chance(Self.share(of: key.path, scenario), &random)
      else { continue }
      var value = Self.pick(key.values, &random)
      if key.path == "load.workload", WorkloadCatalog.entry(Self.workload(value)) == nil,
        random.below(10) > 0
      {
        value = Self.pick(Self.workloads, &random)
      }
      scenario.settings.append(.init(path: key.path, value: value))
    }
    if scenario["load.workload"] == "sql" {
      scenario.settings.removeAll { $0.path.hasPrefix("load.keys") || $0.path == "load.value_size" }
      scenario.settings += SwarmSQL.entries(&random)
    }
    explore(&scenario, &random)
    if [.faultedReal, .faultedSchedules].contains(scenario.kind) {
      for _ in 0...random.below(2) { scenario.faults.append(fault(scenario, &random)) }
    }
    if random.below(12) == 0 { scenario.axis = axis(scenario, &random) }
    return scenario
  }

  private static func workload(_ word: String) -> LoadSettings.Workload {
    LoadSettings.Workload(rawValue: word) ?? .kv
  }

  /// Those that this version runs.
  private static let workloads =
    LoadSettings.Workload.allCases.filter { WorkloadCatalog.entry($0) != nil }.map(\.rawValue)

  /// How likely a key is to be in a scenario.
  private static func share(of path: String, _ scenario: SwarmScenario) -> Double {
    let isReal = scenario.kind.world == .real
    switch path {
    case "load.workload", "load.processes", "load.writers", "load.readers", "load.keys.count",
      "storage.journal_mode", "storage.synchronous":
      return 1
    case "load.duration": return isReal ? 1 : 0.01
    case "load.operations": return isReal ? 0.02 : 1
    case "load.warm_up", "load.rate", "probe", "repeat": return isReal ? 0.2 : 0.01
    case "load.mix": return 0.25
    case "inject", "copy_by":
      return [.faultedReal, .faultedSchedules].contains(scenario.kind) ? 0.1 : 0.01
    case "storage.topology", "storage.begin", "storage.busy", "storage.busy_timeout",
      "storage.max_open_connections", "storage.wal_autocheckpoint", "storage.page_size":
      return 0.4
    case "storage.path", "storage.vfs": return isReal ? 0.1 : 0.01
    default: break
    }
    // What is explored is drawn afterwards, by the kind.
    if path.hasPrefix("explore.") { return 0 }
    // The default is two minutes, which polling actors go through step by step.
    if path == "locks.ttl", scenario["load.workload"] == "locks" { return 1 }
    if path.hasPrefix("locks.") { return scenario["load.workload"] == "locks" ? 0.4 : 0.02 }
    if path.hasPrefix("disk.") {
      let isOfCrashes = [.powerLoss, .recoveryRace].contains(scenario.kind)
      let isLatency = VFSMethod.failing.contains { path.hasSuffix(".\($0.rawValue)") }
      return isLatency && path != "disk.sync" ? 0.02 : isOfCrashes ? 0.15 : 0.01
    }
    return path.hasPrefix("load.") ? 0.2 : 0.07
  }

  /// The `explore:` section, which the kind decides.
  private func explore(_ scenario: inout SwarmScenario, _ random: inout SeededGenerator) {
    guard scenario.kind.world == .simulated else { return }
    func add(_ key: String, _ value: String) {
      scenario.settings.append(.init(path: "explore.\(key)", value: value))
    }
    let values = { (key: String) -> [String] in
      SwarmKey.settings.first { $0.path == "explore.\(key)" }?.values ?? []
    }
    let crashes = ExploreSettings.Crashes.self
    switch scenario.kind {
    case .powerLoss, .recoveryRace: add("crashes", crashes.powerLoss.rawValue)
    case .processCrash, .processRace: add("crashes", crashes.process.rawValue)
    case .errorSweep: add("sweep", ExploreSettings.Sweep.ioErrors.rawValue)
    case .memorySweep: add("sweep", ExploreSettings.Sweep.memory.rawValue)
    default: break
    }
    let namesStrategy = [.recoveryRace, .processRace].contains(scenario.kind)
    let isOfSchedules = [.schedules, .faultedSchedules].contains(scenario.kind)
    if namesStrategy || isOfSchedules && random.below(2) == 0 {
      add("strategy", Self.pick(values("strategy"), &random))
    }
    let schedules = isOfSchedules ? ["5", "9", "20"] : values("schedules")
    add("schedules", Self.pick(schedules, &random))
    add("minimum", Self.pick(values("minimum"), &random))
    let isSweep = [.errorSweep, .memorySweep].contains(scenario.kind)
    let hasImages = !isOfSchedules && !isSweep
    // A sweep takes as many runs as its program makes calls, some programs have thousands of crash
    // points, and a schedule in which actors get stuck takes seconds.
    add("budget", Self.pick(values("budget"), &random))
    if hasImages {
      for bound in ["exhaust", "samples", "recovery"] {
        add("images.\(bound)", Self.pick(values("images.\(bound)"), &random))
      }
    }
  }

  // MARK: Faults

  private func fault(
    _ scenario: SwarmScenario, _ random: inout SeededGenerator
  ) -> [SwarmScenario.Entry] {
    let possible = FaultSpecification.Kind.allCases.filter {
      scenario.kind.world == .real || Capabilities.scheduleFaults.contains($0)
        || random.below(50) == 0
    }
    let kind = Self.pick(possible, &random)
    var entries = [entry(kind.rawValue, &random)]
    let triggers = ["at", "every", "after", "operation", "probability"]
    // A lock that is left behind again and again is never free, and nobody gets anywhere.
    let usable = kind == .staleLock ? ["at", "after", "operation"] : triggers
    entries.append(entry(Self.pick(usable, &random), &random))
    let kinds = FaultSpecification.Kind.allCases.map(\.rawValue)
    for key in SwarmKey.faults where !kinds.contains(key.path) && !triggers.contains(key.path) {
      if Self.chance(Self.share(of: key.path, beside: kind), &random) {
        entries.append(entry(key.path, &random))
      }
    }
    return entries
  }

  private static func share(of key: String, beside kind: FaultSpecification.Kind) -> Double {
    switch (key, kind) {
    case ("for", .pause): 1
    case ("restart_after", .kill): 0.7
    case ("owner", .kill), ("moment", .kill): 0.3
    case ("skew", .clock), ("drift", .clock), ("step", .clock), ("clocks", .clock): 0.5
    case ("drop", .fsyncError): 0.5
    case ("method", _), ("file", _), ("for", _), ("lasts", _): kind.isOfCalls ? 0.3 : 0.02
    default: 0.01
    }
  }

  private func entry(_ key: String, _ random: inout SeededGenerator) -> SwarmScenario.Entry {
    let values = SwarmKey.faults.first { $0.path == key }?.values ?? []
    return .init(path: key, value: values.isEmpty ? "" : Self.pick(values, &random))
  }

  /// Two values of any setting.
  private func axis(
    _ scenario: SwarmScenario, _ random: inout SeededGenerator
  ) -> SwarmScenario.Entry? {
    let key = Self.pick(
      SwarmKey.settings.filter { key in
        SettingPaths.byPath[key.path] != nil && key.values.count > 1
      }, &random)
    let first = Self.pick(key.values, &random)
    let second = Self.pick(key.values.filter { $0 != first }, &random)
    let values = [first, second].map(SwarmScenario.quoted).joined(separator: ", ")
    return .init(path: key.path, value: values)
  }

  // MARK: Mending

  /// Takes out or draws again whatever the errors of one look at the scenario name.
  ///
  /// - Returns: `false` where nothing of the scenario is named.
  private func repairAll(
    _ scenario: inout SwarmScenario, _ errors: [ScenarioError], _ random: inout SeededGenerator
  ) -> Bool {
    // Faults are named by their lines, which are those of the text before anything is taken out.
    let lines = errors.filter { $0.path.hasPrefix("faults") }.map(\.place.line)
    let indices = Set(lines.compactMap { scenario.fault(onLine: $0) })
    for index in indices.sorted() { scenario.faults[index] = fault(scenario, &random) }
    var hasChanged = !indices.isEmpty
    for error in errors where !error.path.hasPrefix("faults") {
      hasChanged = repair(&scenario, error) || hasChanged
    }
    return hasChanged
  }

  /// Takes out what an error names.
  private func repair(_ scenario: inout SwarmScenario, _ error: ScenarioError) -> Bool {
    if error.path.hasPrefix("expect.") {
      let count = scenario.expectations.count
      scenario.expectations.removeAll { "expect.\($0.path)" == error.path }
      return scenario.expectations.count < count && !scenario.expectations.isEmpty
    }
    if error.path.hasPrefix("matrix") || scenario.axis?.path == error.path {
      scenario.axis = nil
      return true
    }
    let count = scenario.settings.count
    scenario.settings.removeAll { $0.path == error.path }
    if scenario.settings.count < count { return true }
    // What stands beside it may be the matrix: it adds to what the settings say.
    if scenario.axis != nil {
      scenario.axis = nil
      return true
    }
    return false
  }

  // MARK: Chance

  static func pick<Value>(_ values: [Value], _ random: inout SeededGenerator) -> Value {
    values[random.below(values.count)]
  }

  private static func chance(_ share: Double, _ random: inout SeededGenerator) -> Bool {
    random.unit() < share
  }
}
