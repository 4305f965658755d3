/// Preempts no actor except by the given switches.
///
/// A switch to an actor that cannot run is skipped, and one at a place that is not reached is never
/// made: see ``ScheduleMisfit``.
public struct SwitchedOrder: ActorChooser {
  private let first: Int?
  /// By actor, then ascending by steps.
  private let switches: [ScheduleSwitch]
  /// By actor: the places of its own switches.
  private let ends: [Int]
  private var cursors: [Int]

  /// Creates the order with some switches.
  public init(_ schedule: ScheduleSwitches) {
    first = schedule.elements.first { $0.from == nil }?.to
    let later = schedule.elements.filter { $0.from != nil }
    switches = later.sorted { ($0.from ?? -1, $0.ownSteps) < ($1.from ?? -1, $1.ownSteps) }
    var counts = [Int](repeating: 0, count: (switches.last?.from ?? -1) + 1)
    for element in switches { counts[element.from ?? 0] += 1 }
    var starts: [Int] = []
    var total = 0
    for count in counts {
      starts.append(total)
      total += count
    }
    cursors = starts
    ends = starts.dropFirst() + (starts.isEmpty ? [] : [total])
  }

  /// Makes the switch of this place, if there is one and it can be made.
  public mutating func next(at point: ChoicePoint) -> Int {
    let wanted = wanted(at: point)
    if let wanted, point.runnable.contains(wanted) { return wanted }
    return point.undisturbed
  }

  private mutating func wanted(at point: ChoicePoint) -> Int? {
    guard let current = point.current else { return first }
    guard current < cursors.count else { return nil }
    while cursors[current] < ends[current], switches[cursors[current]].ownSteps < point.ownSteps {
      cursors[current] += 1
    }
    guard cursors[current] < ends[current] else { return nil }
    let candidate = switches[cursors[current]]
    return candidate.ownSteps == point.ownSteps ? candidate.to : nil
  }
}
