/// What a file is to SQLite, as the flags of `xOpen` say.
///
/// Shared memory has no file of its own here: its operations count for the database that it
/// belongs to.
public enum FileKind: String, CaseIterable, Codable, Sendable {
  /// The database itself (`SQLITE_OPEN_MAIN_DB`).
  case database
  /// Its rollback journal (`SQLITE_OPEN_MAIN_JOURNAL`).
  case journal
  /// Its write-ahead log (`SQLITE_OPEN_WAL`).
  case wal
  /// The journal that ties the journals of attached databases (`SQLITE_OPEN_SUPER_JOURNAL`).
  case superJournal = "super_journal"
  /// Temporary files of all sorts; no crash outlasts them.
  case temporary
}
