public import AssayModel

/// Everything that determines who runs when: kept in findings, and makes a chooser.
public enum ScheduleDescription: Hashable, Sendable {
  /// Everybody who can run is equally likely.
  case uniform(Seed)
  /// Who can go on does so with this chance; otherwise as `uniform`.
  case sticky(Seed, Probability)
  /// Random priorities with few changes.
  case priorities(PrioritySchedule)
  /// Nobody is preempted, but one is held.
  case stall(Stall)
  /// Nobody is preempted but in the given places.
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

  /// Returns where a run left the schedule.
  ///
  /// - Parameter ran: what ran under this description's chooser.
  /// - Returns: `nil` if it fitted; the others than `switches` and `runs` fit every program.
  public func misfit(of ran: ActorRuns) -> ScheduleMisfit? {
    switch self {
    case .uniform, .sticky, .priorities, .stall: nil
    case .switches(let switches): switches.misfit(of: ran)
    case .runs(let runs): runs.misfit(of: ran)
    }
  }
}
