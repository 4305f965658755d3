import AssayModel
import Schedules

extension ScheduleFindingShrinker {
  /// Programs of at most so many operations are tried without several of them, and with orders
  /// that are drawn for them.
  private static let searchedOperations = 24
  /// Orders that are drawn for each operation that is left.
  private static let drawnOrders = 24

  /// Leaves out what can be left out, in ever smaller pieces.
  mutating func fewerOperations(
    _ start: Failing, _ violation: ScheduleViolation
  ) throws -> Failing {
    var smallest = start
    let all = operations.filter { !start.skips.contains($0) }
    var shrinker = SubsetShrinker(all, atLeast: 1, guesses: guesses(all))
    while trialsLeft > 0, let kept = shrinker.next() {
      let skips = start.skips.union(Set(all).subtracting(kept))
      let found = try failing(violation, smallest, without: skips)
      if let found { smallest = found }
      shrinker.report(isEnough: found != nil)
    }
    return smallest
  }

  /// Whole actors left out, then shorter and shorter ends of all programs.
  private func guesses(_ all: [ProgramPlace]) -> [[ProgramPlace]] {
    let actors = Set(all.map(\.actor)).sorted { $0.packed < $1.packed }
    let last = all.map(\.number).max() ?? 0
    let ends = [last / 8, last / 4, last / 2].filter { $0 > 0 }
    return actors.map { actor in all.filter { $0.actor != actor } }
      + ends.map { length in all.filter { $0.number > last - length } }
      + ends.map { length in all.filter { $0.number < length } }
  }

  /// Tries to do without some operations: in the order of the smallest run, and, while there are
  /// many, as it was found.
  private mutating func failing(
    _ violation: ScheduleViolation, _ smallest: Failing, without skips: Set<ProgramPlace>
  ) throws -> Failing? {
    guard !hopeless.contains(skips) else { return nil }
    let order = PlacedOrder(smallest.runs, program.operations)
    if let found = try failing(violation, order, skips) { return found }
    if smallest.begun.count > Self.searchedOperations,
      let found = try failing(violation, violation.schedule.makeChooser(), skips)
    {
      return found
    }
    hopeless.insert(skips)
    return nil
  }

  /// Leaves out what was begun first, and up to two more operations, or any two or three: less
  /// work moves what happens at every so many pages, so that one alone may not be left out.
  mutating func withoutSeveral(
    _ smallest: Failing, _ violation: ScheduleViolation
  ) throws -> Failing? {
    let begun = smallest.begun
    guard (2...Self.searchedOperations).contains(begun.count) else { return nil }
    var candidates: [[ProgramPlace]] = []
    for first in (1..<max(begun.count, 2)).reversed() {
      let later = Array(begun.dropFirst(first))
      for more in 0...2 { candidates += later.combinations(of: more).map { begun[..<first] + $0 } }
    }
    candidates += begun.combinations(of: 2) + begun.combinations(of: 3)
    for candidate in candidates where trialsLeft > 0 {
      let skips = smallest.skips.union(candidate)
      guard candidate.count < begun.count else { continue }
      if let found = try failing(violation, smallest, without: skips) { return found }
    }
    return nil
  }

  /// Leaves out one operation, in orders that are drawn for what is left.
  mutating func inAnotherOrder(
    _ smallest: Failing, _ violation: ScheduleViolation
  ) throws -> Failing? {
    let begun = smallest.begun
    guard (2...Self.searchedOperations).contains(begun.count) else { return nil }
    let seed = program.cell.seed.derived("shrinking")
    let steps = max(1, smallest.outcome.report.steps)
    for number in 0..<Self.drawnOrders * begun.count where trialsLeft > 0 {
      let schedule = PrioritySchedule(
        seed: seed.derived("priorities", number), depth: 2 + number % 4, estimatedSteps: steps)
      let skips = smallest.skips.union([begun[number % begun.count]])
      if let found = try failing(violation, PriorityOrder(schedule), skips) { return found }
    }
    return nil
  }
}

extension Array {
  /// Every way to take so many of the elements.
  fileprivate func combinations(of count: Int) -> [[Element]] {
    if count == 0 { return [[]] }
    return indices.flatMap { index in
      Array(self[(index + 1)...]).combinations(of: count - 1).map { [self[index]] + $0 }
    }
  }
}
