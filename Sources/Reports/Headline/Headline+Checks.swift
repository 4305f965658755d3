import AssayModel

extension Headline {
  /// Check results over the cells: a clause for each violated check, and one for all that held.
  struct Checks {
    let cells: [CellResult]
    /// The checks named by `show:`; empty for all.
    let shown: [CheckName]

    private struct Found {
      var check: CheckName
      var claim: (held: [String], broken: String)
      var broken: [CellResult]
      var held: [CellResult]
    }

    /// Checks that are mentioned only if no other check held.
    private static let weak: Set<CheckName> = [.integrity, .progress, .errors]

    /// True if only weak checks held, so that the figures can come first.
    var isWeak: Bool {
      let held = CheckName.headlineOrder.compactMap(found).filter { !$0.held.isEmpty }
      return held.allSatisfy { Self.weak.contains($0.check) }
    }

    /// The clauses, violations first.
    var clauses: [String] {
      let all = CheckName.headlineOrder.compactMap(found)
      let broken = all.filter { !$0.broken.isEmpty }
      let held = all.filter { found in
        found.broken.isEmpty && !found.held.isEmpty
          && (shown.isEmpty || shown.contains(found.check))
      }
      return broken.map(brokenClause) + heldClauses(held)
    }

    private func found(_ check: CheckName) -> Found? {
      guard let claim = check.claim else { return nil }
      func those(_ status: CheckResult.Status) -> [CellResult] {
        cells.filter { cell in
          cell.verdicts.contains { $0.check == check && $0.status == status }
        }
      }
      return Found(check: check, claim: claim, broken: those(.violated), held: those(.valid))
    }

    private func brokenClause(_ found: Found) -> String {
      let places = CellPlaces(all: cells)
      let place = places.phrase(found.broken)
      var text = place.isEmpty ? found.claim.broken : "\(found.claim.broken) \(place)"
      text += Headline.extent(of: found.broken, faults: "after", isBroken: true)
      let verdicts = found.broken.compactMap { cell in
        cell.verdicts.first { $0.check == found.check }
      }
      if verdicts.allSatisfy({ $0.met && $0.expected == "violated" }) {
        text += ", as expected"
      } else if verdicts.allSatisfy(\.met) {
        text += ", which the scenario allows"
      }
      if !found.held.isEmpty { text += "; elsewhere \(Prose.list(found.claim.held))" }
      return text
    }

    /// Returns one clause for all checks that held in the same cells.
    private func heldClauses(_ held: [Found]) -> [String] {
      var groups: [(cells: [CellResult], claims: [String])] = []
      for found in held {
        // A sound file goes without saying if its content was compared.
        if Self.weak.contains(found.check), shown.isEmpty,
          held.contains(where: { !Self.weak.contains($0.check) })
        {
          continue
        }
        let ids = found.held.map(\.id)
        if let index = groups.firstIndex(where: { $0.cells.map(\.id) == ids }) {
          groups[index].claims += found.claim.held
        } else {
          groups.append((found.held, found.claim.held))
        }
      }
      let places = CellPlaces(all: cells)
      return groups.map { group in
        let isEverywhere = group.cells.count == cells.count
        let place = isEverywhere ? "" : " " + places.phrase(group.cells)
        return Prose.list(group.claims) + place + Headline.extent(of: group.cells, faults: "over")
      }
    }
  }

  /// Returns the extent of the checks: ` over 12 kills`, ` in 10,030 distinct schedules`, or, for a
  /// violated check, ` in some of 10,030 distinct schedules`.
  ///
  /// - Parameter word: preposition before the number of faults.
  static func extent(
    of cells: [CellResult], faults word: String, isBroken: Bool = false
  ) -> String {
    let coverage = [
      ("distinct_images", "distinct crash image"), ("distinct_schedules", "distinct schedule"),
      ("faults", "injected fault"),
    ]
    for (name, noun) in coverage {
      let number = cells.compactMap { $0.explored[name] }.reduce(0, +)
      let some = isBroken && number > 1 ? "some of " : ""
      if number > 0 { return " in \(some)\(Figures.count(number, noun))" }
    }
    let hits = cells.flatMap(\.faults).filter { $0.missed == nil }
    let kinds = Set(hits.map(\.kind))
    guard !hits.isEmpty else { return "" }
    for kind in [FaultSpecification.Kind.kill, .pause] where kinds == [kind.rawValue] {
      return " \(word) \(Figures.count(hits.count, kind.rawValue))"
    }
    let kills = hits.count { $0.kind == FaultSpecification.Kind.kill.rawValue }
    if kills == 0 { return " \(word) \(Figures.count(hits.count, "fault"))" }
    let others = Figures.count(hits.count - kills, "other fault")
    return " \(word) \(Figures.count(kills, "kill")) and \(others)"
  }
}
