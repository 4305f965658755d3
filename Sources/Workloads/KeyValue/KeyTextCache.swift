/// The texts of the keys that an actor has asked for: rendering one costs more than finding it.
struct KeyTextCache {
  /// Beyond this the cache would cost an actor more memory (16 bytes a key) than it is worth.
  private static let limit = 1 << 18

  private var texts: [String]
  private var renderer = KeyText()

  /// - Parameter count: keys are numbered from 0 to below it.
  init(count: Int) {
    texts = count <= Self.limit ? Array(repeating: "", count: count) : []
  }

  /// The text of a key.
  mutating func text(of number: Int) -> String {
    guard number < texts.count else { return renderer.text(of: number) }
    if texts[number].isEmpty { texts[number] = renderer.text(of: number) }
    return texts[number]
  }
}
