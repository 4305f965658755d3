import AssayModel
import Platform
import Reports

/// Finds out on crash images of the simulated disk which durability class settings reach: the power
/// goes, and the process dies, at every moment of small programs of the scenario's own workload.
///
/// Each distinct setting is explored once; what cannot change what a crash leaves, such as the size
/// of a cache, makes no other setting.
final class DurabilityProbe {
  private let scenario: String
  private let launcher: WorkerLauncher
  private let folder: String
  private let jobs: Int
  private let time: any TimeSource
  private let expectedSourceID: String?
  private var known: [String: ClassEvidence] = [:]
  private var explorations = 0
  /// The user's own database, or why it could not be sampled; `nil` when there is none.
  var sample: Result<DatabaseSample, DatabaseSample.Obstacle>?

  init(
    scenario: String, launcher: WorkerLauncher, folder: String, jobs: Int, time: any TimeSource,
    expectedSourceID: String?
  ) {
    self.scenario = scenario
    self.launcher = launcher
    self.folder = folder
    self.jobs = jobs
    self.time = time
    self.expectedSourceID = expectedSourceID
  }

  /// What was found, in the order of the settings' names.
  var evidence: [ClassEvidence] { known.sorted { $0.key < $1.key }.map(\.value) }

  /// What decides what a crash leaves, as text: two cells with the same are explored once.
  static func setting(of cell: PlannedCell) -> String {
    let storage = cell.storage
    let parts =
      [
        "journal_mode=\(storage.journalMode.rawValue)",
        "synchronous=\(storage.synchronous.rawValue)",
      ]
      + (storage.topology == .groupCommit ? ["topology=group-commit"] : [])
      + storage.pragmas.filter { decisive.contains($0.name) }
      .map { "\($0.name)=\($0.value)" }.sorted()
    return parts.joined(separator: " ")
  }

  private static let decisive: Set<String> = [
    "fullfsync", "checkpoint_fullfsync", "locking_mode", "auto_vacuum",
  ]

  /// Whether the setting of a cell was explored.
  func isKnown(_ cell: PlannedCell) -> Bool { known[Self.setting(of: cell)] != nil }

  /// The class of a cell's setting, with small pages and frequent checkpoints, so that a short
  /// program meets all that a long one would.
  func evidence(for cell: PlannedCell) throws(RunnerError) -> ClassEvidence {
    let name = Self.setting(of: cell)
    if let found = known[name] { return found }
    var small = cell
    small.storage.pragmas.removeAll { Self.scaled.contains($0.name) }
    small.storage.pragmas.append(.init(name: "page_size", value: "1024"))
    small.storage.pragmas.append(.init(name: "wal_autocheckpoint", value: "8"))
    let found = try explore(small, name)
    known[name] = found
    return found
  }

  /// The class of exactly the settings of a cell, nothing made smaller: what is recommended is
  /// looked at as it will be used.
  func exactEvidence(for cell: PlannedCell) throws(RunnerError) -> ClassEvidence {
    try explore(cell, "exactly as recommended: " + Self.setting(of: cell))
  }

  private static let scaled: Set<String> = [
    "page_size", "wal_autocheckpoint", "mmap_size", "cache_size",
  ]

  // MARK: Exploring

  private func explore(
    _ cell: PlannedCell, _ name: String
  ) throws(RunnerError) -> ClassEvidence {
    var power: [CheckResult] = []
    var images: UInt64 = 0
    var aside = ""
    var deciding: LoadSettings?
    for load in loads(cell) {
      let found = try explore(cell, load, .powerLoss)
      images += found.images
      if let reason = unjudgedReason(found, of: load) {
        aside = reason
        continue
      }
      deciding = deciding ?? load
      power += found.checks
      // What does not stay consistent is of the last class, whatever else is found.
      if found.checks.contains(where: { $0.check != .durability && $0.status == .violated }) {
        return evidence(name, power, [], images, aside)
      }
    }
    let process = try deciding.map { load throws(RunnerError) in
      try explore(cell, load, .process)
    }
    return evidence(name, power, process?.checks ?? [], images + (process?.images ?? 0), aside)
  }

  private func evidence(
    _ name: String, _ power: [CheckResult], _ process: [CheckResult], _ images: UInt64,
    _ aside: String
  ) -> ClassEvidence {
    var evidence = ClassEvidence(setting: name, power: power, process: process, images: images)
    evidence.aside = aside
    return evidence
  }

  /// Why a load of the user's own SQL says nothing: transfers then decide alone, and it is said.
  private func unjudgedReason(_ found: Explored, of load: LoadSettings) -> String? {
    guard load.workload == .sql, found.checks.allSatisfy({ $0.status == .unknown }) else {
      return nil
    }
    let reason = found.checks.first.map { $0.reason ?? $0.evidence } ?? "no images"
    return "the scenario's own transactions (\(reason))"
  }

  private struct Explored {
    var checks: [CheckResult]
    var images: UInt64
  }

