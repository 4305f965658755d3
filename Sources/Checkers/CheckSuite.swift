public import AssayModel

/// Runs the checks of one cell over one repetition, all of them in one pass.
///
/// Memory: O(keys) for `kv` and `ledger` (plus a bit per transfer), O(events) for `locks`.
public struct CheckSuite {
  /// The results of the suite.
  public struct Findings: Equatable, Sendable {
    /// One result per requested check that judges a history, in the order of `CheckName`.
    public var results: [CheckResult]
    /// Locks that changed owner without a release, by lock and token.
    public var takeovers: [Takeover]
  }

  private let context: CellContext
  private let initialNonce: @Sendable (UInt64) -> UInt64

  /// Creates the checks that a cell requests.
  ///
  /// - Parameter initialNonce: nonce of a key of workload `kv` before the run; 0 for absence.
  public init(
    record: CellRecord,
    initialNonce: @escaping @Sendable (UInt64) -> UInt64 = { InitialContent.nonce(ofKey: $0) }
  ) {
    context = CellContext(record: record)
    self.initialNonce = initialNonce
  }

  /// The checks that this module answers from a history; the others are judged from figures.
  public static let checks: [CheckName] = [
    .integrity, .durability, .atomicity, .isolation, .mutualExclusion, .recoveryTime, .busy,
    .invariants,
  ]

  /// Reads the content and then the history, each once.
  ///
  /// - Parameter content: `nil` if it could not be read; checks that need it return unknown.
  /// - Throws: errors of the streams, or `CheckError` if the content is incomplete.
  /// - Complexity: O(rows + events), and O(n log n) in the events of each lock.
  public func run<Events: EventStream, Content: ContentStream>(
    events: inout Events, content: inout Content?
  ) throws -> Findings {
    var checkers = makeCheckers()
    var locks = context.cell.load.workload == .locks ? LockChecker(context: context) : nil
    var kills = KillCoverage(context: context)
    let state = try read(&content) { row in
      for index in checkers.indices { checkers[index].see(row) }
      locks?.see(row)
    }
    while let event = try events.next() {
      guard event.operation.kind.isOfLoad else {
        for index in checkers.indices where checkers[index].seesConnections {
          checkers[index].see(event)
        }
        continue
      }
      let judged = context.asJudged(event)
      for index in checkers.indices { checkers[index].see(judged) }
      locks?.see(event)
      kills.see(event)
    }
    var results = checkers.indices.map {
      kills.qualify(state.judge(checkers[$0].finish(content: state)))
    }
    if isAsked(.integrity) {
      results.append(kills.qualify(IntegrityCheck.result(context.record.observation)))
    }
    let finder = locks?.takeovers()
    if isAsked(.mutualExclusion), let result = locks?.finish(content: state) {
      results.append(kills.qualify(result))
    }
    if isAsked(.recoveryTime), let finder { results.append(finder.result) }
    return Findings(results: complete(results), takeovers: finder?.takeovers ?? [])
  }

  private func isAsked(_ check: CheckName) -> Bool {
    context.cell.furtherChecks.contains(check)
      || context.cell.expectations.contains { $0.check == check }
  }

  private func makeCheckers() -> [any EventChecker] {
    var checkers: [any EventChecker] = []
    if isAsked(.durability) {
      switch context.cell.load.workload {
      case .kv:
        checkers.append(KeyValueDurability(context: context, initialNonce: initialNonce))
      case .ledger: checkers.append(TransferDurability(context: context))
      case .locks: checkers.append(ProtectedWriteDurability(context: context))
      case .mixed: checkers.append(MixedDurability(context: context))
      default: break
      }
    }
    if isAsked(.atomicity) {
      switch context.cell.load.workload {
      case .ledger: checkers.append(LedgerAtomicity(context: context))
      case .mixed: checkers.append(MixedAtomicity(context: context))
      default: break
      }
    }
    if isAsked(.isolation), context.cell.load.workload == .mixed {
      checkers.append(MixedIsolation(context: context))
    }
    if isAsked(.invariants), context.cell.load.workload == .sql {
      checkers.append(InvariantCheck(context: context))
    }
    if isAsked(.busy) { checkers.append(BusyCheck(context: context)) }
    return checkers
  }

  private func read<Content: ContentStream>(
    _ content: inout Content?, _ see: (ContentRow) -> Void
  ) throws -> ContentState {
    let observation = context.record.observation
    guard var stream = content else {
      let reason = observation.failure ?? observation.unfinished ?? "none was made"
      return observation.isDamaged ? .damaged(reason) : .missing(reason)
    }
    var rows = 0
    while let row = try stream.next() {
      rows += 1
      see(row)
    }
    content = stream
    guard rows == observation.contentRows else {
      throw CheckError(
        code: .contentIncomplete, found: Words.count(rows, "row"),
        expected: Words.count(observation.contentRows, "row"))
    }
    return .read
  }

  /// Adds a result for each requested check that does not fit the workload.
  private func complete(_ results: [CheckResult]) -> [CheckResult] {
    Self.checks.compactMap { check in
      if let result = results.first(where: { $0.check == check }) { return result }
      guard isAsked(check) else { return nil }
      return .unknown(check, reason: missing(check))
    }
  }

  private func missing(_ check: CheckName) -> String {
    let workload = context.cell.load.workload
    if workload == .sql, check == .durability || check == .atomicity {
      return "only the scenario knows what its rows mean: state invariants, "
        + "or run it in the simulated world, which compares with the transactions run one by one"
    }
    return "the workload \(workload.rawValue) cannot show it"
  }
}
