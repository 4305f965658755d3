import AssayModel

extension ScenarioFile {
  /// Reads a file.
  ///
  /// At most one byte more than the limit is read, however long the file is.
  ///
  /// - Throws: if the file is missing, a folder, empty, binary, too large, or not a YAML mapping.
  public static func load(path: String) throws(ScenarioErrors) -> ScenarioFile {
    let text: String
    do {
      text = try TextFile.read(path, limit: YAMLReader.byteLimit)
    } catch {
      throw ScenarioErrors(.unreadable(file: path, found: error.found))
    }
    return try ScenarioFile(text: text, name: path)
  }
}
