import AssayModel

/// `durability` of the ledger: the row of each acknowledged transfer is present, and no other is.
///
/// A transfer of unknown outcome may have a row or none. A row of a transfer that was reported as
/// failed, or that no actor requested, is a violation too.
struct TransferDurability: EventChecker {
  private let context: CellContext
  private var rows = TransferBitmap()
  private var rowCount = 0
  private var folds = AttemptFolds()
  private var witnesses = Witnesses()
  private var (acknowledged, unknown) = (0, 0)

  init(context: CellContext) {
    self.context = context
  }

  mutating func see(_ row: ContentRow) {
    guard row.kind == .transfer else { return }
    rowCount += 1
    if !rows.insert(row.subject) {
      witnesses.add(
        "transfer \(TransferID(rawValue: row.subject)) has two rows, "
          + "or no actor can have asked for it"
      )
    }
  }

  mutating func see(_ event: Event) {
    guard event.operation.kind == .transfer else { return }
    guard let ended = folds.add(event, identifier: event.operation.subject) else { return }
    judge(ended)
  }

  mutating func finish(content: ContentState) -> CheckResult {
    for fold in folds.remaining { judge(fold) }
    var evidence = Words.count(acknowledged, "acknowledged transfer")
    if unknown > 0 { evidence += ", \(Words.grouped(unknown)) of unknown outcome" }
    evidence += ", \(Words.count(rowCount, "row"))"
    if let reason = content.reason {
      return .unknown(.durability, evidence: evidence, reason: reason)
    }
    for identifier in rows.first(Witnesses.limit) {
      let name = TransferID(rawValue: identifier)
      witnesses.add("transfer \(name) has a row, but no actor asked for it")
    }
    witnesses.add(unnamed: max(0, rows.count - Witnesses.limit))
    if !witnesses.isEmpty {
      return .violated(.durability, evidence: evidence, witness: witnesses.summary)
    }
    if acknowledged == 0 {
      return .unknown(
        .durability, evidence: evidence, reason: "no transfer was acknowledged", sawNothing: true)
    }
    return .valid(.durability, evidence: evidence)
  }

  private mutating func judge(_ fold: AttemptFold) {
    let hasRow = rows.remove(fold.identifier)
    let context = context
    switch fold.outcome {
    case .ok:
      acknowledged += 1
      guard !hasRow else { return }
      witnesses.add(
        "transfer \(TransferID(rawValue: fold.identifier)), acknowledged, "
          + "invoked \(context.text(fold.invoked)), has no row")
    case .unknown:
      unknown += 1
    case .failed:
      guard hasRow else { return }
      witnesses.add(
        "transfer \(TransferID(rawValue: fold.identifier)), reported as failed, has a row")
    }
  }
}
