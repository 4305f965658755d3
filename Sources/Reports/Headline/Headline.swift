public import AssayModel

/// Summary of a run in a few sentences: first the answer, from its figures alone, then the number
/// of met expectations.
public enum Headline {
  /// Largest number of clauses in the answer if the scenario has no `show:`.
  private static let clauseLimit = 4
  /// Largest number of figures of `show:` that are compared; the table has all of them.
  private static let figureLimit = 3

  /// Returns the sentences, with their full stops.
  public static func text(_ result: RunResult) -> String {
    let sentences = answer(result) + outcome(result)
    return sentences.map(Prose.sentence).joined(separator: " ")
  }

  /// Returns the answer: the results of checks, and the figures that the scenario shows.
  private static func answer(_ result: RunResult) -> [String] {
    let cells = result.cells
    let chosen = result.show ?? []
    let shownChecks = chosen.compactMap(\.check)
    let found = Checks(cells: cells, shown: shownChecks)
    let checks = found.clauses
    let comparison = Comparison(cells: cells, main: MainOperation.name(in: cells))
    let figures = chosen.compactMap { figure in
      figure == .takeovers ? recovery(cells) : comparison.clause(figure)
    }
    let always = [highestRates(cells), overload(cells)].compactMap { $0 }
    if !chosen.isEmpty {
      // Figures are the scenario's question here; the checks that it leaves out are counted below.
      let isAboutFigures = !figures.isEmpty && shownChecks.isEmpty
      let compared = Array(figures.prefix(figureLimit))
      let told = isAboutFigures ? violated(in: cells, checks) : checks
      // The scenario's first entry is its main question.
      return chosen.first?.check == nil ? always + compared + told : told + always + compared
    }
    let violations = violated(in: cells, checks)
    let held = Array(checks.dropFirst(violations.count))
    let measured =
      [recovery(cells)].compactMap { $0 } + always + usualFigures(cells, comparison)
    let others = found.isWeak ? measured + held : held + measured
    return violations + others.prefix(max(1, clauseLimit - violations.count))
  }

  /// Returns the clauses on violated checks, which must never be left out.
  private static func violated(in cells: [CellResult], _ clauses: [String]) -> [String] {
    let broken = CheckName.headlineOrder.filter { check in
      cells.contains { cell in
        cell.verdicts.contains { $0.check == check && $0.status == .violated }
      }
    }
    return Array(clauses.prefix(broken.count))
  }

  /// Returns the speed of the main operation; empty for a run about recovery, whose speed between
  /// faults is not its subject.
  private static func usualFigures(
    _ cells: [CellResult], _ comparison: Comparison
  ) -> [String] {
    let isAboutFaults = cells.contains { cell in
      !cell.takeovers.isEmpty || cell.faults.contains { $0.missed == nil }
    }
    guard !isAboutFaults else { return [] }
    let busy = cells.contains { $0.busyCount > 0 } ? [ShownFigure.busy] : []
    return ([.throughput(nil), .latency(.p99, nil), .latency(.max, nil)] + busy)
      .compactMap(comparison.clause)
  }

  // MARK: Outcome

  /// Returns the number of met expectations, and lists those that were not met.
  private static func outcome(_ result: RunResult) -> [String] {
    let judged = result.cells.flatMap { cell in
      // A check that may be violated cannot fail: counting it as met would overstate the result.
      cell.verdicts.filter { ($0.expected ?? "may_violate") != "may_violate" }.map { (cell, $0) }
    }
    let unmet = judged.filter { !$0.1.met && $0.1.status != .unknown }
    let unknown = judged.filter { !$0.1.met && $0.1.status == .unknown }
    let incidents = result.cells.map(\.incidents.count).reduce(0, +)
    var sentences: [String] = []
    let isInterrupted = result.outcome == "interrupted"
    if isInterrupted { sentences.append(InterruptedRun.text(result)) }
    if incidents > 0 {
      sentences.append("\(Figures.count(incidents, "worker")) exited unexpectedly")
    }
    if let jumps = TimeJumpNotes.summary(result.cells) { sentences.append(jumps) }
    let places = CellPlaces(all: result.cells)
    if !unmet.isEmpty {
      sentences.append(
        "\(unmet.count) of \(judged.count) expectations not met: \(list(unmet, places))")
    }
    if !unknown.isEmpty {
      sentences.append(
        "\(unknown.count) of \(judged.count) expectations undecided: \(list(unknown, places))")
    }
    if unmet.isEmpty, unknown.isEmpty {
      switch judged.count {
      case 0 where isInterrupted: break
      case let count where isInterrupted: sentences.append(InterruptedRun.met(count))
      case 0: sentences.append("nothing was expected")
      case 1: sentences.append("the expectation is met")
      case 2: sentences.append("both expectations met")
      default: sentences.append("all \(judged.count) expectations met")
      }
    }
    return sentences
  }

  /// Returns the checks concerned, each with its cells.
  private static func list(
    _ misses: [(CellResult, Verdict)], _ places: CellPlaces
  ) -> String {
    var checks: [CheckName] = []
    for (_, verdict) in misses where !checks.contains(verdict.check) {
      checks.append(verdict.check)
    }
    var groups: [(place: String, checks: [String])] = []
    for check in checks {
      let place = places.phrase(misses.filter { $0.1.check == check }.map(\.0))
      if let index = groups.firstIndex(where: { $0.place == place }) {
        groups[index].checks.append(check.rawValue)
      } else {
        groups.append((place, [check.rawValue]))
      }
    }
    return groups.map { group in
      let names = Prose.list(group.checks)
      return group.place.isEmpty ? names : "\(names) \(group.place)"
    }.joined(separator: "; ")
  }

  // MARK: Recovery and rates

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
      let side = excess < 0 ? "before" : "after"
      text += " (at most \(Figures.span(excess.magnitude)) \(side) its lease had ended)"
    }
    if let longest = kills.max() { text += ", \(Figures.span(longest)) after the kill" }
    return text + " (\(Figures.count(all.count, "takeover")))"
  }

  /// Returns the highest rates that met the goal, or that none did.
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
}

extension ShownFigure {
  /// The check that the figure names, if any.
  fileprivate var check: CheckName? {
    if case .check(let check) = self { check } else { nil }
  }
}
