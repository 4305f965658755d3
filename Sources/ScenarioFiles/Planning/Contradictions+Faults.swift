import AssayModel

extension Contradictions {
  /// Finds faults that have no target, or cannot happen in this cell.
  mutating func checkFaults() {
    let entries = tree.entry("faults")?.value.elements ?? []
    for (fault, entry) in zip(draft.faults, entries) {
      checkTarget(of: fault, at: entry.place)
      checkTime(of: fault, at: entry.place)
      checkFiles(of: fault, at: entry.place)
    }
  }

  private mutating func checkTarget(of fault: FaultSpecification, at place: SourcePlace) {
    let kind = fault.kind.rawValue
    if case .process(let number) = fault.target {
      let count = fault.kind == .staleLock ? load.keyCount : load.processes
      let things = fault.kind == .staleLock ? "locks" : "processes"
      refuse(
        number >= count, "faults", "\(kind): \(number) of \(count) \(things)",
        "a number from 0 to \(count - 1)", at: place)
    }
    refuse(
      fault.kind == .staleLock && !hasLocks, "faults",
      "stale_lock for workload \(load.workload.rawValue)", "stale_lock with workload locks",
      at: place)
  }

  /// Refuses a fault that cannot happen within the cell, since it would show nothing.
  private mutating func checkTime(of fault: FaultSpecification, at place: SourcePlace) {
    guard case .duration(let duration) = load.extent else { return }
    let kind = fault.kind.rawValue
    let limit = UnitText.text(duration.rawValue, units: UnitText.durations)
    switch fault.trigger {
    case .at(let time):
      refuse(
        time >= duration, "faults", "\(kind) at or after the end of the cell",
        "at below load.duration, which is \(limit)\(timeScaleHint)", at: place)
    case .every(let period):
      refuse(
        period >= duration, "faults", "\(kind) whose first time is not before the cell's end",
        "every below load.duration, which is \(limit)\(timeScaleHint)", at: place)
    default: break
    }
  }

  /// A duration from the command line leaves the times of faults unchanged; a scale also scales
  /// them.
  private var timeScaleHint: String {
    guard case .duration(let duration) = load.extent, let fileDuration,
      let scale = TimeScale.text(from: fileDuration, to: duration), scale != "1x"
    else { return "" }
    return "; --set time=\(scale) instead of the duration scales warm-up and all fault times too"
  }

  /// A file that the cell's database never has.
  private mutating func checkFiles(of fault: FaultSpecification, at place: SourcePlace) {
    var isAtOperation = false
    if case .operation = fault.trigger { isAtOperation = true }
    let kind = fault.kind.rawValue
    refuse(
      storage.isInMemory && (fault.kind.isOfCalls || fault.kind == .tamper || isAtOperation),
      "faults", "\(kind) of files with storage.path ':memory:'",
      "a database in a file, since this one has none", at: place)
    refuse(
      storage.isInMemory && fault.kind == .staleLock, "faults",
      "stale_lock with storage.path ':memory:'",
      "a database in a file, since another process leaves the lock behind", at: place)
    refuse(
      locksExclusively && fault.kind == .staleLock, "faults",
      "stale_lock with storage.locking_mode 'exclusive'",
      "another locking mode, since the process that leaves the lock behind would be kept out",
      at: place)
    guard storage.journalMode != .wal else { return }
    let mode = "with storage.journal_mode \(storage.journalMode.rawValue)"
    let isOfSharedMemory =
      fault.target == .named("zero_shm")
      || [.sharedMemoryLock, .sharedMemoryMap].contains(fault.method)
    refuse(
      fault.file == .wal || isOfSharedMemory, "faults",
      "\(kind) of \(isOfSharedMemory ? "shared memory" : "the WAL") \(mode)",
      "storage.journal_mode wal, since no other has one", at: place)
  }
}
