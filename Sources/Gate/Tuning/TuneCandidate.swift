/// One point of the settings space: a value for each knob.
public struct TuneCandidate: Hashable, Codable, Sendable {
  /// Values of the knobs by path, such as `normal` for `storage.synchronous`.
  public var settings: [String: String]

  /// Creates a candidate.
  public init(_ settings: [String: String]) {
    self.settings = settings
  }

  /// Paths of the knobs, sorted.
  public var knobs: [String] { settings.keys.sorted() }

  /// Returns the knobs that differ from another candidate of the same space, sorted.
  public func differences(from other: TuneCandidate) -> [String] {
    knobs.filter { settings[$0] != other.settings[$0] }
  }
}

extension TuneCandidate: CustomStringConvertible {
  /// All settings, sorted by name.
  public var description: String {
    knobs.map { "\($0)=\(settings[$0] ?? "")" }.joined(separator: " ")
  }
}
