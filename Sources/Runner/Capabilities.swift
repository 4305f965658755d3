public import AssayModel
import Workloads

/// What this version can run. The format knows more: such scenarios pass `check`.
public enum Capabilities {
  /// Checks that this version can make in the real world.
  public static let checks: Set<CheckName> = [
    .integrity, .durability, .atomicity, .mutualExclusion, .recoveryTime, .busy, .latency,
    .throughput, .invariants, .wal, .disk, .errors,
  ]

  /// Faults that this version can inject in the real world.
  public static let faults: Set<FaultSpecification.Kind> = [
    .kill, .pause, .staleLock, .clock, .tamper, .ioError, .shortRead, .diskFull, .fsyncError,
    .bitFlip, .silentLock,
  ]

  /// Says why a plan can't be run, or nothing.
  ///
  /// - Throws: an input error that names what this version can't do yet.
  public static func verify(_ plan: Plan) throws(RunnerError) {
    for cell in plan.cells {
      if plan.scenario.world == .real { try verifyProbabilities(cell) }
      guard WorkloadCatalog.entry(cell.load.workload) != nil else {
        throw notYet("workload '\(cell.load.workload.rawValue)'")
      }
      if plan.scenario.world == .simulated {
        try verifySimulated(cell)
        continue
      }
      for fault in cell.faults where !faults.contains(fault.kind) {
        throw notYet("fault '\(fault.kind.rawValue)'")
      }
      let named = cell.expectations.map(\.check) + cell.furtherChecks
      for check in named where !checks.contains(check) {
        throw notYet("check '\(check.rawValue)'")
      }
      try verifyStaleLocks(cell)
      try verifyFileSystem(cell)
      try verifyTampering(cell)
      try verifySizes(cell)
      try verifyKeys(cell)
    }
  }

  /// Checks that crash images and fault sweeps answer.
  public static let simulatedChecks: Set<CheckName> = [
    .integrity, .consistency, .durability, .atomicity, .mutualExclusion, .invariants, .progress,
    .errors,
  ]

  /// Checks that an exploration answers.
  private static func simulatedChecks(of explore: ExploreSettings?) -> Set<CheckName> {
    guard let explore else { return simulatedChecks }
    if explore.sweep != nil { return simulatedChecks.union([.errorHandling]) }
    guard explore.exploresSchedules else { return simulatedChecks }
    return explore.crashes == nil ? scheduleChecks : raceChecks
  }

  /// Checks that schedules answer.
  public static let scheduleChecks: Set<CheckName> = [
    .integrity, .durability, .atomicity, .isolation, .mutualExclusion, .invariants, .progress,
    .sharedMemory, .errors,
  ]

  /// A strategy chooses among schedules, not among crashes.
  private static func verifySchedules(
    _ explore: ExploreSettings, _ cell: PlannedCell
  ) throws(RunnerError) {
    guard let strategy = explore.strategy else { return }
    guard explore.exploresSchedules else {
      throw notYet("explore.strategy '\(strategy)' together with a sweep")
    }
    do throws(RunnerError) {
      _ = try ScheduleExploration.strategies(explore)
    } catch {
      throw RunnerError(.input, "cell \(cell.id): \(error.message)")
    }
  }

  private static func verifySimulated(_ cell: PlannedCell) throws(RunnerError) {
    for fault in cell.faults { try verifySimulated(fault, cell) }
    switch cell.load.rate {
    case .closed, .perSecond: break
    case .ofCapacity, .highest:
      throw RunnerError(
        .input,
        "a rate of the capacity is for the real world: in the simulated one nothing takes "
          + "time; closed or 500/s do")
    }
    try verifyFileSystem(cell)
    if let explore = cell.explore { try verifySchedules(explore, cell) }
    guard cell.storage.vfs == .standard else {
      throw RunnerError(
        .input, "cell \(cell.id): storage.vfs is a matter of real files; leave it out")
    }
    if cell.explore?.crashes != nil, cell.storage.pragmas.contains(where: Self.isExclusiveLocking) {
      throw RunnerError(
        .input,
        "cell \(cell.id): storage.locking_mode exclusive keeps the locks by which crash images "
          + "tell transactions apart; leave it out")
    }
    for check in cell.expectations.map(\.check) + cell.furtherChecks
    where !simulatedChecks(of: cell.explore).contains(check) {
      throw notYet("check '\(check.rawValue)' in the simulated world")
    }
    try verifyOwnSQL(cell)
    try verifySizes(cell)
    try verifyActors(cell)
    try verifyKeys(cell)
  }

