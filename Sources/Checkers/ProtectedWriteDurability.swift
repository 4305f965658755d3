import AssayModel

/// `durability` of the locks workload: the row of each acknowledged protected write is present,
/// identified by its nonce; a refused write left none.
///
/// Keeps one word per row.
struct ProtectedWriteDurability: EventChecker {
  private let context: CellContext
  private var nonces: Set<UInt64> = []
  private var rowCount = 0
  private var folds = AttemptFolds()
  private var witnesses = Witnesses()
  /// The same without nonces.
  private var stories = Witnesses()
  private var (acknowledged, unknown) = (0, 0)

  init(context: CellContext) {
    self.context = context
  }

  mutating func see(_ row: ContentRow) {
    guard row.kind == .protectedWrite else { return }
    rowCount += 1
    if !nonces.insert(row.extra).inserted {
      witnesses.add("the protected write of nonce \(row.extra) has two rows")
      stories.add("a protected write has two rows")
    }
  }

  mutating func see(_ event: Event) {
    guard event.operation.kind == .protectedWrite else { return }
    guard let ended = folds.add(event, identifier: event.operation.extra) else { return }
    judge(ended)
  }

  mutating func finish(content: ContentState) -> CheckResult {
    for fold in folds.remaining { judge(fold) }
    var evidence = Words.count(acknowledged, "acknowledged protected write")
    if unknown > 0 { evidence += ", \(Words.grouped(unknown)) of unknown outcome" }
    evidence += ", \(Words.count(rowCount, "row"))"
    if let reason = content.reason {
      return .unknown(.durability, evidence: evidence, reason: reason)
    }
    for nonce in nonces.sorted() {
      witnesses.add("nonce \(nonce) has a row, but no actor wrote it")
      stories.add("there is a row that no actor wrote")
    }
    if !witnesses.isEmpty {
      var result = CheckResult.violated(
        .durability, evidence: evidence, witness: witnesses.summary)
      result.story = stories.summary
      return result
    }
    if acknowledged == 0 {
      return .unknown(
        .durability, evidence: evidence, reason: "no protected write was acknowledged",
        sawNothing: true)
    }
    return .valid(.durability, evidence: evidence)
  }

  private mutating func judge(_ fold: AttemptFold) {
    let hasRow = nonces.remove(fold.identifier) != nil
    let context = context
    switch fold.outcome {
    case .ok:
      acknowledged += 1
      guard !hasRow else { return }
      witnesses.add(
        "the write of nonce \(fold.identifier) by \(fold.actor), acknowledged, "
          + "invoked \(context.text(fold.invoked)), has no row")
      stories.add(
        "a write by \(fold.actor), invoked \(context.text(fold.invoked)), was acknowledged but "
          + "has no row")
    case .unknown:
      unknown += 1
    case .failed:
      guard hasRow else { return }
      witnesses.add(
        "the write of nonce \(fold.identifier) by \(fold.actor), reported as failed, has a row")
      stories.add("a write by \(fold.actor) was reported as failed but has a row")
    }
  }
}
