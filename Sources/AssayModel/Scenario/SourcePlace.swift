/// A position in a user-written text.
public struct SourcePlace: Hashable, Codable, Sendable {
  /// The file as the user named it, or `--set` for a command-line override.
  public var file: String
  /// Line, from 1; 0 when the whole file is meant.
  public var line: Int
  /// Column in characters, from 1; 0 when the whole line is meant.
  public var column: Int

  /// Creates a place.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourcePlace: CustomStringConvertible {
  /// The form that editors and terminals make clickable: `file:line:column`.
  public var description: String {
    if line == 0 { return file }
    return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
  }
}
