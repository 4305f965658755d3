/// What a run of a program under a chooser was like: what strategies learn from.
public struct RecordedRun: Hashable, Sendable {
  /// A point at which more than one could run, and who was chosen.
  public struct Choice: Hashable, Sendable {
    /// The point.
    public var point: ChoicePoint
    /// Who was chosen.
    public var chosen: Int
  }

  /// Who took each step.
  public internal(set) var runs = ActorRuns()
  /// What sets the run apart from one in which nobody is preempted.
  public internal(set) var switches = ScheduleSwitches()
  /// How many of the switches took the turn from an actor that could have gone on.
  public internal(set) var preemptions = 0
  /// Every point with a choice; empty unless it was to be kept.
  public internal(set) var choices: [Choice] = []

  /// Creates the record of a run that has not begun.
  public init() {}

  /// Tells schedules apart.
  public var digest: ScheduleDigest { ScheduleDigest(runs) }
}

/// Keeps what a run under a chooser is like, as it goes on.
public struct ScheduleRecorder: Sendable {
  /// How much is kept.
  public enum Level: Hashable, Sendable {
    /// Nothing, for speed.
    case off
    /// Runs and switches.
    case run
    /// Also every choice, which enumerations learn from.
    case choices
  }

  /// What was seen so far.
  public private(set) var run = RecordedRun()
  private let level: Level

  /// Creates a recorder that has seen nothing.
  public init(_ level: Level) {
    self.level = level
  }

  /// Notes a choice: told before the step that it leads to.
  public mutating func chose(_ actor: Int, at point: ChoicePoint) {
    guard level != .off, point.runnable.count > 1 else { return }
    if level == .choices { run.choices.append(RecordedRun.Choice(point: point, chosen: actor)) }
    // Going on is what happens when nobody disturbs; most choices are that.
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
