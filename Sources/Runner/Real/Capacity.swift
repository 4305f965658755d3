import AssayModel

/// What a load does in a closed loop.
struct Capacity: Hashable, Sendable {
  /// Acknowledged operations a second, without those that follow from another.
  var perSecond: Double
  /// Share of them that the readers did; `nil` where there are no readers, or no writers.
  var readerShare: Double?

  init(perSecond: Double, readerShare: Double? = nil) {
    self.perSecond = perSecond
    self.readerShare = readerShare
  }

  /// What a closed loop did.
  init(_ cell: PlannedCell, _ repetition: AnalysedRepetition) {
    let result = CellFigures(cell, [repetition]).result
    let arrivals = OperationKind.arrivals(in: result.operations.mapValues(\.count))
    perSecond = Double(arrivals) / max(1e-9, result.measuredSeconds)
    readerShare = Self.readerShare(cell.load, repetition.activity)
  }

  /// Share of the operations that readers did; writers come first among a process's actors.
  static func readerShare(_ load: LoadSettings, _ activity: Activity) -> Double? {
    guard load.readers > 0, load.writers > 0 else { return nil }
    var (all, readers) = (0.0, 0.0)
    for (actor, share) in activity.shares {
      all += Double(share.operations)
      if Int(actor.actor) >= load.writers { readers += Double(share.operations) }
    }
    return all > 0 ? readers / all : nil
  }
}
