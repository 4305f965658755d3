/// A place at which another actor runs than the one that would run without preemptions.
public struct ScheduleSwitch: Hashable, Sendable {
  /// Actor that took the last step; `nil` at the start of the run.
  public var from: Int?
  /// Number of steps that `from` had taken; 0 at the start.
  public var ownSteps: Int
  /// Actor that takes the next step.
  public var to: Int

  /// Creates a switch.
  ///
  /// - Parameters:
  ///   - from: `nil` for the start of the run.
  ///   - ownSteps: at least 1, or 0 at the start.
  public init(from: Int?, after ownSteps: Int, to: Int) {
    precondition((from == nil) == (ownSteps == 0), "a switch after \(ownSteps) steps")
    precondition(ownSteps >= 0 && to >= 0 && from ?? 0 >= 0, "a switch of negative numbers")
    self.from = from
    self.ownSteps = ownSteps
    self.to = to
  }
}

/// A schedule as its differences from the one without preemptions.
///
/// The small form, for people, enumerations and shrinking: places are counted in the actor's own
/// steps, so that a switch keeps its meaning if others are left out. Written as text, `>2 0@17>1`:
/// actor 2 begins; after 17 steps of actor 0, actor 1 runs. Replayed on the program that it was
/// recorded from, it gives the same run.
public struct ScheduleSwitches: Hashable, Sendable {
  /// The switches, in the order in which they were made. No two are at the same place.
  public private(set) var elements: [ScheduleSwitch]

  /// Creates a schedule; without switches no actor is preempted.
  public init(_ elements: [ScheduleSwitch] = []) {
    self.elements = elements
  }

  /// Adds a switch at the end.
  mutating func append(_ element: ScheduleSwitch) { elements.append(element) }

  /// Returns the schedule for a program in which an actor leaves out some of its steps.
  ///
  /// Later switches of that actor move forward; those within the steps left out are dropped, and so
  /// is one that would land on another one's place, or before the actor's first step.
  ///
  /// - Parameter steps: numbers of the actor's own steps, from 0.
  public func leavingOut(_ steps: Range<Int>, of actor: Int) -> ScheduleSwitches {
    let isTaken =
      steps.lowerBound == 0
      || elements.contains { $0.from == actor && $0.ownSteps == steps.lowerBound }
    return ScheduleSwitches(
      elements.compactMap { element in
        guard element.from == actor, element.ownSteps > steps.lowerBound else { return element }
        guard element.ownSteps > (isTaken ? steps.upperBound : steps.upperBound - 1) else {
          return nil
        }
        var moved = element
        moved.ownSteps -= steps.count
        return moved
      })
  }
}

extension ScheduleSwitches: LosslessStringConvertible {
  /// The switches as `from@steps>to`, separated by spaces.
  public var description: String {
    elements.map { element in
      element.from.map { "\($0)@\(element.ownSteps)>\(element.to)" } ?? ">\(element.to)"
    }.joined(separator: " ")
  }

  /// Reads the text form.
  ///
  /// - Returns: `nil` for any text that `description` does not produce, and for two switches at the
  ///   same place.
  public init?(_ description: String) {
    struct Place: Hashable {
      var from: Int?
      var ownSteps: Int
    }
    var places: Set<Place> = []
    self.init()
    for word in description.split(separator: " ", omittingEmptySubsequences: true) {
      guard let element = Self.element(word),
        places.insert(Place(from: element.from, ownSteps: element.ownSteps)).inserted
      else { return nil }
      append(element)
    }
    guard self.description == description else { return nil }
  }

  private static func element(_ word: Substring) -> ScheduleSwitch? {
    let sides = word.split(separator: ">", omittingEmptySubsequences: false)
    guard sides.count == 2, let to = ScheduleText.actor(sides[1]) else { return nil }
    if sides[0].isEmpty { return ScheduleSwitch(from: nil, after: 0, to: to) }
    let place = sides[0].split(separator: "@", omittingEmptySubsequences: false)
    guard place.count == 2, let from = ScheduleText.actor(place[0]),
      let ownSteps = ScheduleText.count(place[1]), ownSteps > 0
    else { return nil }
    return ScheduleSwitch(from: from, after: ownSteps, to: to)
  }
}
