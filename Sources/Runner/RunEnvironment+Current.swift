import AssayModel
import Checkers
import Platform
import SQLiteDriver

extension RunEnvironment {
  /// This machine, the file system of a folder, and the library that workers used.
  ///
  /// - Parameter library: what a worker said of it; `nil` for this process's own.
  static func current(dataPath: String, library: WorkerReady?) -> RunEnvironment {
    let machine = try? SystemEnvironment.current()
    let fileSystem = try? FileSystemFacts.of(dataPath)
    return RunEnvironment(
      processor: machine?.processorModel ?? "unknown", processors: machine?.coreCount ?? 0,
      memoryBytes: UInt64(machine?.memory.bytes ?? 0), kernel: machine?.kernelRelease ?? "unknown",
      fileSystem: fileSystem?.type ?? "unknown",
      sqliteVersion: LibraryVersion(
        number: library?.libraryNumber ?? SQLiteLibrary.versionNumber
      ).description,
      sqliteSourceID: library?.sourceID ?? SQLiteLibrary.sourceID,
      compileOptions: library?.compileOptions ?? SQLiteLibrary.compileOptions,
      assayVersion: AssayVersion.text)
  }
}
