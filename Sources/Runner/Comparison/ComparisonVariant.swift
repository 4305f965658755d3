public import AssayModel

/// The two sides of a comparison.
public enum ComparisonSide: String, CaseIterable, Codable, Sendable {
  /// A: what was.
  case base
  /// B: what is to be judged.
  case head

  /// As the command line calls it.
  public var letter: String { self == .base ? "A" : "B" }
}

/// What a command calls the two sides in its messages.
public enum SideNames: Sendable {
  /// A and B.
  case compare
  /// The base and the head.
  case gate

  /// Name of a side, such as `the base`.
  func name(of side: ComparisonSide) -> String {
    switch self {
    case .compare: side.letter
    case .gate: "the \(side.rawValue)"
    }
  }
}

/// What makes one side of a comparison different from the other.
public struct ComparisonVariant: Hashable, Codable, Sendable {
  /// Settings that replace those of the scenario.
  public var overrides: [Assignment]
  /// Another libsqlite3 for its workers.
  public var libraryPath: String?
  /// Another build of this harness for its workers.
  public var executable: String?

  /// Creates a variant; without anything it is the scenario as it stands.
  public init(
    overrides: [Assignment] = [], libraryPath: String? = nil, executable: String? = nil
  ) {
    self.overrides = overrides
    self.libraryPath = libraryPath
    self.executable = executable
  }

  /// What differs, for people.
  public var label: String {
    let settings = overrides.map { "\($0.path)=\($0.value)" }
    let files = [
      libraryPath.map { "SQLite from \($0)" }, executable.map { "assay from \($0)" },
    ].compactMap { $0 }
    let parts = settings + files
    return parts.isEmpty ? "the scenario as it stands" : parts.joined(separator: ", ")
  }
}
