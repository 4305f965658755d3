import AssayModel
import Foundation
import Gate
import ScenarioFiles

/// Where a tuning may choose from: the scenario's matrix, or the built-in knobs; with the default,
/// and with known advice to compare with.
struct TuneSpace {
  /// Resolves the scenario with further settings.
  typealias Planning = @Sendable ([Assignment]) throws -> Plan

  /// Advice that the recommendation is compared with.
  struct Reference {
    /// Name of the profile.
    var profile: String
    var candidate: TuneCandidate
  }

  /// All points, each once, without the references.
  private(set) var candidates: [TuneCandidate] = []
  /// The scenario's own `storage:` section.
  private(set) var fallback = TuneCandidate([:])
  private(set) var references: [Reference] = []
  /// Whether it is the built-in one.
  let isBuiltIn: Bool
  /// The scenario as its matrix leaves it.
  let scenario: Scenario
  let seed: Seed
  private let model: PlannedCell
  private var storages: [TuneCandidate: StorageSettings] = [:]
  private let planning: Planning

  /// Axes of the matrix that an existing file cannot change, and so were left out.
  private(set) var leftOut: [String] = []
  /// What knobs hold that are not set, by key of `storage:`: SQLite's defaults, and in an existing
  /// file what it was made with.
  private let known: [String: String]

  /// What a knob holds that is neither set nor known.
  static let unset = "unset"
  /// Knob of candidates that are a profile's whole settings, beyond the other knobs.
  static let profileKnob = "profile"
  /// Points of the built-in space beyond which a balanced part of it is taken.
  private static let mostBuiltIn = 2_000

  /// - Parameters:
  ///   - profiles: names of the profiles that are compared with.
  ///   - planning: resolves the scenario.
  /// - Throws: an input error when the scenario can't be tuned; what `planning` throws.
  init(profiles: [String], planning: @escaping Planning) throws {
    let plan = try planning([])
    guard let first = plan.cells.first else { throw RunnerError(.input, "no cell to tune") }
    scenario = plan.scenario
    seed = plan.seed
    model = first
    known = TuneKnob.libraryDefaults.merging(Self.format(of: first.storage.path)) { $1 }
    self.planning = planning
    isBuiltIn = plan.scenario.matrix.isEmpty
    try Self.verify(plan)
    if isBuiltIn { try readBuiltIn() } else { try readMatrix(plan) }
    try readReferences(profiles)
  }

  private static func verify(_ plan: Plan) throws(RunnerError) {
    let name = plan.scenario.name
    guard plan.scenario.world == .real else {
      throw RunnerError(.input, "'\(name)' runs in the simulated world, where nothing has a speed")
    }
    if case .highest = plan.cells.first?.load.rate {
      throw RunnerError(
        .input,
        "'\(name)' searches the highest rate of each setting, and settings are compared at one: "
          + "--set load.rate=closed compares their throughput")
    }
    for axis in plan.scenario.matrix {
      let isSetting =
        axis.path.hasPrefix("storage.") && !["storage.path", "storage.vfs"].contains(axis.path)
      guard isSetting else {
        throw RunnerError(
          .input,
          "the matrix of '\(name)' varies \(axis.path), which is not a setting of the storage: "
            + "with other work figures cannot be compared; choose one value with "
            + "--set \(axis.path)=...")
      }
    }
    for cell in plan.cells {
      guard cell.faults.isEmpty else {
        throw RunnerError(
          .input,
          "'\(name)' breaks things while it runs, which a block of a fraction of a second cannot "
            + "hold; --set inject=false tunes it without its faults")
      }
      guard !cell.storage.isInMemory else {
        throw RunnerError(
          .input, "'\(name)' is in memory, where nothing survives: tune needs a file")
      }
    }
    try Capabilities.verify(plan)
  }

