import AssayModel
// Yams needs Foundation anyway; this file takes reading with a limit from it.
import Foundation

extension ScenarioFile {
  /// Reads a file.
  ///
  /// At most one byte more than the limit is read, however long the file is.
  ///
  /// - Throws: when it is missing, a folder, empty, binary, too large, or no YAML mapping.
  public static func load(path: String) throws(ScenarioErrors) -> ScenarioFile {
    let data: Data
    do {
      data = try read(path)
    } catch {
      throw ScenarioErrors(error)
    }
    guard data.count <= YAMLReader.byteLimit else {
      let found = "more than \(YAMLReader.byteLimit) bytes"
      throw ScenarioErrors(.unreadable(file: path, found: found))
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ScenarioErrors(.unreadable(file: path, found: "a binary file"))
    }
    return try ScenarioFile(text: text, name: path)
  }

  private static func read(_ path: String) throws(ScenarioError) -> Data {
    let manager = FileManager.default
    guard manager.fileExists(atPath: path) else {
      throw .unreadable(file: path, found: "no such file")
    }
    // Only a folder has an entry named "." (attributes would describe a symbolic link itself).
    guard !manager.fileExists(atPath: path + "/.") else {
      throw .unreadable(file: path, found: "a folder")
    }
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      return try handle.read(upToCount: YAMLReader.byteLimit + 1) ?? Data()
    } catch {
      throw .unreadable(file: path, found: "a file that cannot be read")
    }
  }
}
