import AssayModel
import SQLiteDriver

/// The tables of storage, created if missing.
///
/// `certmagic_data` and `certmagic_locks` are those of certmagic-sqlite, which continues to work on
/// them: every added column has a default, and triggers maintain the data it does not know.
enum Schema {
  static func createDataTable(in database: Database) throws(StorageError) {
    try converting {
      let isThere = try database.read { try $0.first(hasTable, "certmagic_data") { $0.int64(0) } }
      // Checking first spares every later opening the write lock.
      guard isThere == nil else { return }
      try database.write(begin: .immediate) { try $0.execute(dataTable) }
    }
  }

  static func createLockTables(in database: Database) throws(StorageError) {
    try converting {
      // The triggers are created last, so that their presence implies everything else.
      let triggers = try database.read { try $0.first(countTriggers) { $0.int64(0) } }
      let wishes = try database.read { try $0.first(hasTable, "assay_lock_wishes") { $0.int64(0) } }
      guard triggers != 3 || wishes == nil else { return }
      try database.write(begin: .immediate) { connection in
        try connection.execute(lockTables)
        let columns = try connection.all(lockColumns) { $0.text(0) }
        for (name, definition) in addedColumns where !columns.contains(name) {
          try connection.execute("ALTER TABLE certmagic_locks ADD COLUMN \(name) \(definition)")
        }
        try connection.execute(lockTriggers)
      }
    }
  }

  private static let hasTable = SQL(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")

  private static let dataTable = """
    CREATE TABLE IF NOT EXISTS certmagic_data (
      key TEXT PRIMARY KEY,
      value BLOB NOT NULL,
      modified INTEGER NOT NULL
    );
    """

  private static let countTriggers = SQL(
    "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'assay_lock_%'")
  private static let lockColumns = SQL("SELECT name FROM pragma_table_info('certmagic_locks')")

  private static let lockTables = """
    CREATE TABLE IF NOT EXISTS certmagic_locks (
      name TEXT PRIMARY KEY,
      expires_at INTEGER NOT NULL,
      owner_id TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS assay_lock_tokens (
      name TEXT PRIMARY KEY,
      token INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS assay_lock_wishes (
      name TEXT PRIMARY KEY,
      process TEXT NOT NULL,
      until INTEGER NOT NULL
    );
    """

  /// Columns for lease data that certmagic-sqlite does not have.
  ///
  /// `generation` changes with each update of this library; an update that leaves it unchanged
  /// comes from another.
  private static let addedColumns = [
    ("boot_id", "TEXT NOT NULL DEFAULT ''"),
    ("boot_deadline", "INTEGER NOT NULL DEFAULT 0"),
    ("process_id", "INTEGER NOT NULL DEFAULT 0"),
    ("process_start", "INTEGER NOT NULL DEFAULT 0"),
    ("process_namespace", "INTEGER NOT NULL DEFAULT 0"),
    ("acquisition", "INTEGER NOT NULL DEFAULT 0"),
    ("generation", "INTEGER NOT NULL DEFAULT 0"),
  ]

  /// Raises the token of a lock. Not an upsert: the conflict clause of the statement that fires a
  /// trigger replaces those inside it, and an INSERT OR REPLACE by another library would restart
  /// it.
  private static let raiseToken = """
    INSERT INTO assay_lock_tokens(name, token)
      SELECT NEW.name, coalesce((SELECT token FROM assay_lock_tokens WHERE name = ''), 0)
      WHERE NOT EXISTS (SELECT 1 FROM assay_lock_tokens WHERE name = NEW.name);
    UPDATE assay_lock_tokens SET token = token + 1 WHERE name = NEW.name;
    """

  /// Tokens count every acquisition, by any library: an insert, an update of this library to
  /// another acquisition, and any update of other libraries, after which the added columns would be
  /// wrong and are cleared.
  private static let lockTriggers = """
    CREATE TRIGGER IF NOT EXISTS assay_lock_inserted AFTER INSERT ON certmagic_locks
    BEGIN
      \(raiseToken)
    END;
    CREATE TRIGGER IF NOT EXISTS assay_lock_taken_over AFTER UPDATE ON certmagic_locks
    WHEN NEW.generation <> OLD.generation AND NEW.acquisition <> OLD.acquisition
      AND NEW.acquisition <> 0
    BEGIN
      \(raiseToken)
    END;
    CREATE TRIGGER IF NOT EXISTS assay_lock_changed_by_others AFTER UPDATE ON certmagic_locks
    WHEN NEW.generation = OLD.generation
    BEGIN
      \(raiseToken)
      UPDATE certmagic_locks
        SET boot_id = '', boot_deadline = 0, process_id = 0, process_start = 0,
          process_namespace = 0, acquisition = 0, generation = generation + 1
        WHERE name = NEW.name;
    END;
    """
}

/// Narrows the errors of a database's functions, for bodies that throw none of their own.
func converting<Value>(_ body: () throws -> Value) throws(StorageError) -> Value {
  do {
    return try body()
  } catch {
    guard let error = StorageError(error) else {
      preconditionFailure("a body of storage threw \(error)")
    }
    throw error
  }
}
