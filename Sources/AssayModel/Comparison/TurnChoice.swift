/// Time-slicing of the machine among compared blocks, and the reason for it.
public struct TurnChoice: Hashable, Codable, Sendable {
  /// Time for which one side works before the next one does; zero for one whole block after the
  /// other.
  public var slice: Nanoseconds
  /// Choice in words, such as `in turns of 10 ms`.
  public var reason: String

  /// Creates a choice.
  public init(slice: Nanoseconds, reason: String) {
    self.slice = slice
    self.reason = reason
  }
}
