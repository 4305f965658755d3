import Schedules

/// Who ran when, with places in the programs for the numbers of steps: the form that can be
/// followed by a program that leaves out some of its operations.
struct PlacedRuns: Hashable, Sendable {
  /// Steps of one actor without another one in between.
  struct Run: Hashable, Sendable {
    /// Whose.
    var actor: Int
    /// Where it stopped.
    var end: OperationPlace
  }

  /// In their order.
  let elements: [Run]

  /// - Parameter starts: the own steps at which each actor's operations began in the same run.
  init(_ runs: ActorRuns, starts: [[Int]]) {
    var steps: [Int: Int] = [:]
    elements = runs.elements.map { run in
      let own = steps[run.actor, default: 0] + run.length
      steps[run.actor] = own
      let begun = starts.indices.contains(run.actor) ? starts[run.actor] : []
      return Run(actor: run.actor, end: OperationClock.place(begun, ownSteps: own))
    }
  }
}

/// Lets each actor run to the place at which it stopped in another run, in the same order.
///
/// Who is already there is passed over, and so is who cannot run.
struct PlacedOrder: ActorChooser {
  private let runs: [PlacedRuns.Run]
  private let clock: OperationClock
  private var next = 0
  private var ownSteps: [Int] = []

  /// - Parameter clock: of the run that is chosen for.
  init(_ runs: PlacedRuns, _ clock: OperationClock) {
    self.runs = runs.elements
    self.clock = clock
  }

  mutating func next(at point: ChoicePoint) -> Int {
    if let current = point.current {
      while ownSteps.count <= current { ownSteps.append(0) }
      ownSteps[current] = point.ownSteps
    }
    while next < runs.count {
      let run = runs[next]
      if point.runnable.contains(run.actor), !isThere(run) { return run.actor }
      next += 1
    }
    return point.undisturbed
  }

  private func isThere(_ run: PlacedRuns.Run) -> Bool {
    let own = run.actor < ownSteps.count ? ownSteps[run.actor] : 0
    return own > 0 && clock.place(of: run.actor, ownSteps: own) >= run.end
  }
}