  private func explore(
    _ cell: PlannedCell, _ load: LoadSettings, _ crashes: ExploreSettings.Crashes
  ) throws(RunnerError) -> Explored {
    let small = Self.simulated(cell, load, crashes)
    guard let explore = small.explore else { return Explored(checks: [], images: 0) }
    do throws(RunnerError) {
      try Capabilities.verify(Self.plan(small, scenario))
      return try run(small, explore)
    } catch {
      guard error.code == .input else { throw error }
      // What the simulated disk cannot run is not known to keep anything.
      let reason = error.message
      return Explored(
        checks: small.furtherChecks.map { .unknown($0, reason: reason) }, images: 0)
    }
  }

  private func run(
    _ small: PlannedCell, _ explore: ExploreSettings
  ) throws(RunnerError) -> Explored {
    let own = "\(folder)/class-\(explorations)"
    explorations += 1
    do {
      try Folder.create(own)
    } catch {
      throw RunnerError(.harness, "the folder '\(own)' cannot be created: \(error)")
    }
    // What was explored beyond what was asked for leaves its images there.
    defer { try? Folder.remove(own) }
    let crew = try ExploreCrew(
      small, launcher: launcher, historyFolder: own, jobs: jobs, time: time,
      expectedSourceID: expectedSourceID)
    let found = try ExploredCellRun(
      small, explore, scenario: scenario, crew: crew, historyFolder: own, time: time,
      shrinks: false, progress: { _ in }
    ).run()
    // What was explored until then decides nothing.
    if Interruption.isRequested { throw RunnerError(.interrupted, "interrupted") }
    return Explored(checks: found.checks, images: found.explored[ExploredCounts.distinct] ?? 0)
  }

  /// Operations of a program.
  private static let operations = 14

  /// A short program of a cell's own workload on a simulated disk.
  private static func simulated(
    _ original: PlannedCell, _ load: LoadSettings, _ crashes: ExploreSettings.Crashes
  ) -> PlannedCell {
    var cell = original
    cell.faults = []
    cell.disk = DiskSettings()
    cell.probe = .none
    cell.expectations = []
    cell.furtherChecks = [.integrity, .consistency, .durability]
    cell.storage.path = nil
    cell.storage.allocator = .system
    // The simulated disk has no mapped memory, and reads through it change nothing.
    cell.storage.pragmas.removeAll { $0.name == "mmap_size" }
    cell.load = load
    var explore = ExploreSettings()
    explore.crashes = crashes
    explore.minimum = crashes == .powerLoss ? 300 : 20
    explore.budget = .seconds(20)
    explore.images.exhaust = 6
    explore.images.samples = 6
    explore.images.recovery = 1
    cell.explore = explore
    cell.id = "class"
    return cell
  }

  /// The scenario's own workload, and transfers whose transactions change several pages: the own
  /// one may be of a kind to which little can happen, and others will share its settings.
  private func loads(_ cell: PlannedCell) -> [LoadSettings] {
    var transfers = LoadSettings(workload: .ledger)
    transfers.extent = .operations(Self.operations)
    transfers.keyCount = 24
    guard cell.load.workload != .ledger else { return [transfers] }
    var own = Self.own(cell.load)
    guard cell.load.workload == .sql, cell.storage.path != nil else { return [own, transfers] }
    // The simulated disk does not have the user's file, but may have a sample of it.
    guard case .success(let sample) = sample else { return [transfers] }
    own.sql = cell.load.sql?.sampled(sample)
    return [own, transfers]
  }

  /// What durability is judged on, in words.
  func judgedOn(_ cell: PlannedCell) -> String {
    let transfers = "transfers of the built-in ledger on a database of its own"
    guard cell.load.workload != .ledger else { return "the scenario's own transfers" }
    guard cell.load.workload == .sql else {
      return "the scenario's own workload and \(transfers), on small databases"
    }
    let number = Figures.count(cell.load.sql?.transactions.count ?? 0, "transaction")
    let own = "the \(number) of the scenario"
    switch sample {
    case nil: return "\(own) after its set-up, and \(transfers)"
    case .failure(let obstacle):
      return "\(transfers) alone, not on the scenario's transactions: \(obstacle.reason)"
    case .success(let sample):
      let rows = Figures.count(sample.rows, "row") + " of " + Figures.count(sample.tables, "table")
      let part = sample.isWhole ? "all \(rows)" : "a sample of \(rows)"
      return "\(own) on the schema of '\(cell.storage.path ?? "")' with \(part), and \(transfers)"
    }
  }

  private static func own(_ load: LoadSettings) -> LoadSettings {
    var load = load
    load.processes = 1
    load.writers = max(1, min(load.writers, 2))
    load.readers = 0
    load.extent = .operations(operations)
    load.warmUp = .zero
    load.think = .zero
    load.hold = .zero
    load.rate = .closed
    load.keyCount = min(load.keyCount, 24)
    load.valueSize = ByteCount(min(load.valueSize.bytes, 200))
    // Reads leave nothing that a crash could take.
    load.mix.removeAll { $0.operation == "read" }
    if load.mix.allSatisfy({ $0.weight == 0 }) { load.mix = [] }
    return load
  }

  private static func plan(_ cell: PlannedCell, _ name: String) -> Plan {
    var scenario = Scenario(name: name, question: "", load: cell.load)
    scenario.world = .simulated
    return Plan(scenario: scenario, seed: cell.seed, cells: [cell])
  }
}
