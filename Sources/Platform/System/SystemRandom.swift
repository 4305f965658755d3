public import AssayModel
import Synchronization

/// Randomness from the operating system (`getrandom`): nobody can predict or repeat it.
public final class SystemRandom: RandomSource {
  /// Creates the source.
  public init() {}

  /// Returns 64 random bits.
  public func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}

/// Randomness that follows from a seed, shared by the threads of a process.
///
/// The sequence is fixed; which thread gets which number depends on who asks first.
public final class SeededRandomSource: RandomSource {
  private let generator: Mutex<SeededGenerator>

  /// Creates the source that belongs to a seed.
  public init(_ seed: Seed) {
    generator = Mutex(SeededGenerator(seed))
  }

  /// Returns the next 64 bits of the sequence.
  public func next() -> UInt64 {
    generator.withLock { $0.next() }
  }
}
