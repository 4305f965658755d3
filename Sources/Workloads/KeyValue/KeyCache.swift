import AssayStorage

/// The keys that an actor has requested: rendering one costs more than finding it.
struct KeyCache {
  /// Largest number of keys; more would cost an actor more memory (16 bytes per key) than it is
  /// worth.
  private static let limit = 1 << 18

  private var keys: [NormalKey?]
  private var renderer = KeyText()

  /// - Parameter count: keys are numbered from 0 to below it.
  init(count: Int) {
    keys = count <= Self.limit ? Array(repeating: nil, count: count) : []
  }

  /// Returns the key with a number.
  mutating func key(_ number: Int) -> NormalKey {
    guard number < keys.count else { return render(number) }
    if let key = keys[number] { return key }
    let key = render(number)
    keys[number] = key
    return key
  }

  private mutating func render(_ number: Int) -> NormalKey {
    let text = renderer.text(of: number)
    guard let key = try? NormalKey(text) else { preconditionFailure("'\(text)' is not a key") }
    return key
  }
}
