// Yams needs Foundation anyway; this file uses it to read with a limit.
import Foundation

/// Reads text files of limited length.
enum TextFile {
  /// The reason why a file has no usable text, in words that fit after "found".
  struct Problem: Error, Equatable {
    var found: String
  }

  /// Reads a file.
  ///
  /// At most one byte more than the limit is read, however long the file is.
  static func read(_ path: String, limit: Int) throws(Problem) -> String {
    let data = try bytes(path, limit)
    guard data.count <= limit else { throw Problem(found: "more than \(limit) bytes") }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Problem(found: "a binary file")
    }
    return text
  }

  /// Reads a file with SQL.
  static func sql(_ path: String) -> Result<String, Problem> {
    do throws(Problem) {
      let text = try read(path, limit: 1 << 20)
      // SQLite stops at a zero byte and would silently drop the text after it.
      guard !text.utf8.contains(0) else { throw Problem(found: "a binary file") }
      let sql = SQLText(text)
      guard sql.statements > 0 else { throw Problem(found: "a file without statements") }
      if let name = sql.firstParameter { throw Problem(found: "the parameter \(name)") }
      return .success(text)
    } catch {
      return .failure(error)
    }
  }

  private static func bytes(_ path: String, _ limit: Int) throws(Problem) -> Data {
    let manager = FileManager.default
    guard manager.fileExists(atPath: path) else { throw Problem(found: "no such file") }
    // Only a folder has an entry named "." (attributes would describe the symbolic link, not its
    // target).
    guard !manager.fileExists(atPath: path + "/.") else { throw Problem(found: "a folder") }
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      return try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw Problem(found: "a file that cannot be read")
    }
  }
}
