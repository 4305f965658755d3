import AssayModel

/// The form in findings: an object with the strategy's name and its numbers.
extension ScheduleDescription: Codable {
  private enum CodingKeys: String, CodingKey {
    case strategy
    case seed
    case stickiness
    case depth
    case estimatedSteps = "estimated_steps"
    case actor
    case ownSteps = "own_steps"
    case forSteps = "for_steps"
    case switches
    case runs
  }

  private enum Name: String, Codable {
    case uniform
    case sticky
    case priorities = "pct"
    case stall
    case switches
    case runs
  }

  /// Reads a description.
  ///
  /// - Throws: `DecodingError` for an unknown strategy and for numbers out of range.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(Name.self, forKey: .strategy) {
    case .uniform: self = .uniform(try container.decode(Seed.self, forKey: .seed))
    case .sticky:
      self = .sticky(
        try container.decode(Seed.self, forKey: .seed), try Self.stickiness(container))
    case .priorities:
      self = .priorities(
        PrioritySchedule(
          seed: try container.decode(Seed.self, forKey: .seed),
          depth: try container.decode(PrioritySchedule.depths, forKey: .depth),
          estimatedSteps: try container.decode(
            1...ScheduleText.countLimit, forKey: .estimatedSteps)))
    case .stall: self = .stall(try Self.stall(container))
    case .switches:
      self = .switches(
        try container.decode(
          ScheduleSwitches.self, fromText: .switches, of: "a list of switches such as '0@17>1'"))
    case .runs:
      self = .runs(
        try container.decode(
          ActorRuns.self, fromText: .runs, of: "a list of runs such as '0:12 1:3'"))
    }
  }

  /// Writes a description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .uniform(let seed):
      try container.encode(Name.uniform, forKey: .strategy)
      try container.encode(seed, forKey: .seed)
    case .sticky(let seed, let stickiness):
      try container.encode(Name.sticky, forKey: .strategy)
      try container.encode(seed, forKey: .seed)
      try container.encode(stickiness.value, forKey: .stickiness)
    case .priorities(let schedule):
      try container.encode(Name.priorities, forKey: .strategy)
      try container.encode(schedule.seed, forKey: .seed)
      try container.encode(schedule.depth, forKey: .depth)
      try container.encode(schedule.estimatedSteps, forKey: .estimatedSteps)
    case .stall(let stall):
      try container.encode(Name.stall, forKey: .strategy)
      try container.encode(stall.actor, forKey: .actor)
      try container.encode(stall.ownSteps, forKey: .ownSteps)
      if case .afterSteps(let count) = stall.end { try container.encode(count, forKey: .forSteps) }
    case .switches(let switches):
      try container.encode(Name.switches, forKey: .strategy)
      try container.encode(switches.description, forKey: .switches)
    case .runs(let runs):
      try container.encode(Name.runs, forKey: .strategy)
      try container.encode(runs.description, forKey: .runs)
    }
  }

  private static func stickiness(
    _ container: KeyedDecodingContainer<CodingKeys>
  ) throws -> Probability {
    let value = try container.decode(Double.self, forKey: .stickiness)
    guard let stickiness = Probability(value) else {
      throw DecodingError.dataCorruptedError(
        forKey: .stickiness, in: container, debugDescription: "\(value) is not in 0...1")
    }
    return stickiness
  }

  private static func stall(_ container: KeyedDecodingContainer<CodingKeys>) throws -> Stall {
    var stall = Stall(
      actor: try container.decode(0...ScheduleText.actorLimit - 1, forKey: .actor),
      ownSteps: try container.decode(0...ScheduleText.countLimit, forKey: .ownSteps))
    if container.contains(.forSteps) {
      stall.end = .afterSteps(try container.decode(1...ScheduleText.countLimit, forKey: .forSteps))
    }
    return stall
  }
}