  /// What the user's rows mean only the user knows.
  private static func verifyOwnSQL(_ cell: PlannedCell) throws(RunnerError) {
    guard cell.load.workload == .sql else { return }
    for check in cell.expectations.map(\.check) + cell.furtherChecks
    where [.atomicity, .isolation, .mutualExclusion].contains(check) {
      throw RunnerError(
        .input,
        "cell \(cell.id): check '\(check.rawValue)' has no meaning for rows of your own; "
          + "workload sql is judged by consistency, durability, integrity, invariants and progress")
    }
  }

  private static func isExclusiveLocking(_ pragma: StorageSettings.Pragma) -> Bool {
    pragma.name == "locking_mode" && pragma.value.lowercased() == "exclusive"
  }

  /// Each stale lock is a process that takes it and ends.
  static func verifyStaleLocks(_ cell: PlannedCell) throws(RunnerError) {
    let count = cell.load.keyCount
    for fault in cell.faults where fault.kind == .staleLock {
      if case .named(let name) = fault.target, lockNumber(name, of: count) == nil {
        throw RunnerError(
          .input,
          "cell \(cell.id): stale_lock names '\(name)', but its locks are lock-0 to "
            + "lock-\(count - 1)")
      }
      guard fault.target != .all || count <= 100 else {
        throw RunnerError(
          .input,
          "cell \(cell.id): stale_lock: all for \(count) locks; at most 100 are supported")
      }
    }
  }

  /// Tampering needs files that the journal mode has, and a file system layer a place of its own.
  private static func verifyTampering(_ cell: PlannedCell) throws(RunnerError) {
    if let reason = StorageSettings.FileSystemLayer.refusal(in: cell) {
      throw RunnerError(.input, "cell \(cell.id): \(reason)")
    }
    for fault in cell.faults {
      guard let reason = Tamper.refusal(of: fault, in: cell) else { continue }
      let way = if case .named(let word) = fault.target { word } else { "\(fault.target)" }
      throw RunnerError(.input, "cell \(cell.id): tamper: \(way) \(reason)")
    }
  }

  /// The number in the name of one of `count` locks.
  static func lockNumber(_ name: String, of count: Int) -> Int? {
    let prefix = "lock-"
    guard name.hasPrefix(prefix), let number = Int(name.dropFirst(prefix.count)) else { return nil }
    return (0..<count).contains(number) && name == "\(prefix)\(number)" ? number : nil
  }

  /// Numbers that a transfer's identifier cannot hold.
  private static func verifySizes(_ cell: PlannedCell) throws(RunnerError) {
    let actors = cell.load.writers + cell.load.readers
    guard cell.load.processes <= 500, actors <= 1_000 else {
      throw RunnerError(
        .input,
        "cell \(cell.id) asks for \(cell.load.processes) processes with \(actors) actors each; "
          + "at most 500 processes and 1,000 actors in each are supported")
    }
    guard cell.load.workload == .mixed else { return }
    let rows = cell.load.processes * cell.load.writers * min(cell.load.keyCount, mostRows + 1)
    guard rows <= mostRows else {
      throw RunnerError(
        .input,
        "cell \(cell.id): mixed gives each writer \(cell.load.keyCount) rows of its own, more than "
          + "\(mostRows) in all")
    }
  }

  /// Rows of workload `mixed` that a checker keeps in memory, 32 bytes each.
  private static let mostRows = 10_000_000

  private static func verifyKeys(_ cell: PlannedCell) throws(RunnerError) {
    guard cell.load.keyCount <= 100_000_000 else {
      throw RunnerError(
        .input,
        "cell \(cell.id) asks for \(cell.load.keyCount) keys; at most 100,000,000 are supported")
    }
  }

  static func notYet(_ what: String) -> RunnerError {
    var error = RunnerError(
      .input, "\(what) is part of the scenario format, but this version can't run it yet")
    error.isOfLaterVersion = true
    return error
  }
}
