/// One point of the settings space: a value for each knob.
public struct TuneCandidate: Hashable, Codable, Sendable {
  /// The knobs' values by their path, such as `storage.synchronous` and `normal`.
  public var settings: [String: String]

  /// Creates a candidate.
  public init(_ settings: [String: String]) {
    self.settings = settings
  }

  /// The knobs, in order of their names.
  public var knobs: [String] { settings.keys.sorted() }

  /// The knobs in which it differs from another one of the same space, by name.
  public func differences(from other: TuneCandidate) -> [String] {
    knobs.filter { settings[$0] != other.settings[$0] }
  }
}

extension TuneCandidate: CustomStringConvertible {
  /// All settings in order of their names.
  public var description: String {
    knobs.map { "\($0)=\(settings[$0] ?? "")" }.joined(separator: " ")
  }
}
