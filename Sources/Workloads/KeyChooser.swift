import AssayModel

/// Draws key numbers in `0..<count` with the distribution that the scenario names.
struct KeyChooser: Sendable {
  private let count: Int
  private let zipfian: Zipfian?

  init(count: Int, distribution: LoadSettings.Distribution) {
    self.count = count
    zipfian = distribution == .zipfian ? Zipfian(count: count) : nil
  }

  func next(_ generator: inout SeededGenerator) -> Int {
    guard let zipfian else { return generator.below(count) }
    return zipfian.scattered(zipfian.rank(generator.unit()))
  }
}
