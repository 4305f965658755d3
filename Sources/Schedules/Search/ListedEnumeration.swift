public import AssayModel

/// Returns the schedules that a first run without preemptions reveals: stalls, or single
/// preemptions.
///
/// Exhaustive if `limit` allows it; otherwise drawn by the seed without repetition.
public struct ListedEnumeration: Sendable {
  /// The kind of schedules listed.
  public enum Kind: Hashable, Sendable {
    /// Each actor is held at each of its steps.
    case stalls(Stall.End)
    /// One preemption at each step by each other actor.
    case preemptions
  }

  private let kind: Kind
  private let limit: Int
  private let seed: Seed
  /// In reverse; `nil` before the first run was seen.
  private var left: [ScheduleDescription]?

  /// Number of schedules returned so far, and their total.
  public private(set) var coverage = ScheduleCoverage(given: 0, total: nil)

  /// Describes an enumeration.
  ///
  /// - Parameters:
  ///   - limit: the most schedules that are given out, the first run among them.
  ///   - seed: draws, where there are more than that.
  public init(_ kind: Kind, limit: Int, seed: Seed) {
    self.kind = kind
    self.limit = limit
    self.seed = seed
  }

  /// Returns the next schedule of the program.
  ///
  /// - Parameter last: the record of the last run; that of the first run must include its choices,
  ///   later ones need not.
  /// - Returns: `nil` if there are no more, or `limit` is reached.
  public mutating func next(
    after last: RecordedRun?
  ) throws(ScheduleError) -> ScheduleDescription? {
    guard coverage.given < limit else { return nil }
    if coverage.given == 0 {
      coverage.given = 1
      return .switches(ScheduleSwitches())
    }
    if left == nil {
      guard let last else { throw ScheduleError(.noRecord) }
      let all = Self.list(kind, base: last)
      coverage.total = 1 + all.count
      left = drawn(all).reversed()
    }
    guard let next = left?.popLast() else { return nil }
    coverage.given += 1
    return next
  }

  /// Returns all schedules of a kind, in the order of the first run's steps.
  ///
  /// - Parameter base: the run without preemptions, with its choices.
  static func list(_ kind: Kind, base: RecordedRun) -> [ScheduleDescription] {
    switch kind {
    case .stalls(let end):
      base.runs.stepsByActor.enumerated().flatMap { actor, steps in
        (0..<steps).map { .stall(Stall(actor: actor, ownSteps: $0, end: end)) }
      }
    case .preemptions:
      base.choices.filter(\.point.canGoOn).flatMap { choice in
        choice.point.runnable.filter { $0 != choice.point.current }.map { other in
          .switches(
            ScheduleSwitches([
              ScheduleSwitch(from: choice.point.current, after: choice.point.ownSteps, to: other)
            ]))
        }
      }
    }
  }

  private func drawn(_ all: [ScheduleDescription]) -> [ScheduleDescription] {
    guard all.count > limit - 1 else { return all }
    var generator = SeededGenerator(seed)
    var all = all
    for place in 0..<limit - 1 {
      all.swapAt(place, place + generator.below(all.count - place))
    }
    return Array(all.prefix(limit - 1))
  }
}
