/// A key in the form in which it is stored: for programs that use the same keys again and again
/// and would otherwise have them looked through each time.
public struct NormalKey: Hashable, Sendable {
  /// The normalised text; never empty.
  public let text: String

  /// Normalises a key: `\\` means `/`; leading, trailing and repeated separators do not count.
  ///
  /// - Throws: `invalidKey` when nothing is left of it.
  public init(_ key: String) throws(StorageError) {
    text = try StorageKey.normalized(key)
  }
}
