import AssayModel
import CSQLite
import FaultVFS
import SQLiteDriver
import Workloads

/// A database of its own on a disk without faults, on which transactions are executed again.
///
/// - Precondition: it is the only user of the current disk until it goes.
struct ModelConnection: ~Copyable {
  /// What a transaction gave: a content, or what SQLite answered instead.
  enum Outcome: Hashable {
    case content(Digest128)
    case refused(String)
  }

  /// What differs from one re-execution to the next, though nothing that counts does.
  struct World {
    /// Of SQLite's random generator; not 0.
    var random: Int32
    /// The time that SQL sees.
    var time: WallTime
    /// Whether each transaction gets a new connection: what one did before shows in
    /// `last_insert_rowid()` and its like.
    var reconnects: Bool

    /// Days and parts of days apart from the program's time and from each other, so that dates
    /// differ as well as times.
    private static let apart = 34_567_891_237 as Int64

    /// The first re-execution, and the one that it is compared with.
    static func number(_ number: Int, _ seed: Seed, _ start: WallTime) -> World {
      let random = seed.derived("re-execution", number).rawValue >> 33
      return World(
        random: Int32(truncatingIfNeeded: random) | 1,
        time: WallTime(milliseconds: start.milliseconds + Int64(number) * apart),
        reconnects: number > 1)
    }
  }

  private let sql: SQLProgram
  private let options: ConnectionOptions
  private let reconnects: Bool
  private var connection: Connection
  private var digester: ContentDigester

  /// Opens it on a new disk, which becomes the current one.
  init(
    _ disk: SimulatedDisk, _ sql: SQLProgram, _ storage: StorageSettings, _ world: World,
    time: any TimeSource
  ) throws(SQLiteError) {
    self.sql = sql
    disk.wallTime = world.time
    SimulatedVFS.shared.disk = disk
    _ = assay_sqlite_prng_seed(world.random)
    // Nothing crashes here: what settings say of files and syncs makes no difference to rows.
    let ofFiles = [
      "page_size", "auto_vacuum", "encoding", "journal_mode", "synchronous", "locking_mode",
      "wal_autocheckpoint",
    ]
    let others = storage.pragmas.filter { !ofFiles.contains($0.name) }
      .map { Pragma($0.name, $0.value) }
    var options = ConnectionOptions(
      path: ImageReader.path, vfs: VFSName.simulated,
      pragmas: [Pragma("journal_mode", "memory"), Pragma("synchronous", "off")] + others,
      time: time)
    // Another cache may make the way longer than it was.
    options.stepLimit = 4 * SQLProgram.simulatedStepLimit
    self.options = options
    reconnects = world.reconnects
    var connection = try Connection(options)
    digester = try ContentDigester(&connection)
    self.connection = connection
  }

  /// The content now.
  mutating func content() throws(SQLiteError) -> Digest128 { try digester.digest(&connection) }

  /// Executes draws in one transaction, and keeps it if `keeps` says so of the outcome.
  mutating func execute(
    _ draws: [SQLDraw], keeps: (Outcome) -> Bool
  ) throws(SQLiteError) -> Outcome {
    if reconnects { connection = try Connection(options) }
    try connection.begin(.immediate)
    let outcome = outcome(draws)
    if keeps(outcome) {
      try connection.commit()
    } else {
      try connection.rollback()
    }
    return outcome
  }

  private mutating func outcome(_ draws: [SQLDraw]) -> Outcome {
    do throws(SQLiteError) {
      for draw in draws { try sql.execute(draw, on: &connection) }
      return .content(try digester.digest(&connection))
    } catch {
      return .refused("\(error.code): \(error.message)")
    }
  }

  /// Every row after these draws, which are taken back.
  mutating func rows(after draws: [SQLDraw]) throws(SQLiteError) -> [TableContent] {
    try connection.begin(.immediate)
    for draw in draws { try sql.execute(draw, on: &connection) }
    let contents = try TableContent.read(&connection)
    try connection.rollback()
    return contents
  }
}
