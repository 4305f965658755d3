import AssayModel
import AssayStorage
import SQLiteDriver
import Workloads

/// One process of a trial: its storage engine, and what its actors share.
struct TrialProcess: Sendable {
  let database: Database
  let workload: any Workload

  init(_ number: Int, of trial: Trial) throws {
    database = try Database(Self.configuration(trial), environment: trial.environment)
    workload = try trial.entry.make(
      WorkloadContext(
        cell: trial.cell, process: number, incarnation: 0, owner: Self.owner(number),
        database: database, environment: trial.environment))
  }

  static func owner(_ number: Int) -> String { "owner-\(number)" }

  private static func configuration(_ trial: Trial) -> DatabaseConfiguration {
    let storage = trial.cell.storage
    var configuration = DatabaseConfiguration(path: trial.folder.path(Trial.databaseName))
    // No power is lost here, so nothing has to reach the disk.
    configuration.pragmas =
      [Pragma("journal_mode", storage.journalMode.rawValue), Pragma("synchronous", "off")]
      + storage.pragmas.map { Pragma($0.name, $0.value) }
    configuration.busy =
      switch storage.busy {
      case .none: .none
      case .sqlite: .sqlite(timeout: storage.busyTimeout)
      case .fair: .fair(timeout: storage.busyTimeout)
      }
    configuration.maxOpenConnections = storage.maxOpenConnections
    configuration.acquireTimeout = storage.acquireTimeout
    configuration.topology =
      switch storage.topology {
      case .pool: .pool
      case .singleWriter: .singleWriter(readers: storage.readers)
      case .groupCommit: .groupCommit(readers: storage.readers)
      }
    return configuration
  }
}
