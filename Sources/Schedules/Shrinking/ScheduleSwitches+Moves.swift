extension ScheduleSwitches {
  /// Steps by which a place is moved later, to meet another switch; for more, switches are left
  /// out.
  private static let delays = [1, 2, 4, 8, 16, 32]

  /// Schedules that may show the same with less: neighbours merged, places earlier, places later.
  var moves: [ScheduleSwitches] {
    let places = elements.indices
    return places.dropLast().map(merged) + places.flatMap(earlier) + places.flatMap(later)
  }

  /// Leaves out the run between a switch and the next one.
  private func merged(_ place: Int) -> ScheduleSwitches {
    var shorter = elements
    let second = shorter.remove(at: place + 1)
    if second.to == shorter[place].from {
      shorter.remove(at: place)
    } else {
      shorter[place].to = second.to
    }
    return ScheduleSwitches(shorter)
  }

  /// Returns the schedule with a place moved earlier: the whole way to the actor's last switch, or
  /// its first step, then half of it, and so on.
  private func earlier(_ place: Int) -> [ScheduleSwitches] {
    let element = elements[place]
    guard element.from != nil else { return [] }
    let others = elements.filter { $0.from == element.from && $0.ownSteps < element.ownSteps }
    let lowest = (others.map(\.ownSteps).max() ?? 0) + 1
    var distance = element.ownSteps - lowest
    var result: [ScheduleSwitches] = []
    while distance > 0 {
      result.append(moved(place, to: element.ownSteps - distance))
      distance /= 2
    }
    return result
  }

  private func later(_ place: Int) -> [ScheduleSwitches] {
    let element = elements[place]
    guard element.from != nil else { return [] }
    let taken = Set(elements.filter { $0.from == element.from }.map(\.ownSteps))
    return Self.delays.compactMap { delay in
      taken.contains(element.ownSteps + delay) ? nil : moved(place, to: element.ownSteps + delay)
    }
  }

  private func moved(_ place: Int, to ownSteps: Int) -> ScheduleSwitches {
    var changed = elements
    changed[place].ownSteps = ownSteps
    return ScheduleSwitches(changed)
  }
}