  /// What an existing database was made with; empty for what is no database.
  private static func format(of path: String?) -> [String: String] {
    guard let path, let handle = FileHandle(forReadingAtPath: path) else { return [:] }
    defer { try? handle.close() }
    guard let bytes = try? handle.read(upToCount: 100),
      case .database(let header) = DatabaseHeader.kind(of: [UInt8](bytes))
    else { return [:] }
    return ["page_size": "\(header.pageSize)"]
  }

  // MARK: Points

  private mutating func readMatrix(_ plan: Plan) throws {
    // A page size is made in a copy of the file, by VACUUM; an encoding never is.
    let fixed: Set<String> = model.storage.path == nil ? [] : ["storage.encoding"]
    let axes = plan.scenario.matrix.map(\.path).filter { !fixed.contains($0) }
    leftOut = plan.scenario.matrix.map(\.path).filter(fixed.contains)
    for cell in plan.cells {
      var storage = cell.storage
      storage.pragmas.removeAll { fixed.contains("storage.\($0.name)") }
      let candidate = self.candidate(storage, axes)
      if storages.updateValue(storage, forKey: candidate) == nil {
        candidates.append(candidate)
      }
    }
    fallback = candidate(plan.scenario.storage, axes)
    if storages[fallback] == nil {
      storages[fallback] = plan.scenario.storage
      candidates.insert(fallback, at: 0)
    }
  }

  /// All combinations of the wanted knobs, or a part of them drawn from the seed with the default
  /// and every point one knob away from it.
  private mutating func readBuiltIn() throws {
    let wanted = scenario.tune?.knobs ?? []
    let knobs = TuneKnob.builtIn.filter { wanted.isEmpty || wanted.contains($0.name) }
    let paths = knobs.map { "storage.\($0.name)" }
    fallback = candidate(scenario.storage, paths)
    storages[fallback] = scenario.storage
    let all = knobs.reduce(1) { $0 * $1.values.count }
    var points = [fallback]
    for (knob, path) in zip(knobs, paths) {
      for value in knob.values { points.append(Self.changed(fallback, path, value)) }
    }
    if all <= Self.mostBuiltIn {
      points += (0..<all).map { Self.point($0, knobs, paths) }
    } else {
      var generator = SeededGenerator(seed.derived("space"))
      while points.count < Self.mostBuiltIn {
        points.append(Self.point(Int.random(in: 0..<all, using: &generator), knobs, paths))
      }
    }
    var seen: Set<TuneCandidate> = []
    candidates = points.map { Self.withoutIdleKnobs($0, fallback) }
      .filter { seen.insert($0).inserted }
  }

  private static func point(
    _ number: Int, _ knobs: [TuneKnob], _ paths: [String]
  ) -> TuneCandidate {
    var rest = number
    var settings: [String: String] = [:]
    for (knob, path) in zip(knobs, paths) {
      settings[path] = canonical(knob.values[rest % knob.values.count], path)
      rest /= knob.values.count
    }
    return TuneCandidate(settings)
  }

  private static func changed(
    _ candidate: TuneCandidate, _ path: String, _ value: String
  ) -> TuneCandidate {
    var candidate = candidate
    candidate.settings[path] = canonical(value, path)
    return candidate
  }

  /// A knob that does nothing beside the others keeps the default's value: so no two candidates
  /// are the same settings.
  private static func withoutIdleKnobs(
    _ candidate: TuneCandidate, _ fallback: TuneCandidate
  ) -> TuneCandidate {
    var candidate = candidate
    func reset(_ path: String) {
      if let value = fallback.settings[path] { candidate.settings[path] = value }
    }
    if let mode = candidate.settings["storage.journal_mode"], mode != "wal" {
      reset("storage.wal_autocheckpoint")
    }
    if let topology = candidate.settings["storage.topology"], topology != "pool" {
      reset("storage.max_open_connections")
    }
    return candidate
  }

  private static func canonical(_ value: String, _ path: String) -> String {
    ScenarioFile.canonical(value, of: path) ?? value
  }

