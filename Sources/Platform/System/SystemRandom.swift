public import AssayModel
import Synchronization

/// Randomness from the operating system (`getrandom`), neither predictable nor repeatable.
public final class SystemRandom: RandomSource {
  /// Creates the source.
  public init() {}

  /// Returns 64 random bits.
  public func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}

/// Randomness derived from a seed, shared by the threads of a process.
///
/// The sequence is fixed; the assignment of numbers to threads depends on the order of calls.
public final class SeededRandomSource: RandomSource {
  private let generator: Mutex<SeededGenerator>

  /// Creates the source for a seed.
  public init(_ seed: Seed) {
    generator = Mutex(SeededGenerator(seed))
  }

  /// Returns the next 64 bits of the sequence.
  public func next() -> UInt64 {
    generator.withLock { $0.next() }
  }
}
