/// How hard a schedule is to follow for a person.
struct ScheduleSize: Comparable {
  /// Preemptions twice, other switches once.
  var switches: Int
  /// The places of the switches together.
  var distance: Int

  init(_ run: RecordedRun) {
    switches = run.preemptions + run.switches.elements.count
    distance = run.switches.elements.reduce(0) { $0 + $1.ownSteps }
  }

  static func < (left: ScheduleSize, right: ScheduleSize) -> Bool {
    (left.switches, left.distance) < (right.switches, right.distance)
  }
}
