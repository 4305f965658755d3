/// Lets each step be taken by whom it was taken by in a recorded run.
///
/// Where that actor cannot run, and after the end of the record, nobody is preempted: whether the
/// record was followed to its end says ``ActorRuns/misfit(of:)``.
public struct ReplayedOrder: ActorChooser {
  private let runs: [ActorRuns.Run]
  private var place = 0
  /// The step after the run at `place`.
  private var end: Int

  /// Creates the order of a record.
  public init(_ record: ActorRuns) {
    runs = record.elements
    end = runs.first?.length ?? 0
  }

  /// Returns who took this step, or whoever would run anyway.
  public mutating func next(at point: ChoicePoint) -> Int {
    while place < runs.count, point.step >= end {
      place += 1
      if place < runs.count { end += runs[place].length }
    }
    if place < runs.count, point.runnable.contains(runs[place].actor) { return runs[place].actor }
    return point.undisturbed
  }
}
