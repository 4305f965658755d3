import AssayModel
import SQLiteDriver

/// What processes write that have recovered a database: a bit each, in a place of the file that is
/// no content of the program (`user_version`), while the rows of its tables are taken away and put
/// back. So what each finds is the recovered content, with some of the marks.
struct RecoveryMarks: Sendable {
  /// Processes that can have a mark.
  static let most = 16
  private static let shift: Int64 = 8

  /// Marks whose writing was begun, a bit a process.
  private(set) var begun: Int64 = 0
  /// Marks whose COMMIT has returned success.
  private(set) var acknowledged: Int64 = 0

  mutating func begin(_ process: Int) { begun |= 1 << Int64(process) }

  mutating func acknowledge(_ process: Int) { acknowledged |= 1 << Int64(process) }

  /// What is wrong with marks that were found, in words; `nil` when they may be.
  ///
  /// - Parameter before: those that must be there, when they are not all that were acknowledged.
  func misfit(of found: Int64, acknowledged before: Int64? = nil) -> String? {
    let lost = (before ?? acknowledged) & ~found
    if lost != 0 {
      return "the write of recoverer \(lost.trailingZeroBitCount) was acknowledged and is not there"
    }
    let strange = found & ~begun
    return strange == 0 ? nil : "there is a write that no actor has begun"
  }

  // MARK: In the database

  /// What a process sees in one transaction.
  struct Sight {
    var state: ImageState
    var marks: Int64 = 0
  }

  /// Recovers, checks and reads the database, as an application that opens and closes it.
  static func look(_ reader: inout ImageReader, unmarked: Int64) -> Sight {
    do throws(SQLiteError) {
      var connection = try Connection(reader.options)
      try connection.begin(.deferred)
      var sight = Sight(state: try reader.stateInTransaction(&connection))
      sight.marks = (try stored(&connection) ^ unmarked) >> shift
      try connection.commit()
      return sight
    } catch {
      return Sight(state: .unreadable(code: error.code.rawValue))
    }
  }

  /// The place of the marks as it is.
  static func stored(_ connection: inout Connection) throws(SQLiteError) -> Int64 {
    try connection.pragma("user_version").flatMap { Int64($0) } ?? 0
  }

  /// Adds a process's mark in a transaction of its own, and writes the rows of all tables again.
  static func write(_ process: Int, _ program: SimulatedProgram) throws(SQLiteError) {
    let reader = program.reader.fresh
    var connection = try Connection(reader.options)
    if [.truncate, .persist].contains(program.cell.storage.journalMode) {
      try connection.setPragma("journal_mode", program.cell.storage.journalMode.rawValue)
    }
    try connection.begin(.immediate)
    let marks = try stored(&connection) ^ 1 << (Int64(process) + shift)
    try connection.execute("PRAGMA user_version = \(marks)")
    for statement in try rewriting(&connection) { try connection.execute(statement) }
    try connection.commit()
  }

  /// Statements that take the rows of each table away and put them back: an UPDATE to what is there
  /// writes no page. None where a trigger or AUTOINCREMENT would do more, or where rows are not all
  /// that a table has.
  private static func rewriting(
    _ connection: inout Connection
  ) throws(SQLiteError) -> [String] {
    try connection.all(tables) { row in
      let name = row.text(0).split(separator: "\"", omittingEmptySubsequences: false)
      let table = "main.\"\(name.joined(separator: "\"\""))\""
      return """
        CREATE TEMP TABLE assay_rows AS SELECT * FROM \(table) NOT INDEXED;
        DELETE FROM \(table);
        INSERT INTO \(table) SELECT * FROM temp.assay_rows;
        DROP TABLE temp.assay_rows
        """
    }
  }

  private static let tables = SQL(
    """
    SELECT t.name FROM main.sqlite_schema AS t
    WHERE t.type = 'table' AND t.rootpage > 0 AND t.name NOT GLOB 'sqlite_*'
      AND t.sql NOT LIKE '%AUTOINCREMENT%'
      AND (SELECT count(*) FROM pragma_table_info(t.name))
        = (SELECT count(*) FROM pragma_table_xinfo(t.name))
      AND NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND rootpage = 0)
      AND NOT EXISTS (
        SELECT 1 FROM main.sqlite_schema AS s WHERE s.type = 'trigger' AND s.tbl_name = t.name)
    """)
}
