public import AssayModel

/// Decides after each pair of blocks whether another one is worth its time.
public protocol PairJudge {
  /// Takes the next pair.
  mutating func take(_ pair: MeasuredPair)
  /// Whether enough was seen.
  var isOver: Bool { get }
  /// Where it stands, in a few words for the progress line.
  var status: String { get }
}

/// The two blocks of a pair.
public struct MeasuredPair: Hashable, Codable, Sendable {
  /// Its number, from 0.
  public var number: Int
  /// Which side ran first.
  public var first: ComparisonSide
  /// What A gave.
  public var base: BlockMeasurement
  /// What B gave.
  public var head: BlockMeasurement

  /// Creates a pair.
  public init(
    number: Int, first: ComparisonSide, base: BlockMeasurement, head: BlockMeasurement
  ) {
    self.number = number
    self.first = first
    self.base = base
    self.head = head
  }
}

/// Runs pairs of blocks, each in random order, until the judge has seen enough, the time is over or
/// the user interrupts.
struct PairedRun {
  let runner: BlockRunner
  let shape: BlockShape
  let time: any TimeSource
  /// No further pair starts after this time.
  let deadline: MonotonicTime?
  let progress: @Sendable (String) -> Void

  /// Why no further pair was run.
  enum Ending: String, Codable, Sendable {
    /// The judge has decided.
    case decided
    /// The time is over.
    case outOfTime = "out of time"
    /// The user has interrupted; the pair that was under way is left out.
    case interrupted
  }

  /// What was run.
  struct Outcome {
    var pairs: [MeasuredPair] = []
    var ending = Ending.decided
    /// What the blocks cost beyond what they measured, added up.
    var overhead = Nanoseconds.zero
  }

  func run(_ judge: inout some PairJudge) throws(RunnerError) -> Outcome {
    var outcome = Outcome()
    while !judge.isOver {
      if let deadline, time.monotonicNow() >= deadline {
        outcome.ending = .outOfTime
        return outcome
      }
      let number = outcome.pairs.count
      progress("\(runner.plan.scenario.name) pair \(number + 1): \(judge.status)")
      do {
        let (pair, overhead) = try runPair(number)
        outcome.pairs.append(pair)
        outcome.overhead = outcome.overhead + overhead
        judge.take(pair)
      } catch {
        guard error.code == .interrupted else { throw error }
        outcome.ending = .interrupted
        return outcome
      }
    }
    return outcome
  }

  private func runPair(_ number: Int) throws(RunnerError) -> (MeasuredPair, Nanoseconds) {
    let seed = runner.plan.seed.derived("comparison").derived("pair", number)
    let order = Self.order(ofPair: number, seed: runner.plan.seed)
    var blocks: [ComparisonSide: BlockRunner.Block] = [:]
    for side in order { blocks[side] = try runner.run(side, shape, seed: seed) }
    guard let base = blocks[.base], let head = blocks[.head] else {
      throw RunnerError(.harness, "pair \(number) has one side only")
    }
    let pair = MeasuredPair(
      number: number, first: order[0], base: base.measurement, head: head.measurement)
    let overhead = blocks.values.reduce(Nanoseconds.zero) {
      $0 + ($1.elapsed - $1.measurement.duration)
    }
    return (pair, overhead)
  }

  /// Which side runs first: a drift of the machine then favours neither, and a rhythm of its own,
  /// such as that of a periodic task, meets both alike.
  static func order(ofPair number: Int, seed: Seed) -> [ComparisonSide] {
    let drawn = seed.derived("order").derived("pair", number).rawValue
    return drawn & 1 == 0 ? [.base, .head] : [.head, .base]
  }
}
