import AssayModel
import FaultVFS
import SQLiteDriver
import Workloads

/// Opens images on a simulated disk, which recovers them, and reads what is in them.
struct ImageReader: ~Copyable {
  /// The database's path on the simulated disk.
  static let path = "/assay.db"

  let options: ConnectionOptions
  private let checksForeignKeys: Bool
  private var digester: ContentDigester?
  private var kept: KeptConnection?

  /// A connection that stays open from image to image, and what it was opened on.
  private struct KeptConnection: ~Copyable {
    var connection: Connection
    var disk: SimulatedDisk
    var files: [Int32?]
  }

  /// - Parameters:
  ///   - time: of the connections; nothing waits.
  ///   - checksForeignKeys: whether the schema has any.
  init(time: any TimeSource, checksForeignKeys: Bool) {
    options = ConnectionOptions(
      path: Self.path, vfs: VFSName.simulated, time: time, statementCacheCapacity: 16)
    self.checksForeignKeys = checksForeignKeys
  }

  /// Another reader of the same kind, without a connection.
  var fresh: ImageReader { ImageReader(time: options.time, checksForeignKeys: checksForeignKeys) }

  /// Recovers, checks and reads an image through a connection of its own.
  ///
  /// - Parameter closesNaturally: lets the close checkpoint a write-ahead log, as an application
  ///   would, instead of leaving the files alone, which is quicker.
  mutating func read(closesNaturally: Bool) -> ImageState {
    do throws(SQLiteError) {
      var connection = try Connection(options)
      if !closesNaturally { connection.keepLogAtClose() }
      return try state(&connection)
    } catch {
      return .unreadable(code: error.code.rawValue)
    }
  }

  /// Reads the content of an image that was recovered before.
  mutating func readAgain() -> ImageState {
    do throws(SQLiteError) {
      var connection = try Connection(options)
      return .content(try digest(&connection))
    } catch {
      return .unreadable(code: error.code.rawValue)
    }
  }

  // MARK: Keeping a connection

  /// As `read`, but through a connection that stays open from image to image: saves the opening,
  /// the schema and the preparing of statements, which is most of the time.
  ///
  /// The connection is made to forget what it knows: its pages, and the shared memory. It still
  /// knows the schema, whose rows are part of the content. What it finds wrong must be looked at
  /// afresh; see `BlockExploration`.
  ///
  /// - Returns: `nil` when this image needs a connection of its own, because the names lead to
  ///   other files.
  mutating func readKept(on disk: SimulatedDisk) -> ImageState? {
    guard let files = Self.files(disk) else { return nil }
    guard var kept = kept.take(), kept.disk === disk, kept.files == files else {
      return open(on: disk, files)
    }
    disk.clearSharedMemory()
    kept.connection.releaseMemory()
    do throws(SQLiteError) {
      let state = try state(&kept.connection)
      if kept.connection.isAutocommit { self.kept = consume kept }
      return state
    } catch {
      return .unreadable(code: error.code.rawValue)
    }
  }

  /// Lends a connection that stays open from image to image, for a body of one's own; what is said
  /// of `readKept` holds here as well.
  ///
  /// The disk keeps what opening makes, such as an empty log.
  mutating func withKept<Value>(
    on disk: SimulatedDisk, _ body: (inout Connection) throws -> Value
  ) throws -> Value {
    let before = kept.take()
    var connection: Connection
    if let before, before.disk === disk, before.files == Self.files(disk) {
      connection = before.connection
      disk.clearSharedMemory()
      connection.releaseMemory()
    } else {
      connection = try Connection(options)
      connection.keepLogAtClose()
    }
    let value = try body(&connection)
    if connection.isAutocommit, let files = Self.files(disk) {
      kept = KeptConnection(connection: connection, disk: disk, files: files)
    }
    return value
  }

  /// Closes the connection that was kept, before its disk goes.
  mutating func forget() { kept = nil }

  private mutating func open(on disk: SimulatedDisk, _ files: [Int32?]) -> ImageState {
    do throws(SQLiteError) {
      var connection = try Connection(options)
      connection.keepLogAtClose()
      let state = try state(&connection)
      // What recovery has made or deleted is not there in the next image.
      kept = KeptConnection(connection: connection, disk: disk, files: files)
      return state
    } catch {
      return .unreadable(code: error.code.rawValue)
    }
  }

  /// The files that an open connection holds on to; `nil` when there is no database.
  private static func files(_ disk: SimulatedDisk) -> [Int32?]? {
    guard let database = disk.fileNumber(at: path) else { return nil }
    return [database, disk.fileNumber(at: path + "-wal")]
  }

  // MARK: Reading

  /// Recovers the image, checks it and reads it, in one transaction: the file is locked, and looked
  /// through for a hot journal, once.
  private mutating func state(_ connection: inout Connection) throws(SQLiteError) -> ImageState {
    try connection.begin(.deferred)
    let state = try stateInTransaction(&connection)
    try connection.commit()
    return state
  }

  /// As `read`, in a transaction that the connection has open.
  mutating func stateInTransaction(
    _ connection: inout Connection
  ) throws(SQLiteError) -> ImageState {
    guard try connection.isSound() else { return .damaged }
    if checksForeignKeys, try !connection.foreignKeyCheck().isEmpty { return .damaged }
    return .content(try digest(&connection))
  }

  private mutating func digest(
    _ connection: inout Connection
  ) throws(SQLiteError) -> Digest128 {
    if digester == nil { digester = try ContentDigester(&connection) }
    guard let digest = try digester?.digest(&connection) else {
      preconditionFailure("the digester was just made")
    }
    return digest
  }

  /// Opens the image for a body of one's own.
  func withConnection<Value>(_ body: (inout Connection) throws -> Value) throws -> Value {
    var connection = try Connection(options)
    return try body(&connection)
  }
}
