public import AssayModel

/// The finding of a run in one sentence, made from its figures alone.
public enum Finding {
  /// How many facts follow the count of expectations.
  private static let factLimit = 3

  /// Returns the sentence, with its full stop.
  public static func sentence(_ result: RunResult) -> String {
    let facts = facts(result).prefix(factLimit)
    let head = head(result)
    return facts.isEmpty ? head + "." : "\(head): \(facts.joined(separator: "; "))."
  }

  private static func head(_ result: RunResult) -> String {
    let judged = result.cells.flatMap { cell in
      // What may be violated cannot fail: counting it as met would boast.
      cell.verdicts.filter { ($0.expected ?? "may_violate") != "may_violate" }.map { (cell, $0) }
    }
    let unmet = judged.filter { !$0.1.met && $0.1.status != .unknown }
    let unknown = judged.filter { !$0.1.met && $0.1.status == .unknown }
    let incidents = result.cells.map(\.incidents.count).reduce(0, +)
    var parts: [String] = []
    let isInterrupted = result.outcome == "interrupted"
    if isInterrupted { parts.append(InterruptedRun.text(result)) }
    if incidents > 0 { parts.append("\(Figures.count(incidents, "worker")) died unasked") }
    if let jumps = TimeJumpNotes.summary(result.cells) { parts.append(jumps) }
    if !unmet.isEmpty {
      parts.append("\(unmet.count) of \(judged.count) expectations not met (\(list(unmet)))")
    }
    if !unknown.isEmpty {
      parts.append("\(unknown.count) of \(judged.count) can't be told (\(list(unknown)))")
    }
    if unmet.isEmpty, unknown.isEmpty {
      switch judged.count {
      case 0 where isInterrupted: break
      case let count where isInterrupted: parts.append(InterruptedRun.met(count))
      case 0: parts.append("nothing was expected")
      case 1: parts.append("the expectation is met")
      case 2: parts.append("both expectations met")
      default: parts.append("all \(judged.count) expectations met")
      }
    }
    let text = parts.joined(separator: ", ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  /// The checks concerned, each with its cell if it is the only one.
  private static func list(_ misses: [(CellResult, Verdict)]) -> String {
    var checks: [CheckName] = []
    for (_, verdict) in misses where !checks.contains(verdict.check) {
      checks.append(verdict.check)
    }
    return checks.map { check in
      let cells = misses.filter { $0.1.check == check }.map(\.0)
      let place = cells.count == 1 ? cells[0].label : "\(cells.count) cells"
      return cells.count == 1 && cells[0].parameters.isEmpty
        ? check.rawValue : "\(check.rawValue) in \(place)"
    }.joined(separator: ", ")
  }

  private static func facts(_ result: RunResult) -> [String] {
    [
      recovery(result.cells), exclusion(result.cells), losses(result.cells),
      highestRates(result.cells), overload(result.cells), throughput(result.cells),
      waits(result.cells), busy(result.cells),
    ].compactMap { $0 }
  }

  private static func recovery(_ cells: [CellResult]) -> String? {
    let all = cells.flatMap { cell in cell.takeovers.map { (cell, $0) } }
    guard let worst = all.max(by: { $0.1.sinceRenewal < $1.1.sinceRenewal }) else { return nil }
    let kills = all.compactMap(\.1.sinceKill)
    var text = "a lock left behind was taken over within \(Figures.span(worst.1.sinceRenewal)) of "
    text += "its last renewal"
    let excesses = all.compactMap { cell, takeover in
      cell.leaseTime.map { takeover.sinceRenewal - $0 }
    }
    if excesses.count == all.count, let excess = excesses.max() {
      let sign = excess < 0 ? "-" : "+"
      text += " (at most ttl \(sign) \(Figures.span(excess.magnitude)))"
    }
    if let longest = kills.max() { text += ", \(Figures.span(longest)) after the kill" }
    return text + " (\(Figures.count(all.count, "takeover")))"
  }

  private static func exclusion(_ cells: [CellResult]) -> String? {
    let judged = cells.filter { cell in cell.verdicts.contains { $0.check == .mutualExclusion } }
    guard !judged.isEmpty else { return nil }
    if let text = violations(of: [.mutualExclusion], in: judged, "mutual exclusion was violated") {
      return text
    }
    return isValid([.mutualExclusion], in: judged) ? "no lock was ever held twice" : nil
  }

  private static func losses(_ cells: [CellResult]) -> String? {
    let checks: [CheckName] = [
      .integrity, .durability, .atomicity, .isolation, .consistency, .invariants, .sharedMemory,
    ]
    let judged = cells.filter { cell in cell.verdicts.contains { checks.contains($0.check) } }
    guard !judged.isEmpty else { return nil }
    let kills = cells.flatMap(\.faults).count { $0.kind == FaultSpecification.Kind.kill.rawValue }
    let span = kills > 0 ? " over \(Figures.count(kills, "kill"))" : ""
    if let text = violations(of: checks, in: judged, "data was lost or damaged") {
      return text + span + images(cells)
    }
    guard isValid(checks, in: judged) else { return nil }
    let isDurable = judged.contains { cell in cell.verdicts.contains { $0.check == .durability } }
    return (isDurable ? "nothing acknowledged was lost\(span)" : "the data stayed sound\(span)")
      + images(cells)
  }

  /// How many crash images or schedules that was seen in; nothing in the real world.
  private static func images(_ cells: [CellResult]) -> String {
    let kinds = [
      ("distinct_images", "distinct crash images"), ("distinct_schedules", "distinct schedules"),
    ]
    for (name, words) in kinds {
      let distinct = cells.compactMap { $0.explored[name] }.reduce(0, +)
      if distinct > 0 { return " (\(Figures.count(distinct)) \(words))" }
    }
    return ""
  }

  /// Where checks found a violation, apart by whether the scenario expects or allows it.
  private static func violations(
    of checks: [CheckName], in cells: [CellResult], _ words: String
  ) -> String? {
    func broken(_ isMet: Bool) -> [CellResult] {
      cells.filter { cell in
        cell.verdicts.contains {
          checks.contains($0.check) && $0.status == .violated && $0.met == isMet
        }
      }
    }
    let (missed, allowed) = (broken(false), broken(true))
    if missed.isEmpty, allowed.isEmpty { return nil }
    if missed.isEmpty { return "\(words) in \(places(allowed, of: cells)), as expected or allowed" }
    let text = "\(words) in \(places(missed, of: cells))"
    if allowed.isEmpty { return text }
    return "\(text) and, as expected or allowed, in \(places(allowed, of: cells))"
  }

  private static func isValid(_ checks: [CheckName], in cells: [CellResult]) -> Bool {
    cells.flatMap(\.verdicts).allSatisfy { !checks.contains($0.check) || $0.status == .valid }
  }

  private static func throughput(_ cells: [CellResult]) -> String? {
    // What a run about recovery does between its faults is not its subject.
    let measured = cells.filter { $0.throughput > 0 && $0.takeovers.isEmpty }
    guard let best = measured.max(by: { $0.throughput < $1.throughput }),
      let worst = measured.min(by: { $0.throughput < $1.throughput })
    else { return nil }
    if best.id == worst.id {
      return measured.count == 1 ? "\(Figures.rate(best.throughput)) operations/s" : nil
    }
    let ratio = best.throughput / worst.throughput
    return "\(best.label) did \(Figures.rate(best.throughput))/s, "
      + "\(Figures.ratio(ratio)) times \(worst.label)"
  }

  /// The highest rates that were found, or that none held.
  private static func highestRates(_ cells: [CellResult]) -> String? {
    let searched = cells.compactMap { cell in
      cell.openLoop?.search.map { (label: cell.label, search: $0) }
    }
    guard let goal = searched.first?.search.goal else { return nil }
    let parts = searched.map { cell in
      let found = cell.search.highest.map { "\(Figures.rate($0))/s" } ?? "none"
      return searched.count == 1 ? found : "\(found) (\(cell.label))"
    }
    return "highest rate with \(goal.percentile) <= \(Figures.span(goal.bound.rawValue)): "
      + parts.joined(separator: ", ")
  }

  private static func overload(_ cells: [CellResult]) -> String? {
    let all = cells.compactMap { cell in cell.openLoop.map { (cell: cell, loop: $0) } }
    let overloaded = all.filter(\.loop.isOverloaded)
    guard let worst = overloaded.max(by: { $0.loop.late < $1.loop.late }) else { return nil }
    let place = cells.count == 1 ? "" : " (\(worst.cell.label))"
    return "overloaded\(place): asked for \(Figures.rate(worst.loop.target))/s, it did "
      + "\(Figures.rate(worst.loop.achieved))/s and its backlog took "
      + "\(Figures.span(worst.loop.late.rawValue)) after the end"
  }

  private static func waits(_ cells: [CellResult]) -> String? {
    let cells = cells.filter { $0.openLoop?.isOverloaded != true }
    guard let name = MainOperation.name(in: cells) else { return nil }
    let waits = cells.compactMap { cell in cell.operations[name]?.response.max.map { (cell, $0) } }
    guard let worst = waits.max(by: { $0.1 < $1.1 }), let best = waits.min(by: { $0.1 < $1.1 })
    else { return nil }
    if best.0.id == worst.0.id { return "the longest \(name) took \(Figures.span(worst.1))" }
    return "the longest \(name) took \(Figures.span(best.1)) (\(best.0.label)) to "
      + "\(Figures.span(worst.1)) (\(worst.0.label))"
  }

  private static func busy(_ cells: [CellResult]) -> String? {
    let total = cells.map(\.busyCount).reduce(0, +)
    guard total > 0 else { return nil }
    let places = places(cells.filter { $0.busyCount > 0 }, of: cells)
    return "\(Figures.count(total)) SQLITE_BUSY in \(places)"
  }

  private static func places(_ cells: [CellResult], of all: [CellResult]) -> String {
    if cells.count == all.count { return all.count == 1 ? "the cell" : "all cells" }
    if cells.count <= 2 { return cells.map(\.label).joined(separator: " and ") }
    return "\(cells.count) of \(all.count) cells"
  }
}
