import AssayModel

/// `invariants` of the scenario's own SQL: every query gave the value that it must give, whenever
/// a reader asked during the run, and in a fresh process afterwards.
struct InvariantCheck: EventChecker {
  private let context: CellContext
  private let invariants: [SQLLoad.Invariant]
  private var seen = Witnesses()
  private var evaluations = 0
  private var acknowledged = 0

  init(context: CellContext) {
    self.context = context
    invariants = context.cell.load.sql?.invariants ?? []
  }

  mutating func see(_ row: ContentRow) {}

  mutating func see(_ event: Event) {
    guard event.outcome == .ok else { return }
    if event.operation.kind.isWrite { acknowledged += 1 }
    guard event.operation.kind == .sqlInvariant, let found = FoundValue(event.operation) else {
      return
    }
    evaluations += 1
    guard found.status != .holds else { return }
    let (context, name) = (context, name(event.operation.subject))
    seen.add(
      "\(name) gave \(found.text) to \(event.actor), invoked \(context.text(event.invoked))")
  }

  /// The query with what it must give, as people know it from the scenario.
  private func name(_ number: UInt64) -> String {
    guard number < UInt64(invariants.count) else { return "invariant \(number + 1)" }
    let invariant = invariants[Int(number)]
    return "'\(Words.line(invariant.query))' must give '\(invariant.equals)', but"
  }

  mutating func finish(content: ContentState) -> CheckResult {
    let observation = context.record.observation
    var evidence = Words.count(invariants.count, "invariant")
    evidence += ", \(Words.count(evaluations, "evaluation")) by readers"
    if !observation.invariants.isEmpty { evidence += ", once each after the run" }
    evidence += ", \(Words.count(acknowledged, "acknowledged transaction"))"
    var final = Witnesses()
    for (number, invariant) in observation.invariants.enumerated() where !invariant.holds {
      final.add("\(name(UInt64(number))) gave \(Self.text(invariant.answer)) after the run")
    }
    let lines = seen.summary + final.summary
    if !lines.isEmpty { return .violated(.invariants, evidence: evidence, witness: lines) }
    guard !invariants.isEmpty else {
      return .unknown(.invariants, evidence: evidence, reason: "the scenario states no invariant")
    }
    if let reason = content.reason {
      return .unknown(.invariants, evidence: evidence, reason: reason)
    }
    guard observation.invariants.count == invariants.count else {
      return .unknown(
        .invariants, evidence: evidence, reason: "they were not evaluated after the run")
    }
    if acknowledged == 0 {
      return .unknown(
        .invariants, evidence: evidence, reason: "no transaction was acknowledged",
        sawNothing: true)
    }
    return .valid(.invariants, evidence: evidence)
  }

  private static func text(_ answer: InvariantObservation.Answer) -> String {
    switch answer {
    case .found("NULL"): "NULL"
    case .found(let text): "'\(text)'"
    case .noRow: "no row"
    case .failed(let message): "an error (\(message))"
    }
  }
}
