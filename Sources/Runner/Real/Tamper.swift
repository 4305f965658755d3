import AssayModel

/// What `tamper` does to the files of a database that is in use: what people and tools do to them,
/// after SQLite's list "How To Corrupt An SQLite Database File".
///
/// Every kind waits for a moment at which it matters. The coordinator stops all processes, looks
/// into the files, and lets them go on when there is nothing to hit; so it searches until the cell
/// ends. A tamper that found nothing is recorded as such, and the checks then answer unknown.
enum Tamper: String, CaseIterable, Sendable {
  /// The database file alone is copied, without its journal or log, while a transaction stands half
  /// in it, or while committed transactions stand in the log only. Then every process is killed,
  /// and what is judged is the copy: the machine is lost, a backup made with `cp` is all there is.
  ///
  /// Source: howtocorrupt.html, 1.2.
  case copy
  /// In such a moment a copy is begun as one should make it, by `VACUUM INTO`, while everybody goes
  /// on. Then every process is killed, and what is judged is the copy: it must hold whatever was
  /// acknowledged before it was begun.
  ///
  /// Source: howtocorrupt.html, 1.2; lang_vacuum.html.
  case vacuumInto = "vacuum_into"
  /// The same through the backup API, all pages in one step.
  ///
  /// Source: howtocorrupt.html, 1.2; backup.html.
  case backup
  /// Every process is killed in such a moment, and the journal or log is deleted before anybody
  /// opens the database again.
  ///
  /// Source: howtocorrupt.html, 1.3.
  case delete
  /// A journal or log that is needed at this moment is saved, and put back beside the database
  /// when all processes have ended: an older journal meets a newer database.
  ///
  /// Source: howtocorrupt.html, 1.4.
  case swap
  /// The database file is renamed, and a copy of it takes its place and its name. Who has it open
  /// writes on into the renamed file; who opens it from now on gets the new one.
  ///
  /// Source: howtocorrupt.html, 2.5.
  case rename
  /// The shared memory is filled with zeros while a process holds the log's write lock and
  /// committed transactions stand in the log only.
  ///
  /// Source: howtocorrupt.html, 6.2.
  case zeroSharedMemory = "zero_shm"
  /// Somebody sets `PRAGMA writable_schema` and edits the schema while it is in use: the two tables
  /// that were created last exchange their pages. Who has read the schema writes on as before, who
  /// reads it from now on finds each table in the other's pages.
  ///
  /// Source: howtocorrupt.html, 7.
  case schema

  /// What a fault asks for; `nil` for a fault of another kind, or a word that is not known.
  init?(_ fault: FaultSpecification) {
    guard fault.kind == .tamper, case .named(let word) = fault.target else { return nil }
    self.init(rawValue: word)
  }

  /// The files that it can hit in a journal mode; empty when it can do nothing there.
  func files(in mode: StorageSettings.JournalMode) -> [FileKind] {
    let journal: FileKind? =
      switch mode {
      case .delete, .truncate, .persist: .journal
      case .wal: .wal
      case .memory, .off: nil
      }
    return switch self {
    case .delete, .swap: journal.map { [$0] } ?? []
    // Without a journal on disk nobody can see from outside whether a transaction is under way.
    case .copy, .vacuumInto, .backup: journal == nil ? [] : [.database]
    case .rename, .schema: [.database]
    case .zeroSharedMemory: mode == .wal ? [.wal] : []
    }
  }

  /// What a worker of its own does for it while the others go on; `nil` where bytes are changed.
  var role: WorkerAssignment.Role? {
    switch self {
    case .vacuumInto: .vacuumInto
    case .backup: .backup
    case .schema: .editSchema
    case .copy, .delete, .swap, .rename, .zeroSharedMemory: nil
    }
  }

  /// Says why a cell cannot be tampered with in this way; `nil` when it can.
  static func refusal(of fault: FaultSpecification, in cell: PlannedCell) -> String? {
    guard fault.kind == .tamper else { return nil }
    guard let tamper = Tamper(fault) else {
      return "is not a way of tampering that this version knows"
    }
    let mode = cell.storage.journalMode
    if cell.storage.isInMemory { return "needs a database file, not :memory:" }
    let files = tamper.files(in: mode)
    guard let own = files.first else {
      return "can do nothing with storage.journal_mode \(mode.rawValue)"
    }
    if let file = fault.file, file != own {
      return "with storage.journal_mode \(mode.rawValue) hits the \(own.rawValue), "
        + "not the \(file.rawValue)"
    }
    return nil
  }
}

/// What the tampering of one repetition has come to so far.
struct Tampering {
  /// Faults, by their number, that have hit something.
  var hits: Set<Int> = []
  /// Why the last search of a fault found nothing.
  var reasons: [Int: String] = [:]
  /// Journals and logs that were saved to be put back, by the number of the fault.
  var saved: [Int: SavedJournal] = [:]
  /// The file that is judged instead of the database.
  var observedPath: String?
  /// When that was begun, if it was made while the processes went on.
  var copied: MonotonicTime?

  /// A journal or log as it stood at a moment.
  struct SavedJournal {
    /// What it held.
    var bytes: [UInt8]
    /// Where it stood, and is put back to.
    var path: String
    /// When it was saved.
    var saved: MonotonicTime
  }
}
