import AssayModel

extension Contradictions {
  /// Finds figures that no cell of the run can have.
  mutating func checkShow() {
    let elements = tree.entry("show")?.value.elements ?? []
    for (figure, element) in zip(draft.show ?? [], elements) {
      let misfit = misfit(of: figure)
      refuse(
        misfit != nil, "show", "'\(figure)'\(misfit?.found ?? "")", misfit?.allowed ?? "",
        at: element.place)
    }
  }

  private func misfit(of figure: ShownFigure) -> Misfit? {
    if case .check(let check) = figure {
      let isJudged =
        draft.furtherChecks.contains(check) || draft.expectations.contains { $0.check == check }
      return isJudged
        ? nil : Misfit(found: ", which is not judged", allowed: "a check under expect or check")
    }
    if draft.world == .simulated {
      return Misfit(
        found: " in the simulated world",
        allowed: "checks only, because nothing has a speed or size in virtual time")
    }
    let known = load.workload.operations.map(\.name)
    if let kind = figure.operation, !known.isEmpty, !known.contains(kind) {
      return Misfit(
        found: " for workload \(load.workload.rawValue)", allowed: known.joined(separator: ", "))
    }
    if case .size = figure, storage.isInMemory {
      return Misfit(
        found: " with storage.path ':memory:'", allowed: "sizes of a database in a file")
    }
    return nil
  }
}
