public import AssayModel

/// One schedule of a search, and the number under which its result is stored.
public struct ScheduleTask: Hashable, Sendable {
  /// Its number in the search.
  public var index: Int
  /// The number of the program that it is a schedule of; programs are seeded by it.
  public var program: Int
  /// Order of the program's steps.
  public var schedule: ScheduleDescription
}

/// Many schedules of many programs, as a function of a seed.
///
/// Schedules are numbered, and a *block* is `blockSize` consecutive numbers of one strategy;
/// strategies take the blocks in turn. Random strategies: number i is a function of seed and i,
/// with its own program. Enumerations: one program per block, whose first run, number 0 of the
/// block, reveals the others; numbers that it does not need have no schedule. So blocks depend only
/// on the seed and their number, and may be run in any order, by any number of processes, with the
/// same result.
public struct ScheduleSearch: Hashable, Sendable {
  /// The largest block.
  public static let largestBlock = 1 << 20

  /// They take the blocks in turns.
  public let strategies: [ScheduleStrategy]
  /// Determines all.
  public let seed: Seed
  /// Count of numbers in a block. An enumeration that needs no more is exhaustive for its program.
  public let blockSize: Int
  /// Number of steps of a run, for random priorities: the mean of some runs, the same for all
  /// processes of a search.
  public let estimatedSteps: Int

  /// Describes a search.
  ///
  /// - Parameters:
  ///   - strategies: at least one.
  ///   - blockSize: 1 to `largestBlock`.
  ///   - estimatedSteps: at least 1.
  public init(
    _ strategies: [ScheduleStrategy] = ScheduleStrategy.portfolio, seed: Seed,
    blockSize: Int = 32, estimatedSteps: Int
  ) {
    precondition(!strategies.isEmpty, "a search without strategies")
    precondition((1...Self.largestBlock).contains(blockSize), "blocks of \(blockSize)")
    precondition(estimatedSteps > 0, "an estimate of \(estimatedSteps) steps")
    self.strategies = strategies
    self.seed = seed
    self.blockSize = blockSize
    self.estimatedSteps = estimatedSteps
  }

  /// Returns a block, at its beginning.
  public func block(_ number: Int) -> ScheduleBlock { ScheduleBlock(self, number: number) }

  /// Returns the strategy of a block.
  public func strategy(ofBlock number: Int) -> ScheduleStrategy {
    strategies[number % strategies.count]
  }

  /// Returns the seed of a schedule.
  func seed(of index: Int) -> Seed { seed.derived("schedule", index) }
}
