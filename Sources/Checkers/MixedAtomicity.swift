import AssayModel

/// `atomicity` of workload `mixed`: the counter is the sum of the counts, finally and in every
/// snapshot that a reader saw; and of the writes of one transaction all are present or none.
///
/// An owner's nonces grow. So if one row has the nonce of a transaction, every other row that it
/// wrote has the same or a larger one, and its row in the log is present too. Memory: 8 bytes per
/// row.
struct MixedAtomicity: EventChecker {
  private let context: CellContext
  private let layout: MixedLayout
  private var rows: [UInt64]
  private var counter: UInt64 = 0
  private var sum: UInt64 = 0
  private var log = TransferBitmap()
  private var torn = Witnesses()
  private var halves = Witnesses()
  private var (acknowledged, reads) = (0, 0)

  init(context: CellContext) {
    self.context = context
    layout = MixedLayout(context.cell.load)
    rows = Array(repeating: 0, count: layout.rows)
  }

  mutating func see(_ row: ContentRow) {
    switch row.kind {
    case .ownRow:
      guard let place = layout.place(row.subject) else { return }
      rows[place] = row.value
    case .ownCount: sum &+= row.value
    case .sharedCounter: counter &+= row.value
    // A row that cannot be inserted is a matter for the durability check.
    case .logRow: _ = log.insert(row.subject)
    default: break
    }
  }

  mutating func see(_ event: Event) {
    let operation = event.operation
    switch operation.kind {
    case .increment:
      if event.outcome == .ok { acknowledged += 1 }
    case .several:
      if event.outcome == .ok { acknowledged += 1 }
      // The attempts of a transaction carry the same words: one of them is looked at.
      guard event.isFinal || event.completed == nil else { return }
      judge(event, MixedGroupWords(operation))
    case .readMixed where event.outcome == .ok:
      reads += 1
      let context = context
      guard operation.extra != operation.detail else { return }
      torn.add(
        "\(event.actor), invoked \(context.text(event.invoked)), read the counter "
          + "\(Words.grouped(operation.extra)) and counts that add up to "
          + Words.grouped(operation.detail))
    default: break
    }
  }

  private mutating func judge(_ event: Event, _ group: MixedGroupWords) {
    guard let owner = layout.owner(event.actor) else { return }
    let hasLogRow = group.hasLogRow && log.contains(group.nonce)
    var isThere = hasLogRow
    var missing = group.hasLogRow && !hasLogRow ? "its row of the log" : nil
    for index in 0..<group.count {
      guard let place = layout.place(owner: owner, slot: group.slot(index)) else { continue }
      if rows[place] == group.nonce { isThere = true }
      if rows[place] < group.nonce { missing = "its write into row \(layout.name(place))" }
    }
    guard isThere, let missing else { return }
    halves.add(
      "a part of \(TransferID(rawValue: group.nonce)) (\(event.outcome)) is there, but not "
        + missing)
  }

  mutating func finish(content state: ContentState) -> CheckResult {
    let evidence =
      "\(Words.count(acknowledged, "acknowledged transaction")) of several writes, "
      + "\(Words.count(layout.owners, "count")), \(Words.count(reads, "snapshot")) read"
    var lines = torn.summary
    if state.reason == nil {
      if counter != sum {
        lines.append(
          "the shared counter is \(Words.grouped(counter)), the counts add up to "
            + Words.grouped(sum))
      }
      lines += halves.summary
    }
    if !lines.isEmpty { return .violated(.atomicity, evidence: evidence, witness: lines) }
    if let reason = state.reason {
      return .unknown(.atomicity, evidence: evidence, reason: reason)
    }
    if acknowledged == 0 {
      return .unknown(
        .atomicity, evidence: evidence, reason: "no transaction was acknowledged",
        sawNothing: true)
    }
    return .valid(.atomicity, evidence: evidence)
  }
}
