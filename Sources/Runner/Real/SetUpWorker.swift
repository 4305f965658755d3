import AssayModel
import AssayStorage
import Glibc
import Foundation
import Platform
import SQLiteDriver
import Workloads

/// Creates schema and initial content, as fast as the disk allows, then hands over a quiet file.
struct SetUpWorker {
  private let assignment: WorkerAssignment
  private let control: ControlChannel

  init(_ assignment: WorkerAssignment, _ control: ControlChannel) {
    self.assignment = assignment
    self.control = control
  }

  func run() throws {
    let storage = try WorkerStorage(assignment)
    try copyTemplate(storage)
    try Self.fill(storage)
    let time = SystemTime()
    try control.send(WorkerMessage.ready(WorkerReady(time: time)))
    try control.send(WorkerMessage.finished(WorkerReport()))
  }

  /// What only an empty database takes: two cells with the same ones, and the same load, begin
  /// with the same content.
  static func formatPragmas(of cell: PlannedCell) -> [StorageSettings.Pragma] {
    cell.storage.formatPragmas
  }

  /// Fills the database of a cell.
  private static func fill(_ storage: WorkerStorage) throws {
    let cell = storage.assignment.cell
    let entry = try workloadEntry(cell)
    let format = formatPragmas(of: cell).map { Pragma($0.name, $0.value) }
    do {
      // No journal on disk and no syncs: nobody else sees the file yet. One sync at the end.
      let database = try storage.openDatabase(
        format + [Pragma("journal_mode", "memory"), Pragma("synchronous", "off")])
      try createContent(database, storage, entry)
      database.close()
      var connection = try storage.openConnection(
        [Pragma("journal_mode", "delete"), Pragma("synchronous", "full")])
      // A write with full synchronisation flushes what the others left in memory.
      try connection.execute("PRAGMA user_version = \(templateVersion)")
      try connection.close()
    } catch let error as WorkerError {
      throw error
    } catch let error as SQLProgramError {
      var failure = WorkerError(.input, "", cause: error.cause ?? error)
      failure.message = "the SQL of the scenario cannot run: \(error)"
      throw failure
    } catch {
      throw WorkerError(.input, "the initial content cannot be written", cause: error)
    }
  }

  /// Creates storage's own tables and the workload's, and fills them in one transaction.
  static func createContent(
    _ database: Database, _ storage: WorkerStorage, _ entry: WorkloadCatalog.Entry
  ) throws {
    _ = try KeyValueStore(database)
    _ = try LeaseLocks(database)
    try database.write { connection in
      try entry.setUp(&connection, storage.assignment.cell)
    }
  }

  /// Marks a file that the set-up has finished.
  private static let templateVersion = 1

  /// A scenario that names a database starts from a copy of it: the original is only read.
  private func copyTemplate(_ storage: WorkerStorage) throws {
    guard let original = assignment.cell.storage.path else { return }
    // Opening a pipe would wait for ever, and a device is no database.
    var status = stat()
    if unsafe stat(original, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no ordinary file"
      throw WorkerError(.input, "storage.path '\(original)' is \(kind), not a database")
    }
    do {
      if let (file, reading) = Self.walDatabase(original) {
        let source = try ReadOnlyDatabase(path: file, reading: reading)
        source.waitForLocks(milliseconds: 10_000)
        try source.copy(to: assignment.databasePath)
      } else {
        var source = try Connection(
          ConnectionOptions(
            path: original, mode: .readOnly, busy: .sqlite(timeout: .seconds(10)),
            time: storage.clock))
        let quoted = assignment.databasePath
          .split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        try source.execute("VACUUM INTO '\(quoted)'")
      }
    } catch {
      throw WorkerError(
        .input, "storage.path '\(original)' cannot be read as a database", cause: error)
    }
    try reformat(storage)
  }

  /// What only an empty database takes, an existing one takes by VACUUM: in the copy, before
  /// anything else uses it. The encoding it keeps whatever happens.
  /// Source: lang_vacuum.html; pragma.html, `page_size` and `auto_vacuum`.
  private func reformat(_ storage: WorkerStorage) throws(WorkerError) {
    let wanted = Self.formatPragmas(of: assignment.cell).filter { $0.name != "encoding" }
    guard !wanted.isEmpty else { return }
    do {
      // In WAL mode the page size never changes.
      var connection = try storage.openConnection([Pragma("journal_mode", "delete")])
      for pragma in wanted { try connection.execute("PRAGMA \(pragma.name) = \(pragma.value)") }
      try connection.execute("VACUUM")
      try connection.close()
    } catch let error as WorkerError {
      throw error
    } catch {
      let names = wanted.map { "storage.\($0.name)" }.joined(separator: " and ")
      throw WorkerError(.input, "\(names) cannot be made in the copy by VACUUM", cause: error)
    }
  }

  /// How to read a database in WAL mode so that no files are left beside it; `nil` for any other.
  ///
  /// A log without shared memory, as after a crash, has to be recovered: that needs the files.
  private static func walDatabase(_ path: String) -> (String, DatabaseReport.Reading)? {
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let handle = FileHandle(forReadingAtPath: file) else { return nil }
    defer { try? handle.close() }
    guard let bytes = try? handle.read(upToCount: 100),
      case .database(let header) = DatabaseHeader.kind(of: [UInt8](bytes)), header.isWAL
    else { return nil }
    guard let log = FileLength.of(file + "-wal"), log.bytes > 0 else { return (file, .alone) }
    return FileLength.of(file + "-shm") == nil ? nil : (file, .shared)
  }
}

extension WorkerReady {
  /// What this process knows now.
  init(time: any TimeSource) {
    self.init(
      firstRow: time.monotonicNow(), libraryNumber: SQLiteLibrary.versionNumber,
      sourceID: SQLiteLibrary.sourceID, compileOptions: SQLiteLibrary.compileOptions)
  }
}

extension WorkerReport {
  /// Nothing measured.
  init() {
    self.init(operations: [], counts: [:], maxima: [:], jemalloc: nil)
  }
}
