import Foundation
import Platform

/// Files that the user named for a further output.
public enum OutputFile {
  /// Writes a text, whole or not at all.
  ///
  /// - Throws: a harness error that names the file.
  public static func write(_ text: String, to path: String) throws(RunnerError) {
    do {
      if let folder = Folder.parent(of: path) { try Folder.create(folder) }
      try ByteFile.replace(path, withText: text)
    } catch {
      throw RunnerError(.harness, "'\(path)' cannot be written: \(error)")
    }
  }

  /// Adds a text to a file that may have one already.
  public static func append(_ text: String, to path: String) throws(RunnerError) {
    do {
      if !ByteFile.exists(path) { try ByteFile.replace(path, withText: "") }
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      throw RunnerError(.harness, "'\(path)' cannot be written: \(error)")
    }
  }
}
