public import AssayModel

/// A way to choose schedules, by name.
public enum ScheduleStrategy: Hashable, Sendable {
  /// `uniform`: random, every actor equally likely. Not exhaustive.
  case uniform
  /// `sticky`, or `sticky-95`: random, continuing with this probability in percent; without a
  /// number it differs from schedule to schedule. Not exhaustive.
  case sticky(percent: Int?)
  /// `pct-1` to `pct-5`: random priorities; the number is the depth. Not exhaustive.
  case priorities(depth: Int)
  /// `stalls`, or `stalls-50`: each actor is held at each of its steps, until no other actor can
  /// run or for this number of steps. Exhaustive for a program.
  case stalls(Stall.End)
  /// `preemptions`: a single preemption, at every step by every other actor. Exhaustive for a
  /// program.
  case preemptions
  /// `depth-first-2`: all schedules with at most this number of preemptions. Exhaustive for a
  /// program, but only feasible for small ones.
  case depthFirst(preemptions: Int)

  /// The default strategies: for many workloads and no particular kind of bug.
  public static let portfolio: [ScheduleStrategy] = [
    .priorities(depth: 2), .sticky(percent: nil), .priorities(depth: 3), .preemptions,
    .priorities(depth: 2), .uniform, .priorities(depth: 4), .stalls(.whenAlone),
  ]

  /// True if the next schedule depends on an earlier run of the same program.
  public var isEnumeration: Bool {
    switch self {
    case .uniform, .sticky, .priorities: false
    case .stalls, .preemptions, .depthFirst: true
    }
  }

  /// Probabilities of a switch in sticky schedules without a number: from a switch at every third
  /// step to one in two hundred.
  private static let switchChances = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32]

  /// Makes the description that belongs to a seed.
  ///
  /// - Returns: `nil` for enumerations.
  public func description(_ seed: Seed, estimatedSteps: Int) -> ScheduleDescription? {
    switch self {
    case .uniform: return .uniform(seed)
    case .sticky(let percent):
      var generator = SeededGenerator(seed.derived("stickiness"))
      let drawn = 1 - Self.switchChances[generator.below(Self.switchChances.count)]
      return Probability(percent.map { Double($0) / 100 } ?? drawn).map { .sticky(seed, $0) }
    case .priorities(let depth):
      return .priorities(
        PrioritySchedule(seed: seed, depth: depth, estimatedSteps: estimatedSteps))
    case .stalls, .preemptions, .depthFirst: return nil
    }
  }
}

extension ScheduleStrategy: LosslessStringConvertible {
  /// The name.
  public var description: String {
    switch self {
    case .uniform: "uniform"
    case .sticky(let percent): percent.map { "sticky-\($0)" } ?? "sticky"
    case .priorities(let depth): "pct-\(depth)"
    case .stalls(.whenAlone): "stalls"
    case .stalls(.afterSteps(let count)): "stalls-\(count)"
    case .preemptions: "preemptions"
    case .depthFirst(let preemptions): "depth-first-\(preemptions)"
    }
  }

  /// Reads a name.
  ///
  /// - Returns: `nil` for an unknown name and a number out of range.
  public init?(_ description: String) {
    func number(after prefix: String, _ range: ClosedRange<Int>) -> Int? {
      guard description.hasPrefix(prefix), let number = Int(description.dropFirst(prefix.count)),
        range.contains(number), "\(prefix)\(number)" == description
      else { return nil }
      return number
    }
    switch description {
    case "uniform": self = .uniform
    case "sticky": self = .sticky(percent: nil)
    case "stalls": self = .stalls(.whenAlone)
    case "preemptions": self = .preemptions
    default:
      if let percent = number(after: "sticky-", 1...100) {
        self = .sticky(percent: percent)
      } else if let depth = number(after: "pct-", PrioritySchedule.depths) {
        self = .priorities(depth: depth)
      } else if let count = number(after: "stalls-", 1...1_000_000) {
        self = .stalls(.afterSteps(count))
      } else if let preemptions = number(after: "depth-first-", 0...1_000_000) {
        self = .depthFirst(preemptions: preemptions)
      } else {
        return nil
      }
    }
  }
}
