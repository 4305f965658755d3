import AssayModel

extension StorageSettings.FileSystemLayer {
  /// The name under which SQLite knows the layer that a process uses; `nil` for the default.
  func name(ofProcess process: Int) -> String? {
    switch self {
    case .standard: nil
    case .unixDotfile, .unixNone: rawValue
    case .mixed: process.isMultiple(of: 2) ? nil : Self.unixDotfile.rawValue
    }
  }
}
