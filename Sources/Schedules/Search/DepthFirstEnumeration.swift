/// Returns all schedules with at most a given number of preemptions, depth first.
///
/// Exhaustive if it ends by itself: every order of the steps in which at most `preemptions` turns
/// are taken from an actor that could continue. The choice is free if the last actor cannot
/// continue. The first run has no preemption; each further one keeps the choices of the last up to
/// the last point with an alternative and takes that. There is no pruning: schedules that differ
/// only in the order of independent steps are all returned.
/// Source: Musuvathi, Qadeer, "Iterative context bounding for systematic testing of multithreaded
/// programs".
public struct DepthFirstEnumeration: Sendable {
  private struct Node: Sendable {
    var point: ChoicePoint
    var chosen: Int
    /// Not tried yet, descending.
    var alternatives: [Int]
    /// Before this point.
    var preemptions: Int

    func cost(of actor: Int) -> Int {
      preemptions + (point.canGoOn && actor != point.current ? 1 : 0)
    }
  }

  private let bound: Int
  private let limit: Int
  private var path: [Node] = []
  private var isOver = false

  /// Number of schedules returned so far; the total is known at the end.
  public private(set) var coverage = ScheduleCoverage(given: 0, total: nil)

  /// Describes an enumeration.
  ///
  /// - Parameters:
  ///   - preemptions: the most of one schedule.
  ///   - limit: the most schedules that are given out.
  public init(preemptions: Int, limit: Int) {
    precondition(preemptions >= 0, "\(preemptions) preemptions")
    bound = preemptions
    self.limit = limit
  }

  /// Returns the next schedule of the program.
  ///
  /// - Parameter last: of the last run, with its choices; `nil` at first.
  /// - Returns: `nil` when there are no more, or `limit` is reached.
  /// - Throws: an error when the last run did not follow the choices that it was given, because the
  ///   program does not depend on them alone.
  public mutating func next(
    after last: RecordedRun?
  ) throws(ScheduleError) -> ScheduleDescription? {
    guard !isOver else { return nil }
    if coverage.given > 0 {
      guard let last else { throw ScheduleError(.noRecord) }
      try extend(last)
      guard turn() else {
        isOver = true
        coverage.total = coverage.given
        return nil
      }
    }
    guard coverage.given < limit else {
      isOver = true
      return nil
    }
    coverage.given += 1
    return .switches(switches())
  }

  /// Appends the points that the last run met after the ones that were decided for it.
  private mutating func extend(_ last: RecordedRun) throws(ScheduleError) {
    for (place, node) in path.enumerated() {
      guard place < last.choices.count else {
        throw ScheduleError(
          last.runs.elements.isEmpty ? .noRecord : .diverged, step: node.point.step)
      }
      let choice = last.choices[place]
      guard choice.point == node.point, choice.chosen == node.chosen else {
        throw ScheduleError(.diverged, step: choice.point.step)
      }
    }
    for choice in last.choices.dropFirst(path.count) {
      path.append(
        Node(
          point: choice.point, chosen: choice.chosen,
          alternatives: choice.point.runnable.filter { $0 != choice.chosen }.reversed(),
          preemptions: path.last.map { $0.cost(of: $0.chosen) } ?? 0))
    }
  }

  /// Takes the last remaining alternative; `false` if there is none.
  private mutating func turn() -> Bool {
    while var node = path.popLast() {
      while let alternative = node.alternatives.popLast() {
        guard node.cost(of: alternative) <= bound else { continue }
        node.chosen = alternative
        path.append(node)
        return true
      }
    }
    return false
  }

  private func switches() -> ScheduleSwitches {
    ScheduleSwitches(
      path.filter { $0.chosen != $0.point.undisturbed }.map { node in
        ScheduleSwitch(from: node.point.current, after: node.point.ownSteps, to: node.chosen)
      })
  }
}
