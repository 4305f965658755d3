import AssayModel
import Statistics

/// What a rate that was asked for came to.
enum OpenLoop {
  /// Lateness that a single stall explains.
  private static let tolerance = Nanoseconds.milliseconds(100)

  /// How long after the end of a repetition work went on that had arrived before it.
  static func lateness(_ repetition: AnalysedRepetition) -> Nanoseconds {
    max(.zero, repetition.activity.lastCompletion - repetition.outcome.record.measuredUntil)
  }

  /// Whether the backlog grew: what had arrived in time took a tenth longer than the time itself.
  static func isOverloaded(_ cell: PlannedCell, _ repetition: AnalysedRepetition) -> Bool {
    guard cell.load.rate != .closed, case .duration = cell.load.extent else { return false }
    let record = repetition.outcome.record
    let measured = record.measuredUntil - record.measuredFrom
    return lateness(repetition) > max(tolerance, Nanoseconds(measured.rawValue / 10))
  }

  /// The result of a cell; `nil` in a closed loop.
  ///
  /// - Parameter achieved: acknowledged operations a second, less those that follow from another.
  static func result(
    _ cell: PlannedCell, _ repetitions: [AnalysedRepetition], achieved: Double
  ) -> OpenLoopResult? {
    guard case .perSecond(let target) = cell.load.rate, case .duration = cell.load.extent else {
      return nil
    }
    return OpenLoopResult(
      target: target, achieved: achieved, late: repetitions.map(lateness).max() ?? .zero,
      isOverloaded: repetitions.contains { isOverloaded(cell, $0) })
  }
}

extension LoadSettings {
  /// How long a closed loop runs to find a capacity, warm-up not counted.
  private static let pilotLength = Nanoseconds.seconds(1)

  /// The same load as fast as it goes, for finding its capacity.
  var forPilot: LoadSettings {
    var load = self
    load.rate = .closed
    load.extent = .duration(Self.pilotLength)
    load.warmUp = max(load.warmUp, .milliseconds(200))
    return load
  }

  /// The same load with the rate that a capacity gives it; any other rate is left alone.
  func resolved(capacity: Capacity) -> LoadSettings {
    guard case .ofCapacity(let share) = rate else { return self }
    return paced(capacity.perSecond * share, as: capacity)
  }

  /// The same load at a rate, readers and writers as they are when they are not held up.
  func paced(_ rate: Double, as capacity: Capacity) -> LoadSettings {
    var load = self
    load.rate = .perSecond(max(0.001, rate))
    load.readerShare = capacity.readerShare
    return load
  }

  /// Whether its rate waits for a capacity.
  var needsCapacity: Bool {
    if case .ofCapacity = rate { true } else { false }
  }
}
