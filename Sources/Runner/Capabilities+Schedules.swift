public import AssayModel

extension Capabilities {
  /// Faults that this version can inject while schedules are explored.
  public static let scheduleFaults: Set<FaultSpecification.Kind> = [
    .kill, .pause, .clock, .staleLock, .ioError, .shortRead, .diskFull, .fsyncError,
  ]

  /// Checks that recoveries by several at once answer.
  public static let raceChecks: Set<CheckName> = [
    .integrity, .consistency, .durability, .progress, .errors,
  ]

  /// Says why a fault can't be injected in the simulated world.
  static func verifySimulated(
    _ fault: FaultSpecification, _ cell: PlannedCell
  ) throws(RunnerError) {
    let kind = fault.kind.rawValue
    guard let explore = cell.explore, explore.crashes == nil, explore.sweep == nil
    else {
      throw notYet("fault '\(kind)' together with crashes or a sweep in the simulated world")
    }
    guard scheduleFaults.contains(fault.kind) else {
      throw notYet("fault '\(kind)' in the simulated world")
    }
    if fault.kind == .staleLock { try verifyStaleLocks(cell) }
  }

  /// Actors of a cell in the simulated world, each of which has a thread.
  static let mostSimulatedActors = 2_000

  /// Each actor of the simulated world has a thread of its own.
  static func verifyActors(_ cell: PlannedCell) throws(RunnerError) {
    let actors = cell.load.processes * (cell.load.writers + cell.load.readers)
    guard actors <= mostSimulatedActors else {
      throw RunnerError(
        .input,
        "cell \(cell.id) asks for \(actors) actors; at most \(mostSimulatedActors) are supported "
          + "in the simulated world, where each has a thread")
    }
  }

  /// Which call a process dies in at random is decided only where every call is announced.
  static func verifyProbabilities(_ cell: PlannedCell) throws(RunnerError) {
    for fault in cell.faults where [.kill, .pause].contains(fault.kind) {
      guard case .probability = fault.trigger else { continue }
      throw notYet("\(fault.kind.rawValue) with probability in the real world")
    }
  }
}
