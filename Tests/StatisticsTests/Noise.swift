import AssayModel

@testable import Statistics

/// Random values of known distributions for simulations.
struct Noise {
  private var generator: SeededGenerator
  private var previous = 0.0

  init(_ seed: Seed) { generator = SeededGenerator(seed) }

  /// A standard normal value.
  mutating func normal() -> Double { NormalDistribution.quantile(max(1e-300, generator.unit())) }

  /// A value of long tails: one in ten comes from a spread five times as wide.
  mutating func heavy() -> Double { generator.below(10) == 0 ? 5 * normal() : normal() }

  /// The next of a series whose neighbours have `share` in common; standard deviation 1.
  mutating func autocorrelated(_ share: Double) -> Double {
    previous = share * previous + (1 - share * share).squareRoot() * normal()
    return previous
  }
}
