public import AssayModel

/// Everything that determines the order of steps: stored in findings, and turned into a chooser.
public enum ScheduleDescription: Hashable, Sendable {
  /// Every actor that can run is equally likely.
  case uniform(Seed)
  /// An actor that can continue does so with this probability; otherwise as `uniform`.
  case sticky(Seed, Probability)
  /// Random priorities with few changes.
  case priorities(PrioritySchedule)
  /// No actor is preempted, but one is held.
  case stall(Stall)
  /// No actor is preempted except in the given places.
  case switches(ScheduleSwitches)
  /// Exactly as a recorded run.
  case runs(ActorRuns)

  /// Makes the chooser, at its beginning.
  public func makeChooser() -> any ActorChooser {
    switch self {
    case .uniform(let seed): SeededOrder(seed)
    case .sticky(let seed, let stickiness): SeededOrder(seed, stickiness: stickiness)
    case .priorities(let schedule): PriorityOrder(schedule)
    case .stall(let stall): StallOrder(stall)
    case .switches(let switches): SwitchedOrder(switches)
    case .runs(let runs): ReplayedOrder(runs)
    }
  }

  /// Returns the first step at which a run deviates from the schedule.
  ///
  /// - Parameter ran: the run under this description's chooser.
  /// - Returns: `nil` if it fitted; cases other than `switches` and `runs` fit every program.
  public func misfit(of ran: ActorRuns) -> ScheduleMisfit? {
    switch self {
    case .uniform, .sticky, .priorities, .stall: nil
    case .switches(let switches): switches.misfit(of: ran)
    case .runs(let runs): runs.misfit(of: ran)
    }
  }
}
