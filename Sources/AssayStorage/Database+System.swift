import Platform
import AssayModel
import SQLiteDriver

// The only file of this module that depends on the real machine.

extension StorageEnvironment {
  /// The real clocks, threads, randomness and process.
  ///
  /// - Throws: `invalidConfiguration` if `/proc`, which identifies this process, is missing.
  public static func system() throws(StorageError) -> StorageEnvironment {
    do throws(PlatformError) {
      return StorageEnvironment(
        time: SystemTime(), parking: SystemParking(), spawning: SystemThreads(),
        random: SystemRandom(), host: try SystemHost())
    } catch {
      throw .invalidConfiguration("\(error)")
    }
  }
}

extension Database {
  /// Opens a database with the real sources and settings that suit most services: WAL, synchronous
  /// NORMAL, foreign keys, one writer behind a fair queue, four readers.
  ///
  /// - Parameters:
  ///   - path: a file, or `:memory:`, which has no WAL.
  ///   - topology: number and roles of the connections.
  /// - Throws: as `init(_:environment:)`.
  public static func open(
    path: String, topology: DatabaseConfiguration.Topology = .singleWriter(readers: 4)
  ) throws(StorageError) -> Database {
    var configuration = DatabaseConfiguration(path: path, topology: topology)
    if !configuration.isInMemory {
      configuration.pragmas = [Pragma("journal_mode", "wal"), Pragma("synchronous", "normal")]
    }
    configuration.pragmas.append(Pragma("foreign_keys", "on"))
    return try Database(configuration, environment: .system())
  }
}
