/// The actor of each step of a run, as lengths of uninterrupted runs.
///
/// The exact form of a schedule: replayed on the same program it gives the same run, and every step
/// can be compared with the record. Written as text, `0:12 1:3 0:44`.
public struct ActorRuns: Hashable, Sendable {
  /// Consecutive steps of one actor.
  public struct Run: Hashable, Sendable {
    /// Actor that takes the steps.
    public var actor: Int
    /// Number of steps; at least 1.
    public var length: Int

    /// Creates a run.
    public init(actor: Int, length: Int) {
      self.actor = actor
      self.length = length
    }
  }

  /// The runs in order; neighbours have different actors.
  public private(set) var elements: [Run] = []

  /// Creates the record of a run without steps.
  public init() {}

  /// Creates a record; neighbours of the same actor become one.
  public init(_ runs: some Sequence<Run>) {
    for run in runs { append(run.actor, steps: run.length) }
  }

  /// The number of steps.
  public var steps: Int { elements.reduce(0) { $0 + $1.length } }

  /// The number of steps of each actor, up to the highest that took one.
  public var stepsByActor: [Int] {
    var counts: [Int] = []
    for run in elements {
      while counts.count <= run.actor { counts.append(0) }
      counts[run.actor] += run.length
    }
    return counts
  }

  /// Adds steps at the end.
  public mutating func append(_ actor: Int, steps: Int = 1) {
    precondition(actor >= 0 && steps > 0, "\(steps) steps of actor \(actor)")
    let last = elements.count - 1
    if last >= 0, elements[last].actor == actor {
      elements[last].length += steps
    } else {
      elements.append(Run(actor: actor, length: steps))
    }
  }

  /// Returns the step that follows a number of an actor's own steps, and the actor that took it.
  ///
  /// - Parameter actor: `nil` for the start of the run.
  /// - Returns: `nil` if the actor took fewer steps; `ran` is `nil` at the end of the run.
  func follower(of actor: Int?, ownSteps: Int) -> (step: Int, ran: Int?)? {
    guard let actor else { return (0, elements.first?.actor) }
    var left = ownSteps
    var step = 0
    for (place, run) in elements.enumerated() {
      if run.actor == actor {
        if left < run.length { return left > 0 ? (step + left, actor) : nil }
        left -= run.length
        if left == 0 {
          let next = place + 1
          return (step + run.length, next < elements.count ? elements[next].actor : nil)
        }
      }
      step += run.length
    }
    return nil
  }
}

extension ActorRuns: LosslessStringConvertible {
  /// The runs as `actor:length`, separated by spaces.
  public var description: String {
    elements.map { "\($0.actor):\($0.length)" }.joined(separator: " ")
  }

  /// Reads the text form.
  ///
  /// - Returns: `nil` for any text that `description` does not produce.
  public init?(_ description: String) {
    self.init()
    var steps = 0
    for word in description.split(separator: " ", omittingEmptySubsequences: true) {
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let actor = ScheduleText.actor(parts[0]),
        let length = ScheduleText.count(parts[1]), length > 0, elements.last?.actor != actor
      else { return nil }
      steps += length
      guard steps <= ScheduleText.countLimit else { return nil }
      append(actor, steps: length)
    }
    guard self.description == description else { return nil }
  }
}
