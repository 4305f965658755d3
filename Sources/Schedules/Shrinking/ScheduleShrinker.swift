/// Searches by trials for a schedule with few preemptions that still shows a finding.
///
/// A value: `next()` proposes switches, the driver runs the program with them, checks whether the
/// finding is still there, and reports the run. Switches are left out in ever smaller pieces, then
/// neighbours are merged and places moved to earlier and to later steps, from the beginning after
/// every success; ends when no such change makes the schedule smaller. Size counts preemptions
/// twice and other switches once; then earlier places.
public struct ScheduleShrinker: Sendable {
  /// The result of a trial.
  public enum Outcome: Sendable {
    /// The finding is gone.
    case lost
    /// The finding is still there; the run as it was.
    case kept(RecordedRun)
  }

  private enum Stage: Sendable {
    case leavingOut(SubsetShrinker<ScheduleSwitch>)
    /// Proposals, in reverse.
    case moving([ScheduleSwitches])
  }

  /// The smallest run with the finding that is known.
  public private(set) var smallest: RecordedRun
  /// Number of trials reported.
  public private(set) var trials = 0
  /// True if no proposal makes the schedule smaller.
  public private(set) var isMinimal = false

  private let trialLimit: Int
  private var stage: Stage
  private var tried: Set<ScheduleSwitches> = []
  private var pending: ScheduleSwitches?
  private var hasMoved = false

  /// Starts with a run that has the finding.
  ///
  /// - Parameters:
  ///   - run: recorded at least at the level `run`.
  ///   - trialLimit: the most trials.
  public init(_ run: RecordedRun, trialLimit: Int = 2_000) {
    smallest = run
    self.trialLimit = trialLimit
    stage = .leavingOut(SubsetShrinker(run.switches.elements))
    tried = [run.switches]
  }

  /// Returns the switches to try; the same until they are reported.
  ///
  /// - Returns: `nil` at the end.
  public mutating func next() -> ScheduleSwitches? {
    if let pending { return pending }
    while !isMinimal, trials < trialLimit {
      guard let candidate = proposal() else { continue }
      if tried.insert(candidate).inserted {
        pending = candidate
        return candidate
      }
      settle(isSmaller: false)
    }
    return nil
  }

  /// Reports the trial of the last proposal of `next()`.
  public mutating func report(_ outcome: Outcome) {
    precondition(pending != nil, "nothing was proposed")
    pending = nil
    trials += 1
    guard case .kept(let run) = outcome, ScheduleSize(run) < ScheduleSize(smallest) else {
      return settle(isSmaller: false)
    }
    smallest = run
    tried.insert(run.switches)
    settle(isSmaller: true)
  }

  /// Returns the next candidate of this stage, or `nil` when the stage is over.
  private mutating func proposal() -> ScheduleSwitches? {
    switch stage {
    case .leavingOut(var subsets):
      let candidate = subsets.next()
      stage = .leavingOut(subsets)
      if let candidate { return ScheduleSwitches(candidate) }
      hasMoved = false
      stage = .moving(smallest.switches.moves.reversed())
    case .moving(let proposals):
      if let candidate = proposals.last { return candidate }
      isMinimal = !hasMoved
      stage = .leavingOut(SubsetShrinker(smallest.switches.elements))
    }
    return nil
  }

  private mutating func settle(isSmaller: Bool) {
    switch stage {
    case .leavingOut(var subsets):
      subsets.report(isEnough: isSmaller, using: isSmaller ? smallest.switches.elements : nil)
      stage = .leavingOut(subsets)
    case .moving(let proposals):
      if isSmaller {
        hasMoved = true
        stage = .moving(smallest.switches.moves.reversed())
      } else {
        stage = .moving(proposals.dropLast())
      }
    }
  }
}
