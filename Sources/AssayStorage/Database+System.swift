import Platform
import AssayModel
import SQLiteDriver

// The one file of this module that knows the real machine.

extension StorageEnvironment {
  /// The real clocks, threads, randomness and process.
  ///
  /// - Throws: `invalidConfiguration` when `/proc` is not there to say who this process is.
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
  ///   - path: a file, or `:memory:`, which is without WAL.
  ///   - topology: who writes and who reads.
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
