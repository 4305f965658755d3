import AssayModel
import AssayStorage
import FaultVFS
import SQLiteDriver
import Workloads

extension DatabaseConfiguration {
  /// The engine as a cell's settings say.
  ///
  /// - Parameters:
  ///   - path: the database file, as the VFS knows it.
  ///   - vfs: the name of a registered VFS; `nil` is the default one.
  init(_ storage: StorageSettings, path: String, vfs: String? = nil) {
    self.init(path: path, pragmas: storage.allPragmas, vfs: vfs)
    uriParameters = (storage.uriParameters ?? []).map { URIParameter($0.name, $0.value) }
    busy =
      switch storage.busy {
      case .none: .none
      case .sqlite: .sqlite(timeout: storage.busyTimeout)
      case .fair: .fair(timeout: storage.busyTimeout)
      }
    begin =
      switch storage.begin {
      case .deferred: .deferred
      case .immediate: .immediate
      case .exclusive: .exclusive
      }
    maxOpenConnections = storage.maxOpenConnections
    maxIdleConnections = storage.maxIdleConnections
    acquireTimeout = storage.acquireTimeout
    queryTimeout = storage.queryTimeout
    topology =
      switch storage.topology {
      case .pool: .pool
      case .singleWriter: .singleWriter(readers: storage.readers)
      case .groupCommit: .groupCommit(readers: storage.readers)
      }
  }
}

extension DatabaseConfiguration {
  /// The engine on the simulated disk.
  ///
  /// No time passes there while a statement runs, so that a query timeout alone ends none.
  static func simulated(_ storage: StorageSettings, path: String) -> DatabaseConfiguration {
    var configuration = DatabaseConfiguration(storage, path: path, vfs: VFSName.simulated)
    configuration.stepLimit = SQLProgram.simulatedStepLimit
    return configuration
  }
}

extension StorageSettings {
  /// Every pragma of a cell, page size first: it counts only while the database is empty.
  var allPragmas: [SQLiteDriver.Pragma] {
    var all = pragmas.filter { $0.name == "page_size" }
      .map { SQLiteDriver.Pragma($0.name, $0.value) }
    // A database in memory knows the modes `memory` and `off` only: the default is left alone.
    if !isInMemory || journalMode != .wal {
      all.append(SQLiteDriver.Pragma("journal_mode", journalMode.rawValue))
    }
    all.append(SQLiteDriver.Pragma("synchronous", synchronous.rawValue))
    all += pragmasInOrder.filter { $0.name != "page_size" }
      .map { SQLiteDriver.Pragma($0.name, $0.value) }
    return all
  }

  /// Pragmas that only an empty database takes, in the order in which it takes them: a vacuum mode
  /// may write the first page, and size and encoding are final then.
  private static let formatNames = ["page_size", "encoding", "auto_vacuum"]

  /// What only an empty database takes, wherever the file names it.
  var formatPragmas: [Pragma] {
    Self.formatNames.flatMap { name in pragmas.filter { $0.name == name } }
  }

  /// Every pragma of the file, in an order in which SQLite takes all of them.
  var pragmasInOrder: [Pragma] {
    formatPragmas + pragmas.filter { !Self.formatNames.contains($0.name) }
  }
}
