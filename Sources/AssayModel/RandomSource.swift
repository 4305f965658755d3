/// Source of randomness for storage: jitter, owner identifiers.
///
/// Shared by the actors of a process, so implementations are thread-safe.
public protocol RandomSource: AnyObject, Sendable {
  /// Returns 64 random bits.
  func next() -> UInt64
}
