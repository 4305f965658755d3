public import AssayModel

/// The numbers of a schedule by random priorities.
public struct PrioritySchedule: Hashable, Sendable {
  /// The depths that are supported.
  public static let depths = 1...5

  /// Determines the priorities and where they change.
  public var seed: Seed
  /// One more than the number of changes; within `depths`.
  public var depth: Int
  /// The number of steps that a run is thought to have, at least 1. Kept with the schedule: with
  /// another estimate the changes lie elsewhere.
  public var estimatedSteps: Int

  /// Describes a schedule.
  public init(seed: Seed, depth: Int, estimatedSteps: Int) {
    self.seed = seed
    self.depth = depth
    self.estimatedSteps = estimatedSteps
  }
}

/// Runs the actor with the highest priority of those that can run: PCT.
///
/// Priorities are random; at `depth` - 1 random steps that of the actor that took the last step
/// falls below all others. Finds a bug of depth d, one that needs d ordering constraints, with a
/// probability of at least 1/(n k^(d-1)) for n actors and k steps. A sleeping or parked actor keeps
/// its priority and preempts when it wakes up. Actors need not be known in advance: each gets its
/// priority when it first appears. Not exhaustive, and not fair: an actor that waits in a loop
/// without sleeping starves the others.
/// Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic
/// guarantees of finding bugs".
public struct PriorityOrder: ActorChooser {
  private var generator: SeededGenerator
  private var priorities: [UInt64] = []
  /// Ascending by step; the last ones are above any step.
  private var changes: [(step: Int, priority: UInt64)] = []
  private var nextChange = 0

  /// Creates the order of a schedule.
  public init(_ schedule: PrioritySchedule) {
    precondition(PrioritySchedule.depths.contains(schedule.depth), "depth \(schedule.depth)")
    precondition(schedule.estimatedSteps > 0, "an estimate of \(schedule.estimatedSteps) steps")
    generator = SeededGenerator(schedule.seed)
    for number in 0..<schedule.depth - 1 {
      let step = 1 + generator.below(schedule.estimatedSteps)
      changes.append((step, UInt64(schedule.depth - 2 - number)))
    }
    // If two are due at the same step, the lower priority is set last.
    changes.sort { ($0.step, $1.priority) < ($1.step, $0.priority) }
  }

  /// Applies the priority changes that are due, then returns the actor with the highest priority.
  public mutating func next(at point: ChoicePoint) -> Int {
    while nextChange < changes.count, changes[nextChange].step <= point.step {
      if let current = point.current {
        know(current)
        priorities[current] = changes[nextChange].priority
      }
      nextChange += 1
    }
    know(point.runnable[point.runnable.count - 1])
    var best = point.runnable[0]
    for actor in point.runnable where priorities[actor] > priorities[best] { best = actor }
    return best
  }

  /// Gives all actors up to this one a priority above all those that changes assign.
  private mutating func know(_ actor: Int) {
    while priorities.count <= actor { priorities.append(generator.next() | 1 << 63) }
  }
}
