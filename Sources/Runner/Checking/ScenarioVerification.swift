public import AssayModel
import Platform
import SQLiteDriver
import Workloads

/// Finds what only SQLite and the file system can say of a plan, before anything runs: SQL that
/// does not compile, a database that is missing.
///
/// `assay check` and every run ask it, in both worlds, so that a mistake has one message and one
/// exit code. Nothing is written, and the database that a scenario starts from is only read.
public enum ScenarioVerification {
  /// Says what is wrong with a plan, or nothing.
  ///
  /// The SQL is compiled by the library of this process, against the schema of `storage.path` and
  /// the tables that the set-up makes. What a statement does to rows is not found out.
  ///
  /// - Parameter compiles: whether the SQL is compiled; what another library understands, this
  ///   process's cannot tell.
  /// - Throws: an input error for the first mistake.
  public static func verify(_ plan: Plan, compiles: Bool = true) throws(RunnerError) {
    var seen: Set<Part> = []
    for cell in plan.cells {
      let path = plan.scenario.world == .real ? cell.storage.databaseFile : nil
      let sql = compiles && cell.load.workload == .sql ? cell.load.sql ?? SQLLoad() : nil
      guard seen.insert(Part(path: path, sql: sql)).inserted else { continue }
      try verify(cell, path: path, sql: sql)
    }
  }

  /// What cells may have in common, so that it is looked at once.
  private struct Part: Hashable {
    var path: String?
    var sql: SQLLoad?
  }

  private static func verify(
    _ cell: PlannedCell, path: String?, sql: SQLLoad?
  ) throws(RunnerError) {
    var schema = try path.map { (path) throws(RunnerError) in try DatabaseSchema(path) }
    guard sql != nil else { return }
    do {
      var connection = try Connection(
        ConnectionOptions(path: ":memory:", time: SystemTime()))
      schema?.create(in: &connection)
      try connection.execute("BEGIN")
      try SQLWorkload.compile(&connection, cell)
      try connection.close()
    } catch let error as SQLProgramError {
      // An extension that the database needs is the worker's business: not all can be loaded here.
      if let missing = schema?.missing, [.doesNotPrepare, .setUpFails].contains(error.code) {
        throw RunnerError(
          .input,
          "the SQL of the scenario cannot run: \(error) (of the schema of \(path ?? ""), this "
            + "could not be created to check against: \(missing))")
      }
      throw RunnerError(.input, "the SQL of the scenario cannot run: \(error)")
    } catch {
      throw RunnerError(.harness, "the SQL of the scenario cannot be checked: \(error)")
    }
  }
}

/// The schema of a database that a scenario starts from.
private struct DatabaseSchema {
  private let statements: [String]
  /// The first thing of the schema that could not be created elsewhere, and why.
  private(set) var missing: String?

  /// Reads it without a copy and without leaving a file beside the database.
  init(_ path: String) throws(RunnerError) {
    let found = try DatabaseProbe(path: path, name: "storage.path '\(path)'").schema()
    statements = found
  }

  /// Creates the tables, indexes, views and triggers in an empty database.
  ///
  /// What cannot be created, such as a table of a module that this library lacks, is noted.
  mutating func create(in connection: inout Connection) {
    for statement in statements {
      do throws(SQLiteError) {
        try connection.execute(statement)
      } catch {
        // The shadow tables of a virtual table were created with it.
        guard !error.message.contains("already exists") else { continue }
        missing = missing ?? "\(statement.prefix(80)): \(error.message)"
      }
    }
  }
}

extension StorageSettings {
  /// The file that cells start from a copy of; `nil` when they start empty or live in memory.
  var databaseFile: String? { isInMemory ? nil : path }
}
