import SQLiteDriver

/// What `--version` prints.
public enum VersionText {
  /// Assay's own version and that of the library it runs with.
  public static var current: String {
    "assay \(AssayVersion.text), SQLite \(SQLiteLibrary.version) \(SQLiteLibrary.sourceID)"
  }
}
