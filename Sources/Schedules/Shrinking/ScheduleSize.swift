/// Difficulty of following a schedule, for a person.
struct ScheduleSize: Comparable {
  /// Preemptions twice, other switches once.
  var switches: Int
  /// Sum of the places of the switches.
  var distance: Int

  init(_ run: RecordedRun) {
    switches = run.preemptions + run.switches.elements.count
    distance = run.switches.elements.reduce(0) { $0 + $1.ownSteps }
  }

  static func < (left: ScheduleSize, right: ScheduleSize) -> Bool {
    (left.switches, left.distance) < (right.switches, right.distance)
  }
}
