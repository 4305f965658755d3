public import AssayModel
public import AssayStorage
public import SQLiteDriver

/// Workload `mixed`: small transactions of many kinds on few pages, with reads, checkpoints and
/// pauses between them; made for exploring schedules and crashes.
///
/// Each writer owns some rows and a count. It writes the number of the write into them, so the rows
/// tell which of its transactions are present, and in which order. The shared counter is
/// commutative: in any order of writers, it must equal the sum of the counts.
public struct MixedWorkload: Workload {
  private let context: WorkloadContext

  /// Stores the context; needs no preparation beyond the database.
  ///
  /// - Throws: `invalidConfiguration` if `load.mix` names an unknown step, or none.
  public init(_ context: WorkloadContext) throws(StorageError) {
    self.context = context
    _ = try MixedProgram.weights(context.cell.load, .writer)
  }

  /// Creates one actor: a writer performs the whole mix, a reader only reads.
  public func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    do throws(StorageError) {
      let program = try MixedProgram(
        load: context.cell.load, actor: actor, role: role,
        generator: SeededGenerator(context.seed(of: actor)))
      return MixedActor(context: context, actor: actor, program: program)
    } catch {
      preconditionFailure("the mix was valid when the workload was made: \(error)")
    }
  }

  /// Returns the number of writers that own rows in a cell.
  static func owners(_ load: LoadSettings) -> Int { load.processes * load.writers }

  /// Returns the number under which an actor owns rows, the same in every incarnation of its
  /// process; that of a reader is none of a writer's.
  static func owner(_ actor: ActorID, _ load: LoadSettings) -> Int {
    guard Int(actor.actor) < load.writers else { return .max }
    return Int(actor.process) * load.writers + Int(actor.actor)
  }

  /// Creates the tables: rows and count of each writer, the counter, and an empty log.
  public static func setUp(
    _ connection: inout Connection, _ cell: PlannedCell
  ) throws(SQLiteError) {
    try connection.execute(
      """
      CREATE TABLE mixed_rows(id INTEGER PRIMARY KEY, nonce INTEGER NOT NULL, padding BLOB);
      CREATE TABLE mixed_counts(
        owner INTEGER PRIMARY KEY, count INTEGER NOT NULL, nonce INTEGER NOT NULL);
      CREATE TABLE mixed_counter(id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL);
      CREATE TABLE mixed_log(owner INTEGER NOT NULL, nonce INTEGER NOT NULL, padding BLOB);
      CREATE INDEX mixed_log_nonces ON mixed_log(owner, nonce);
      INSERT INTO mixed_counter VALUES (1, 0);
      """)
    if cell.load.hasMixedBulkRows { try connection.execute(createBulk) }
    let slots = cell.load.keyCount
    for owner in 0..<owners(cell.load) {
      try connection.run(insertCount, Int64(owner))
      for slot in 0..<slots {
        try connection.run(
          insertRow, rowID(owner: owner, slot: slot), cell.load.valueSize.bytes)
      }
      if cell.load.hasMixedBulkRows {
        try connection.run(insertBulk, rowID(owner: owner, slot: slots))
      }
    }
  }

  /// Returns the key of a row: its owner and slot, as in events and content.
  static func rowID(owner: Int, slot: Int) -> Int64 { Int64(owner) << 32 | Int64(slot) }

  /// Returns the SQL for the text of a nonce: the nonce repeated 0 to 600 times. A row with another
  /// text is damaged, whatever its nonce.
  static func bulkText(_ nonce: String) -> String {
    "replace(hex(zeroblob((\(nonce) & 65535) * 97 % 601)), '00', printf('%016x', \(nonce)))"
  }

  private static let createBulk = """
    CREATE TABLE mixed_bulk(id INTEGER PRIMARY KEY, nonce INTEGER NOT NULL, data TEXT NOT NULL);
    """
  private static let insertBulk = SQL("INSERT INTO mixed_bulk VALUES (?1, 0, '')")
  /// -1 is no writer's nonce.
  private static let selectBulk = SQL(
    "SELECT id, CASE WHEN data = \(bulkText("nonce")) THEN nonce ELSE -1 END FROM mixed_bulk")
  private static let insertCount = SQL("INSERT INTO mixed_counts VALUES (?1, 0, 0)")
  private static let insertRow = SQL("INSERT INTO mixed_rows VALUES (?1, 0, zeroblob(?2))")
  private static let selectRows = SQL("SELECT id, nonce FROM mixed_rows")
  private static let selectCounter = SQL("SELECT count FROM mixed_counter")
  private static let selectCounts = SQL("SELECT owner, count, nonce FROM mixed_counts")
  private static let selectLog = SQL("SELECT nonce FROM mixed_log")

  /// Reads every row, every count, the counter and the log.
  public static func readContent(
    _ connection: inout Connection, _ emit: (ContentRow) -> Void
  ) throws(SQLiteError) {
    try read(selectRows, .ownRow, &connection, emit)
    if try connection.hasTable("mixed_bulk") {
      try read(selectBulk, .ownRow, &connection, emit)
    }
    try read(selectCounts, .ownCount, &connection, emit)
    try connection.withStatement(selectCounter) { (statement) throws(SQLiteError) in
      while try statement.step() {
        emit(
          ContentRow(.sharedCounter, subject: 0, value: UInt64(bitPattern: statement.int64(0))))
      }
    }
    try read(selectLog, .logRow, &connection, emit)
  }

  /// Emits one row of content for each row of a query of up to three columns.
  private static func read(
    _ query: SQL, _ kind: ContentRow.Kind, _ connection: inout Connection,
    _ emit: (ContentRow) -> Void
  ) throws(SQLiteError) {
    try connection.withStatement(query) { (statement) throws(SQLiteError) in
      while try statement.step() {
        emit(
          ContentRow(
            kind, subject: UInt64(bitPattern: statement.int64(0)),
            value: UInt64(bitPattern: statement.int64(1)),
            extra: UInt64(bitPattern: statement.int64(2))))
      }
    }
  }
}
