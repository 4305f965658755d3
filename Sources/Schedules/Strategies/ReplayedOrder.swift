/// Gives each step to the actor that took it in a recorded run.
///
/// If that actor cannot run, and after the end of the record, no actor is preempted;
/// ``ActorRuns/misfit(of:)`` tells whether the record was followed to its end.
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

  /// Returns the recorded actor of this step, or else the one that would run anyway.
  public mutating func next(at point: ChoicePoint) -> Int {
    while place < runs.count, point.step >= end {
      place += 1
      if place < runs.count { end += runs[place].length }
    }
    if place < runs.count, point.runnable.contains(runs[place].actor) { return runs[place].actor }
    return point.undisturbed
  }
}
