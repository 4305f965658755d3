/// How blocks that are compared share the machine, and why.
public struct TurnChoice: Hashable, Codable, Sendable {
  /// How long a side works before the next one does; zero for one whole block after the other.
  public var slice: Nanoseconds
  /// In words, such as `in turns of 10 ms`.
  public var reason: String

  /// Creates a choice.
  public init(slice: Nanoseconds, reason: String) {
    self.slice = slice
    self.reason = reason
  }
}
