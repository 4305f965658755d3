import Foundation
import Platform

/// A folder in which `libsqlite3.so.0` is the library that the user names: put first in the
/// workers' library path, it replaces the system's.
enum LibraryFolder {
  /// Creates the folder inside the run's.
  static func make(for library: String, in runFolder: String) throws(RunnerError) -> String {
    let manager = FileManager.default
    guard manager.fileExists(atPath: library) else {
      throw RunnerError(.environment, "--sqlite '\(library)': there is no such file")
    }
    let folder = "\(runFolder)/library"
    do {
      try Folder.create(folder)
      let target = URL(fileURLWithPath: library).standardizedFileURL.path
      try manager.createSymbolicLink(
        atPath: "\(folder)/libsqlite3.so.0", withDestinationPath: target)
    } catch {
      throw RunnerError(.harness, "the library cannot be linked in '\(folder)': \(error)")
    }
    return URL(fileURLWithPath: folder).standardizedFileURL.path
  }
}
