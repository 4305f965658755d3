import AssayModel

@testable import Runner

/// What SQLite, and Assay's own locks upon it, promise of a cell: derived from the cell alone, from
/// the rules that facts/crash-model.md gives, and never from what a run found.
///
/// Source: SQLite's documentation, pragma.html#pragma_synchronous, wal.html, atomiccommit.html,
/// psow.html and c3ref/c_iocap_atomic.html.
struct SwarmPromise: Equatable {
  /// After whatever happens the content is that after some number of whole transactions.
  var isConsistent = true
  /// Nothing acknowledged is lost.
  var isDurable = true
  /// A lock is never held twice, and stale tokens change nothing.
  var isExclusive = true
  /// Everybody gets to an end. Who does not wait for a lock, but tries again after a fixed pause,
  /// may meet the same other one each time.
  var progresses = true

  private static let nothing = SwarmPromise(
    isConsistent: false, isDurable: false, isExclusive: false)

  /// SQLite from 3.7.0 to 3.51.2 may lose transactions in WAL mode when a checkpoint meets a
  /// restart of the log.
  private static let walReset =
    "{is: may_violate, when: {library: \">=3.7.0 <3.51.3 !3.44.6 !3.50.7\"}}"

  /// The value of `expect:` for all cells: a check is `valid` where each of them promises it.
  static func expectations(
    of cells: [PlannedCell], _ kind: SwarmKind
  ) -> [SwarmScenario.Entry] {
    let promises = cells.map { SwarmPromise(of: $0) }
    let hasLog = cells.contains { $0.storage.journalMode == .wal }
    let isSQL = cells.contains { $0.load.workload == .sql }
    return checks(of: kind).compactMap { check in
      // Rows of the user's own, of which only the user's invariants say what they mean.
      if isSQL, [.atomicity, .isolation, .mutualExclusion].contains(check) { return nil }
      guard promises.allSatisfy({ $0.holds(check) }) else {
        return .init(path: check.rawValue, value: "may_violate")
      }
      return .init(path: check.rawValue, value: hasLog ? "[\(walReset), {is: valid}]" : "valid")
    }
  }

  /// The checks that a kind of run can answer, as the harness itself says.
  private static func checks(of kind: SwarmKind) -> [CheckName] {
    let possible: Set<CheckName> =
      switch kind {
      case .real, .faultedReal: Capabilities.checks
      case .powerLoss, .processCrash: Capabilities.simulatedChecks
      case .recoveryRace, .processRace: Capabilities.raceChecks
      case .schedules, .faultedSchedules: Capabilities.scheduleChecks
      case .errorSweep, .memorySweep: Capabilities.simulatedChecks.union([.errorHandling])
      }
    return CheckName.allCases.filter(possible.contains)
  }

  private func holds(_ check: CheckName) -> Bool {
    switch check {
    case .integrity, .consistency, .atomicity, .isolation, .invariants, .sharedMemory,
      .errorHandling:
      isConsistent
    case .durability: isDurable
    case .mutualExclusion: isExclusive
    // How fast and how often is nobody's promise.
    case .busy, .latency, .throughput, .counts, .recoveryTime: false
    case .progress: isConsistent && progresses
    default: false
    }
  }
}

extension SwarmPromise {
  /// Derives the promise of one cell.
  init(of cell: PlannedCell) {
    self = Self.ofStorage(cell)
    if let explore = cell.explore {
      if explore.crashes == .powerLoss { weaken(Self.ofPowerLoss(cell)) }
      if explore.crashes == .process || explore.sweep != nil { weaken(Self.ofStruckProcess(cell)) }
    }
    for fault in cell.faults { weaken(Self.of(fault, cell)) }
    progresses = cell.storage.busy != .none && cell.storage.busyTimeout >= .milliseconds(100)
    let isFenced = cell.locks.fencing && isDurable
    isExclusive = isExclusive && isFenced
  }

  private mutating func weaken(_ other: SwarmPromise) {
    isConsistent = isConsistent && other.isConsistent
    isDurable = isDurable && other.isDurable
    isExclusive = isExclusive && other.isExclusive
  }

  /// Without a crash and a fault: only what has no journal or no locks breaks.
  private static func ofStorage(_ cell: PlannedCell) -> SwarmPromise {
    // A rollback without a journal is undefined.
    if cell.storage.journalMode == .off { return nothing }
    switch cell.storage.vfs {
    case .unixNone, .mixed: return nothing
    case .standard, .unixDotfile: return SwarmPromise()
    }
  }

  /// A journal in memory dies with the process, or with the connection that an error ends.
  private static func ofStruckProcess(_ cell: PlannedCell) -> SwarmPromise {
    cell.storage.journalMode == .memory || cell.storage.isInMemory ? nothing : SwarmPromise()
  }

  private static func ofPowerLoss(_ cell: PlannedCell) -> SwarmPromise {
    let (level, disk) = (cell.storage.synchronous, cell.disk)
    guard disk.sync == .honest, disk.directory != .never else { return nothing }
    var promise = SwarmPromise()
    switch cell.storage.journalMode {
    case .memory, .off:
      return nothing
    case .wal:
      // Below FULL the log is not padded to whole sectors, so that a torn one may take frames with
      // it that a checkpoint has copied.
      promise.isConsistent =
        level != .off && (disk.powersafeOverwrite || [.full, .extra].contains(level))
      promise.isDurable = [.full, .extra].contains(level)
    case .delete:
      promise.isConsistent = [.full, .extra].contains(level)
      promise.isDurable = level == .extra
    case .persist where disk.claims.contains(.safeAppend):
      // The journal is not appended to but written over, and its header does not count its records:
      // one of which a sector is an old one passes its checksum, which looks at each 200th byte.
      // Source: pager_cksum and writeJournalHdr in pager.c, 3.40.1 and 3.53.4.
      return nothing
    case .truncate, .persist:
      promise.isConsistent = [.full, .extra].contains(level)
      promise.isDurable = promise.isConsistent
    }
    return promise
  }

  private static func of(_ fault: FaultSpecification, _ cell: PlannedCell) -> SwarmPromise {
    switch fault.kind {
    case .kill, .ioError, .diskFull:
      return ofStruckProcess(cell)
    case .fsyncError:
      return fault.dropsDirtyPages ? nothing : ofStruckProcess(cell)
    case .shortRead, .bitFlip, .silentLock:
      return nothing
    case .tamper:
      let isProper = [.named("vacuum_into"), .named("backup")].contains(fault.target)
      return isProper ? SwarmPromise() : nothing
    case .clock:
      // Leases are counted on the boot clock.
      var promise = SwarmPromise()
      promise.isExclusive = fault.clock?.clocks != .all
      return promise
    case .pause, .staleLock:
      return SwarmPromise()
    }
  }
}
