public import AssayModel

/// One mistake in a scenario file: its place, the text found and the text allowed.
public struct ScenarioError: Error, Hashable, Sendable {
  /// Kinds of mistakes.
  public enum Code: Sendable {
    /// The file cannot be read: missing, a folder, empty, binary or too large.
    case unreadable
    /// Invalid YAML, or YAML that scenario files do not use: several documents, key mappings.
    case syntax
    /// A key that does not exist.
    case unknownKey
    /// A key that occurs twice in one mapping.
    case repeatedKey
    /// A required key that is missing.
    case missingKey
    /// A value of another shape, such as a list where a duration belongs.
    case wrongType
    /// A word that is not in the key's list.
    case unknownValue
    /// A value of the right shape outside its range.
    case outOfRange
    /// A value that is valid on its own but contradicts another one.
    case contradiction
    /// A matrix with more cells than allowed.
    case tooManyCells
    /// `--only` names no cell of the plan.
    case unknownCell
  }

  /// The kind of mistake.
  public var code: Code
  /// Place of the mistake.
  public var place: SourcePlace
  /// The key, from the section down, such as `load.keys.count`; empty for the whole file.
  public var path: String
  /// The text found, shortened.
  public var found: String
  /// Description of the allowed values.
  public var allowed: String
  /// The known key or word that is most similar to the text found.
  public var nearest: String?

  /// Creates an error.
  public init(
    code: Code, place: SourcePlace, path: String, found: String, allowed: String,
    nearest: String? = nil
  ) {
    self.code = code
    self.place = place
    self.path = path
    self.found = found
    self.allowed = allowed
    self.nearest = nearest
  }
}

extension ScenarioError: CustomStringConvertible {
  /// One line: place, key, text found, allowed values.
  public var description: String {
    let key = path.isEmpty ? "" : " \(path):"
    return "\(place):\(key) \(finding)"
  }

  private var finding: String {
    switch code {
    case .unknownKey:
      if let nearest { return "unknown key '\(found)'; did you mean '\(nearest)'?" }
      return "unknown key '\(found)'; allowed: \(allowed)"
    case .unknownValue, .unknownCell:
      let what = code == .unknownCell ? "cell" : "value"
      let hint = nearest.map { "did you mean '\($0)'? " } ?? ""
      return "unknown \(what) '\(found)'; \(hint)allowed: \(allowed)"
    case .repeatedKey:
      return "repeated key '\(found)'; allowed: \(allowed)"
    case .missingKey:
      return "missing; allowed: \(allowed)"
    case .outOfRange:
      return "\(found) is out of range; allowed: \(allowed)"
    case .tooManyCells:
      return "the matrix has \(found) cells; allowed: \(allowed)"
    case .syntax:
      return "not a scenario in YAML: \(found); allowed: \(allowed)"
    case .contradiction:
      return "contradiction: \(found); allowed: \(allowed)"
    case .unreadable, .wrongType:
      return "found \(found); allowed: \(allowed)"
    }
  }
}

/// All mistakes in a scenario file, in the order of its lines.
public struct ScenarioErrors: Error, Hashable, Sendable {
  /// The errors; at least one.
  public let errors: [ScenarioError]

  /// Creates the report of one error.
  public init(_ error: ScenarioError) {
    errors = [error]
  }

  /// Sorts by place; `nil` if there are no errors.
  init?(_ found: [ScenarioError]) {
    guard !found.isEmpty else { return nil }
    errors = found.enumerated().sorted { left, right in
      (left.element.place.line, left.element.place.column, left.offset)
        < (right.element.place.line, right.element.place.column, right.offset)
    }.map(\.element)
  }
}

extension ScenarioErrors: CustomStringConvertible {
  /// One line per error.
  public var description: String {
    errors.map(\.description).joined(separator: "\n")
  }
}
