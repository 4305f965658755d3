/// A key in its stored form: for programs that use the same keys repeatedly and want to avoid
/// normalising them on each call.
public struct NormalKey: Hashable, Sendable {
  /// The normalised text; never empty.
  public let text: String

  /// Normalises a key: `\\` means `/`; leading, trailing and repeated separators do not count.
  ///
  /// - Throws: `invalidKey` if nothing is left of it.
  public init(_ key: String) throws(StorageError) {
    text = try StorageKey.normalized(key)
  }
}
