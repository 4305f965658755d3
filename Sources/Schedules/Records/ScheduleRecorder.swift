/// The record of a program's run under a chooser, from which strategies learn.
public struct RecordedRun: Hashable, Sendable {
  /// A point at which more than one actor could run, and the actor chosen.
  public struct Choice: Hashable, Sendable {
    /// The point.
    public var point: ChoicePoint
    /// Actor that was chosen.
    public var chosen: Int
  }

  /// Actor of each step.
  public internal(set) var runs = ActorRuns()
  /// Switches that distinguish the run from one without preemptions.
  public internal(set) var switches = ScheduleSwitches()
  /// Number of switches that took the turn from an actor that could have continued.
  public internal(set) var preemptions = 0
  /// Every point with a choice; empty unless choices are recorded.
  public internal(set) var choices: [Choice] = []

  /// Creates the record of a run that has not begun.
  public init() {}

  /// Identifies the schedule of the run.
  public var digest: ScheduleDigest { ScheduleDigest(runs) }
}

/// Records a run under a chooser as it proceeds.
public struct ScheduleRecorder: Sendable {
  /// Amount of detail that is recorded.
  public enum Level: Hashable, Sendable {
    /// No record, for speed.
    case off
    /// Runs and switches.
    case run
    /// Also every choice, from which enumerations learn.
    case choices
  }

  /// The record so far.
  public private(set) var run = RecordedRun()
  private let level: Level

  /// Creates an empty recorder.
  public init(_ level: Level) {
    self.level = level
  }

  /// Records a choice; called before the step that it leads to.
  public mutating func chose(_ actor: Int, at point: ChoicePoint) {
    guard level != .off, point.runnable.count > 1 else { return }
    if level == .choices { run.choices.append(RecordedRun.Choice(point: point, chosen: actor)) }
    // Continuing is the undisturbed case; most choices are that.
    if actor == point.current { return }
    guard actor != point.undisturbed else { return }
    if point.canGoOn { run.preemptions += 1 }
    run.switches.append(ScheduleSwitch(from: point.current, after: point.ownSteps, to: actor))
  }

  /// Notes a step.
  public mutating func stepped(_ actor: Int) {
    if level != .off { run.runs.append(actor) }
  }
}
