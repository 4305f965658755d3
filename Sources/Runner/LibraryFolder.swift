import Foundation
import Glibc
import Platform

/// Another libsqlite3, as the user names it, and the folder through which workers get it: put first
/// in their library path, it replaces the system's.
struct LibraryFolder {
  /// The library, absolute.
  let library: String
  /// Its source id, which every worker has to confirm.
  let sourceID: String

  /// Loads the library for a moment, beside the one that is in use, and asks for its source id.
  ///
  /// - Throws: an environment error when it is missing or no libsqlite3 for this machine.
  init(library path: String) throws(RunnerError) {
    library = URL(fileURLWithPath: path).standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: library) else {
      throw RunnerError(.environment, "the SQLite library '\(path)': no such file")
    }
    guard let handle = unsafe dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
      let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "unknown reason"
      throw RunnerError(.environment, "the SQLite library '\(path)' cannot be loaded: \(reason)")
    }
    defer { _ = unsafe dlclose(handle) }
    typealias SourceID = @convention(c) () -> UnsafePointer<CChar>?
    guard let symbol = unsafe dlsym(handle, "sqlite3_sourceid") else {
      throw RunnerError(.environment, "'\(path)' is not a libsqlite3")
    }
    let function = unsafe unsafeBitCast(symbol, to: SourceID.self)
    sourceID = unsafe function().map { unsafe String(cString: $0) } ?? ""
  }

  /// Creates the folder inside the run's and returns its absolute path.
  func make(in runFolder: String) throws(RunnerError) -> String {
    let folder = "\(runFolder)/library"
    do {
      try Folder.create(folder)
      try ByteFile.link(at: "\(folder)/libsqlite3.so.0", to: library)
    } catch {
      throw RunnerError(.harness, "the library cannot be linked in '\(folder)': \(error)")
    }
    return URL(fileURLWithPath: folder).standardizedFileURL.path
  }
}
