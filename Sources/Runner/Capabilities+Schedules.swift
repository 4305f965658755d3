public import AssayModel

extension Capabilities {
  /// Faults that this version can inject while schedules are explored.
  public static let scheduleFaults: Set<FaultSpecification.Kind> = [
    .kill, .pause, .clock, .staleLock,
  ]

  /// Checks that recoveries by several at once answer.
  public static let raceChecks: Set<CheckName> = [
    .integrity, .consistency, .durability, .progress,
  ]

  /// Says why a fault can't be injected in the simulated world.
  static func verifySimulated(
    _ fault: FaultSpecification, _ cell: PlannedCell
  ) throws(RunnerError) {
    let kind = fault.kind.rawValue
    guard let explore = cell.explore, explore.crashes == nil, explore.sweep == nil
    else {
      throw notYet("fault '\(kind)' beside crashes or a sweep in the simulated world")
    }
    guard scheduleFaults.contains(fault.kind) else {
      throw notYet("fault '\(kind)' in the simulated world")
    }
    guard fault.moment == .before else {
      throw notYet("kill with moment '\(fault.moment.rawValue)' in the simulated world")
    }
    if fault.kind == .staleLock { try verifyStaleLocks(cell) }
  }

  /// Which call a process dies in at random is decided only where every call is announced.
  static func verifyProbabilities(_ cell: PlannedCell) throws(RunnerError) {
    for fault in cell.faults where [.kill, .pause].contains(fault.kind) {
      guard case .probability = fault.trigger else { continue }
      throw notYet("\(fault.kind.rawValue) with probability in the real world")
    }
  }
}
