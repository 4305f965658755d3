import AssayModel
import Platform
import SQLiteDriver

/// Does one thing to a database that others are using, as somebody with a tool of SQLite would.
struct InterveneWorker {
  /// How long it waits for a lock: whoever writes all the time leaves little room for others.
  private static let patience = Nanoseconds.seconds(30)

  private let assignment: WorkerAssignment
  private let control: ControlChannel

  init(_ assignment: WorkerAssignment, _ control: ControlChannel) {
    self.assignment = assignment
    self.control = control
  }

  /// Where copies of a database are put.
  static func copyPath(of database: String) -> String { database + ".copy" }

  func run() throws {
    do {
      var connection = try open(assignment.databasePath)
      switch assignment.role {
      case .vacuumInto: try connection.vacuum(into: emptyCopy())
      case .backup:
        var copy = try open(emptyCopy())
        try connection.backUp(into: &copy)
        try copy.close()
      default: try Self.exchangeTables(&connection)
      }
      try connection.close()
    } catch let error as PlatformError {
      throw WorkerError(.harness, "an earlier copy cannot be removed: \(error)")
    } catch {
      throw WorkerError(.harness, "\(assignment.role.rawValue) failed: \(error)")
    }
    try control.send(WorkerMessage.ready(WorkerReady(time: SystemTime())))
    try control.send(WorkerMessage.finished(WorkerReport()))
  }

  private func open(_ path: String) throws -> Connection {
    let storage = assignment.cell.storage
    return try Connection(
      ConnectionOptions(
        path: path, vfs: storage.vfs.name(ofProcess: 0), busy: .fair(timeout: Self.patience),
        time: SystemTime()))
  }

  private func emptyCopy() throws(PlatformError) -> String {
    let path = Self.copyPath(of: assignment.databasePath)
    try Folder.remove(path)
    return path
  }

  /// Gives each of the two tables that were created last the root page of the other.
  private static func exchangeTables(_ connection: inout Connection) throws {
    try connection.begin(.immediate)
    let tables = try connection.rows(text: lastTables).map { row in
      guard case .integer(let identifier) = row[0], case .integer(let page) = row[1] else {
        throw WorkerError(.harness, "the schema holds no numbers")
      }
      return (identifier, page)
    }
    guard tables.count == 2 else {
      throw WorkerError(.input, "tamper: schema needs two tables, the database has fewer")
    }
    try connection.execute("PRAGMA writable_schema = ON")
    for (table, other) in [(tables[0], tables[1]), (tables[1], tables[0])] {
      try connection.execute(
        "UPDATE sqlite_schema SET rootpage = \(other.1) WHERE rowid = \(table.0)")
    }
    try connection.commit()
  }

  private static let lastTables = """
    SELECT rowid, rootpage FROM sqlite_schema
    WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND rootpage > 0
    ORDER BY rowid DESC LIMIT 2
    """
}
