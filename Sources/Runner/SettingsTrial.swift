public import AssayModel
import Foundation
import Platform
import SQLiteDriver

/// Tries the pragmas of a plan on an empty database, so that a value that this SQLite does not take
/// is refused before anything runs.
public enum SettingsTrial {
  /// Limits of the whole process, which would hit whoever tries them.
  private static let ofProcess = ["hard_heap_limit", "soft_heap_limit"]

  /// Tries each combination of settings once.
  ///
  /// - Throws: an input error that names the cell, the pragma and what SQLite answered.
  public static func verify(_ plan: Plan) throws(RunnerError) {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-settings-\(UUID().uuidString)").path
    defer { try? Folder.remove(folder) }
    var tried: Set<[StorageSettings.Pragma]> = [[]]
    for cell in plan.cells {
      let pragmas = cell.storage.pragmasInOrder.filter { !ofProcess.contains($0.name) }
      guard tried.insert(pragmas).inserted else { continue }
      do {
        try Folder.create(folder)
      } catch {
        // No place to try them: what SQLite says of them will be seen when the cell runs.
        return
      }
      try attempt(pragmas, in: cell, path: "\(folder)/\(tried.count).db")
    }
  }

  private static func attempt(
    _ pragmas: [StorageSettings.Pragma], in cell: PlannedCell, path: String
  ) throws(RunnerError) {
    // The journal mode is no matter of these settings, and nothing here is worth a sync.
    let format = pragmas.filter { $0.name == "page_size" }
    let others = pragmas.filter { $0.name != "page_size" }
    let all =
      format.map { Pragma($0.name, $0.value) }
      + [Pragma("journal_mode", "memory"), Pragma("synchronous", "off")]
      + others.map { Pragma($0.name, $0.value) }
    do {
      let connection = try Connection(
        ConnectionOptions(
          path: cell.storage.isInMemory ? ":memory:" : path, pragmas: all, time: SystemTime()))
      try connection.close()
    } catch {
      throw RunnerError(.input, "cell \(cell.id): \(error)")
    }
  }
}
