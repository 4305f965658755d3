public import AssayModel
import AssayStorage
import Foundation
import Platform
import SQLiteDriver
import Workloads

/// Tries a `max_page_count` against the initial content of a cell, which would otherwise be found
/// too large by the first worker that opens the database.
///
/// Databases that a scenario starts from are not tried: their copies have another number of pages.
public enum InitialContentTrial {
  /// Writes the initial content of each cell that limits its pages, with that limit.
  ///
  /// - Throws: an input error that names the cell and the limit.
  public static func verify(_ plan: Plan) throws(RunnerError) {
    for cell in plan.cells where cell.storage.databaseFile == nil {
      guard let limit = cell.storage.pragmas.last(where: { $0.name == "max_page_count" }),
        let entry = WorkloadCatalog.entry(cell.load.workload)
      else { continue }
      try attempt(cell, entry, limit: limit.value, isReal: plan.scenario.world == .real)
    }
  }

  private static func attempt(
    _ cell: PlannedCell, _ entry: WorkloadCatalog.Entry, limit: String, isReal: Bool
  ) throws(RunnerError) {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-content-\(UUID().uuidString)").path
    defer { try? Folder.remove(folder) }
    do {
      try Folder.create(folder)
      // The content does not depend on the journal mode, and nothing here is worth a sync.
      var configuration = DatabaseConfiguration(path: "\(folder)/content.db")
      configuration.pragmas =
        cell.storage.formatPragmas.map { Pragma($0.name, $0.value) }
        + [Pragma("journal_mode", "memory"), Pragma("synchronous", "off")]
        + [Pragma("max_page_count", limit)]
      let database = try Database(configuration, environment: .system())
      defer { database.close() }
      // A sweep starts from what the real set-up makes.
      let hasStore = isReal || cell.explore?.sweep != nil || cell.load.workload == .kv
      if hasStore { _ = try KeyValueStore(database) }
      if isReal || cell.load.workload == .locks { _ = try LeaseLocks(database) }
      try database.write { connection in try entry.setUp(&connection, cell) }
    } catch {
      // Whatever else goes wrong, the run's own set-up says better.
      let cause = (error as? SQLProgramError)?.cause ?? error
      guard StorageError(cause)?.sqliteError?.code == .full else { return }
      throw RunnerError(
        .input,
        "cell \(cell.id): the initial content does not fit into max_page_count = \(limit); raise "
          + "it, or lower load.keys.count")
    }
  }
}
