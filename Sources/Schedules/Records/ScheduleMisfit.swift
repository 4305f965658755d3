/// The first deviation of a run from the schedule that it was to follow: the schedule belongs to
/// another program, library or version.
public enum ScheduleMisfit: Hashable, Sendable {
  /// Another actor took a step; the scheduled one could not run.
  case otherActor(step: Int, wanted: Int, ran: Int)
  /// The run ended before this step.
  case endedEarly(step: Int, wanted: Int)
  /// The run took a step after the end of the schedule.
  case wentOn(step: Int, ran: Int)
  /// An actor took fewer steps than a switch requires.
  case neverReached(ScheduleSwitch)
}

extension ScheduleMisfit: CustomStringConvertible {
  /// Description of the deviation, in words; steps count from 0.
  public var description: String {
    switch self {
    case .otherActor(let step, let wanted, let ran):
      "at step \(step) actor \(wanted) could not run and actor \(ran) did"
    case .endedEarly(let step, let wanted):
      "the run ended before step \(step), which actor \(wanted) was to take"
    case .wentOn(let step, let ran):
      "the run went on with step \(step) of actor \(ran) after the end of the schedule"
    case .neverReached(let place):
      "actor \(place.from ?? 0) never took the \(place.ownSteps) steps after which actor "
        + "\(place.to) was to run"
    }
  }
}

extension ActorRuns {
  /// Returns the first step at which another run deviates.
  ///
  /// - Parameter ran: the run that was to follow this one.
  /// - Returns: `nil` if both are the same.
  public func misfit(of ran: ActorRuns) -> ScheduleMisfit? {
    var step = 0
    for (mine, theirs) in zip(elements, ran.elements) {
      if mine.actor != theirs.actor {
        return .otherActor(step: step, wanted: mine.actor, ran: theirs.actor)
      }
      step += min(mine.length, theirs.length)
      if mine.length != theirs.length {
        return misfit(of: ran, at: step)
      }
    }
    return misfit(of: ran, at: step)
  }

  private func misfit(of ran: ActorRuns, at step: Int) -> ScheduleMisfit? {
    switch (actor(at: step), ran.actor(at: step)) {
    case (let wanted?, let ran?): .otherActor(step: step, wanted: wanted, ran: ran)
    case (let wanted?, nil): .endedEarly(step: step, wanted: wanted)
    case (nil, let ran?): .wentOn(step: step, ran: ran)
    case (nil, nil): nil
    }
  }

  /// Returns the actor of a step; `nil` after the end.
  func actor(at step: Int) -> Int? {
    var left = step
    for run in elements {
      if left < run.length { return run.actor }
      left -= run.length
    }
    return nil
  }
}

extension ScheduleSwitches {
  /// Returns the first switch that a run did not make.
  ///
  /// - Parameter ran: the run that was to follow this schedule.
  /// - Returns: `nil` if all were made.
  public func misfit(of ran: ActorRuns) -> ScheduleMisfit? {
    for element in elements {
      guard let follower = ran.follower(of: element.from, ownSteps: element.ownSteps) else {
        return .neverReached(element)
      }
      guard let actor = follower.ran else {
        return .endedEarly(step: follower.step, wanted: element.to)
      }
      if actor != element.to {
        return .otherActor(step: follower.step, wanted: element.to, ran: actor)
      }
    }
    return nil
  }
}
