import AssayModel

/// How often faults struck in an exploration of schedules, as `explored{}` of a result says.
enum ScheduledFaultCounts {
  /// Kills that hit a process inside a write or as the holder of a lock.
  static let killsInWrites = "kills_during_writes"

  /// Killed processes that came back and opened the database.
  static let restarts = "restarts"

  /// The name of the count of a kind of fault.
  static func name(_ kind: FaultSpecification.Kind) -> String {
    switch kind {
    case .kill: "kills"
    case .pause: "pauses"
    case .clock: "clock_changes"
    case .staleLock: "stale_locks"
    case .ioError: "io_errors"
    case .shortRead: "short_reads"
    case .diskFull: "full_disks"
    case .fsyncError: "fsync_errors"
    default: kind.rawValue
    }
  }

  /// Adds what struck in one schedule; a kind that is planned counts even if it never struck.
  static func add(
    _ records: [FaultRecord], of cell: PlannedCell, to counts: inout [String: UInt64]
  ) {
    for fault in cell.faults {
      counts[name(fault.kind), default: 0] += 0
      if fault.kind == .kill { counts[killsInWrites, default: 0] += 0 }
    }
    for record in records {
      counts[name(record.kind), default: 0] += 1
      guard record.kind == .kill else { continue }
      if record.hitDuringWrite { counts[killsInWrites, default: 0] += 1 }
      if record.recovered != nil { counts[restarts, default: 0] += 1 }
    }
  }

  /// Why faults that were planned allow no claim, in words; `nil` when they do.
  ///
  /// What saw no fault has nothing to say about it, and a process that dies idle proves nothing
  /// about what it was not writing.
  static func missing(
    for check: CheckName, of cell: PlannedCell, _ counts: [String: UInt64]
  ) -> String? {
    if cell.explore?.crashes != nil, counts[RecoveryCounts.recovered, default: 0] == 0 {
      return "no crash left anything to recover"
    }
    for fault in cell.faults where counts[name(fault.kind), default: 0] == 0 {
      return switch fault.kind {
      case .kill: "no process was killed"
      case .pause: "no process was paused"
      case .clock: "no clock was moved"
      case .staleLock: "no stale lock was left"
      default: "the fault \(fault.kind.rawValue) struck no call"
      }
    }
    let isAboutWrites = [.durability, .atomicity, .invariants].contains(check)
    guard isAboutWrites, cell.faults.contains(where: { $0.kind == .kill }),
      counts[killsInWrites, default: 0] == 0
    else { return nil }
    return "no kill hit a write"
  }
}
