import AssayModel
import Reports

/// What executing a program of workload `sql` again showed, and its invariants.
struct ModelReport: Hashable, Codable, Sendable {
  /// Operations that were executed again.
  var operations = 0
  /// How the program's contents differ from the model's; empty when they don't.
  var differs: [String] = []
  /// Why it cannot be told.
  var unclear: String?
  /// The invariants on the program's contents.
  var invariants = StateInvariants()

  init(_ outcome: Reexecution.Outcome, _ invariants: StateInvariants) {
    self.invariants = invariants
    switch outcome {
    case .same(let operations): self.operations = operations
    case .differs(let witness): differs = witness
    case .unclear(let reason): unclear = reason
    }
  }
}

/// Adds up the models of an exploration.
struct ModelFold {
  private var programs = 0
  private var operations = 0
  private var contents = 0
  private var differs: [String] = []
  private var differing = 0
  private var unclear: String?
  private var broken: [String] = []
  private var unfinished: String?
  private var breaking = 0

  /// Adds the next program's.
  mutating func add(_ report: ModelReport, program: Int) {
    programs += 1
    operations += report.operations
    contents += report.invariants.contents
    if !report.differs.isEmpty {
      differing += 1
      if differs.isEmpty { differs = ["program \(program): \(report.differs[0])"] }
      if differing == 1 { differs += report.differs.dropFirst() }
    }
    if let reason = report.unclear, unclear == nil { unclear = "program \(program): \(reason)" }
    if let reason = report.invariants.unfinished, unfinished == nil { unfinished = reason }
    if let text = report.invariants.broken {
      breaking += 1
      if broken.isEmpty { broken = ["program \(program), \(text)"] }
    }
  }

  /// What the images say of consistency, unless the model says worse.
  func consistency(_ images: CheckResult) -> CheckResult {
    guard programs > 0 else { return images }
    let evidence = "\(operations) operations of \(programs) programs executed again"
    guard differs.isEmpty else {
      return .violated(
        .consistency,
        evidence: "\(differing) of \(programs) programs differ from their re-execution",
        witness: differs)
    }
    guard images.status == .valid else { return images }
    var result = images
    result.evidence += "; \(evidence)"
    if let unclear { return .unknown(.consistency, evidence: result.evidence, reason: unclear) }
    guard operations > 0 else {
      return .unknown(
        .consistency, evidence: result.evidence, reason: "no transaction was acknowledged",
        sawNothing: true)
    }
    return result
  }

  /// - Parameters:
  ///   - strange: images whose content is no state of their program.
  ///   - violated: how many of them break an invariant, and some of them.
  func invariants(
    of load: SQLLoad, strange: UInt64, violated: UInt64, _ found: [String]
  ) -> CheckResult {
    guard !load.invariants.isEmpty else {
      return .unknown(.invariants, reason: "the scenario states no invariant")
    }
    let stated = Figures.count(load.invariants.count, "invariant")
    let seen = "\(Figures.count(contents, "content")) of \(Figures.count(programs, "program"))"
    let evidence = "\(stated) on \(seen) and on \(Figures.count(strange, "image")) of none"
    guard breaking == 0, violated == 0 else {
      return .violated(
        .invariants,
        evidence: "\(evidence): \(breaking) programs and \(violated) images break one",
        witness: broken + found)
    }
    if let unfinished {
      return .unknown(.invariants, evidence: evidence, reason: unfinished)
    }
    guard operations > 0 || contents > programs else {
      return .unknown(
        .invariants, evidence: evidence, reason: "no program had a write transaction",
        sawNothing: true)
    }
    return .valid(.invariants, evidence: evidence)
  }
}
