import AssayModel

/// `invariants` of the scenario's own SQL: every query returned its required value, in each
/// evaluation by a reader during the run, and in a fresh process afterwards.
struct InvariantCheck: EventChecker {
  private let context: CellContext
  private let invariants: [SQLLoad.Invariant]
  private var seen = Witnesses()
  private var evaluations = 0
  /// By invariant: evaluations by readers that gave a value.
  private var answered: [UInt64: Int] = [:]
  /// By invariant: evaluations by readers that were interrupted.
  private var interrupted: [UInt64: Int] = [:]
  private var acknowledged = 0

  init(context: CellContext) {
    self.context = context
    invariants = context.cell.load.sql?.invariants ?? []
  }

  mutating func see(_ row: ContentRow) {}

  /// SQLITE_INTERRUPT.
  private static let interrupt: Int32 = 9

  mutating func see(_ event: Event) {
    if event.operation.kind == .sqlInvariant, event.code == Self.interrupt {
      interrupted[event.operation.subject, default: 0] += 1
    }
    guard event.outcome == .ok else { return }
    if event.operation.kind.isWrite { acknowledged += 1 }
    guard event.operation.kind == .sqlInvariant, let found = FoundValue(event.operation) else {
      return
    }
    evaluations += 1
    answered[event.operation.subject, default: 0] += 1
    guard found.status != .holds else { return }
    let (context, name) = (context, name(event.operation.subject))
    seen.add(
      "\(name) gave \(found.text) to \(event.actor), invoked \(context.text(event.invoked))")
  }

  /// Returns the query with its required value, as written in the scenario.
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
    for (number, invariant) in observation.invariants.enumerated()
    where !invariant.holds && invariant.unknownReason == nil {
      final.add("\(name(UInt64(number))) gave \(Self.text(invariant.answer)) after the run")
    }
    let lines = seen.summary + final.summary
    if !lines.isEmpty { return .violated(.invariants, evidence: evidence, witness: lines) }
    guard !invariants.isEmpty else {
      return .unknown(.invariants, evidence: evidence, reason: "the scenario states no invariant")
    }
    if let reason = content.reason ?? unfinished(observation) {
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

  /// Returns the reason why an invariant was never fully evaluated; `nil` if each was.
  private func unfinished(_ observation: Observation) -> String? {
    if let reason = observation.invariants.lazy.compactMap(\.unknownReason).first {
      return "\(reason) after the run\(remedy)"
    }
    for number in invariants.indices.map({ UInt64($0) }) where answered[number] == nil {
      guard let count = interrupted[number] else { continue }
      let query = Words.line(invariants[Int(number)].query)
      return "the invariant '\(query)' was interrupted in all "
        + "\(Words.count(count, "evaluation")) by readers\(remedy)"
    }
    return nil
  }

  /// In the simulated world the limit is no setting.
  private var remedy: String {
    context.cell.explore == nil ? "; load.invariant_timeout and storage.query_timeout limit it" : ""
  }

  private static func text(_ answer: InvariantObservation.Answer) -> String {
    switch answer {
    case .found("NULL"): "NULL"
    case .found(let text): "'\(text)'"
    case .noRow: "no row"
    case .failed(let message): "an error (\(message))"
    case .unfinished(let limit): "nothing within \(limit)"
    }
  }
}
