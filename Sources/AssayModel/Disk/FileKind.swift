/// Role of a file in SQLite, as given by the flags of `xOpen`.
///
/// Shared memory has no file kind of its own here: its operations count for the database to which
/// it belongs.
public enum FileKind: String, CaseIterable, Codable, Sendable {
  /// The database itself (`SQLITE_OPEN_MAIN_DB`).
  case database
  /// Its rollback journal (`SQLITE_OPEN_MAIN_JOURNAL`).
  case journal
  /// Its write-ahead log (`SQLITE_OPEN_WAL`).
  case wal
  /// The journal that ties the journals of attached databases (`SQLITE_OPEN_SUPER_JOURNAL`).
  case superJournal = "super_journal"
  /// Temporary files of all sorts; none survives a crash.
  case temporary
}