  /// The values that storage settings have for knobs.
  private func candidate(_ storage: StorageSettings, _ paths: [String]) -> TuneCandidate {
    TuneCandidate(
      Dictionary(
        uniqueKeysWithValues: paths.map { path in
          let known = known[String(path.dropFirst("storage.".count))]
          let value = ScenarioFile.value(of: path, in: storage) ?? known
          return (path, value.map { Self.canonical($0, path) } ?? Self.unset)
        }))
  }

  // MARK: References

  private mutating func readReferences(_ profiles: [String]) throws {
    for name in profiles {
      guard let profile = StorageProfile.named(name) else {
        throw RunnerError(
          .input,
          "unknown profile '\(name)'; expected one of "
            + StorageProfile.all.map(\.name).joined(separator: ", "))
      }
      let storage = try storage(of: profile)
      var candidate = candidate(storage, fallback.knobs.filter { $0 != Self.profileKnob })
      if let other = storages[candidate], isSame(other, storage) {
        references.append(Reference(profile: name, candidate: candidate))
        continue
      }
      candidate.settings[Self.profileKnob] = name
      storages[candidate] = storage
      references.append(Reference(profile: name, candidate: candidate))
    }
    addProfileKnob()
  }

  /// A profile's settings in place of the scenario's; what it does not name stays the scenario's.
  private func storage(of profile: StorageProfile) throws -> StorageSettings {
    var overrides = profile.settings.map {
      Assignment(path: "storage.\($0.path)", value: $0.value)
    }
    for (path, value) in fallback.settings.sorted(by: { $0.key < $1.key })
    where value != Self.unset && !overrides.contains(where: { $0.path == path }) {
      overrides.append(Assignment(path: path, value: value))
    }
    guard let cell = try planning(overrides).cells.first else {
      throw RunnerError(.harness, "no cell of profile '\(profile.name)'")
    }
    return cell.storage
  }

  /// Whether two open a database in the same way, whether a default is set or left out.
  private func isSame(_ one: StorageSettings, _ other: StorageSettings) -> Bool {
    func plain(_ storage: StorageSettings) -> StorageSettings {
      var storage = storage
      storage.profile = nil
      let set = storage.pragmas.map { ($0.name, $0.value) }
      let all = known.merging(set) { $1 }
      storage.pragmas = all.sorted { $0.key < $1.key }.map { name, value in
        .init(name: name, value: Self.canonical(value, "storage.\(name)"))
      }
      return storage
    }
    return plain(one) == plain(other)
  }

  /// All candidates have the same knobs: the others are no profile.
  private mutating func addProfileKnob() {
    guard references.contains(where: { $0.candidate.settings[Self.profileKnob] != nil }) else {
      return
    }
    func extended(_ candidate: TuneCandidate) -> TuneCandidate {
      var candidate = candidate
      if candidate.settings[Self.profileKnob] == nil {
        candidate.settings[Self.profileKnob] = "none"
      }
      return candidate
    }
    candidates = candidates.map(extended)
    fallback = extended(fallback)
    references = references.map {
      Reference(profile: $0.profile, candidate: extended($0.candidate))
    }
    storages = Dictionary(
      storages.map { (extended($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Cells

  /// The cell of a candidate, under the load that all of them have.
  ///
  /// - Throws: an input error when its settings contradict each other.
  mutating func cell(_ candidate: TuneCandidate) throws(RunnerError) -> PlannedCell {
    let storage: StorageSettings
    if let known = storages[candidate] {
      storage = known
    } else {
      let overrides = candidate.knobs.filter { $0 != Self.profileKnob }.compactMap { path in
        candidate.settings[path].map { Assignment(path: path, value: $0) }
      }
      do {
        guard let cell = try planning(overrides).cells.first else {
          throw RunnerError(.harness, "no cell of \(candidate)")
        }
        storage = cell.storage
      } catch let error as RunnerError {
        throw error
      } catch {
        throw RunnerError(.input, "\(error)")
      }
      storages[candidate] = storage
    }
    var cell = model
    cell.id = candidate.description
    cell.parameters = []
    cell.storage = storage
    return cell
  }
}
