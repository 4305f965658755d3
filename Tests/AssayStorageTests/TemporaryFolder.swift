import AssayModel
import AssayStorage
import Foundation
import Platform
import SQLiteDriver

/// A folder of its own for one test, removed with it.
final class TemporaryFolder: Sendable {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-storage-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  var database: String { url.appendingPathComponent("test.db").path }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// Opens the folder's database in WAL mode.
  func open(
    _ environment: StorageEnvironment, topology: DatabaseConfiguration.Topology = .pool,
    change: (inout DatabaseConfiguration) -> Void = { _ in }
  ) throws -> Database {
    var configuration = DatabaseConfiguration(
      path: database,
      pragmas: [Pragma("journal_mode", "wal"), Pragma("synchronous", "off")],
      busy: .fair(timeout: .seconds(5)), topology: topology)
    change(&configuration)
    return try Database(configuration, environment: environment)
  }
}

extension StorageEnvironment {
  /// Real threads and clocks.
  static func real() throws -> StorageEnvironment { try .system() }
}

/// The three ways to run a database, as arguments of tests.
let topologies: [DatabaseConfiguration.Topology] = [
  .pool, .singleWriter(readers: 2), .groupCommit(readers: 2),
]
