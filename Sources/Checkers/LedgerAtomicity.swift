import AssayModel

/// `atomicity` of the ledger: money is neither made nor lost, and every balance is its account's
/// initial balance plus its transfers' rows.
///
/// Audits must have read the invariant sum too: a reader must never see half a transfer.
struct LedgerAtomicity: EventChecker {
  /// Largest number of transfers kept as suspects of a wrong balance.
  private static let suspectLimit = 1_000

  private struct Account {
    var balance: Int64 = 0
    var hasRow = false
    var transferred: Int64 = 0
    /// Excess of the balance over the sum of its transfers; valid once the content is complete.
    var surplus: Int64 { balance &- InitialContent.balance &- transferred }
  }

  private struct Suspect {
    var transfer: TransferID
    var from: Int
    var to: Int
    var amount: Int64
    var outcome: Event.Outcome
  }

  private let context: CellContext
  private var accounts: [Account]
  private var content = Witnesses()
  private var audits = Witnesses()
  private var suspects: [Suspect] = []
  private var (acknowledged, rows, auditCount) = (0, 0, 0)

  init(context: CellContext) {
    self.context = context
    accounts = Array(repeating: Account(), count: context.cell.load.keyCount)
  }

  private var invariant: Int64 { Int64(accounts.count) &* InitialContent.balance }

  mutating func see(_ row: ContentRow) {
    let count = accounts.count
    switch row.kind {
    case .account:
      guard row.subject < UInt64(count) else {
        content.add("account \(row.subject) has a row, though the cell has \(count) accounts")
        return
      }
      let number = Int(row.subject)
      if accounts[number].hasRow { content.add("account \(number) has two rows") }
      accounts[number].hasRow = true
      accounts[number].balance = Int64(bitPattern: row.value)
    case .transfer:
      rows += 1
      let (from, to) = Self.accounts(row.value)
      guard from < count, to < count else {
        content.add(
          "transfer \(TransferID(rawValue: row.subject)) names an account beyond the \(count)")
        return
      }
      let amount = Int64(bitPattern: row.extra)
      accounts[from].transferred &-= amount
      accounts[to].transferred &+= amount
    default: break
    }
  }

  mutating func see(_ event: Event) {
    switch event.operation.kind {
    case .audit where event.outcome == .ok:
      auditCount += 1
      let sum = Int64(bitPattern: event.operation.value)
      let (invariant, context) = (invariant, context)
      guard sum != invariant else { return }
      audits.add(
        "the audit of \(event.actor), invoked \(context.text(event.invoked)), read the sum "
          + "\(Words.grouped(sum)) instead of \(Words.grouped(invariant))")
    case .transfer:
      if event.outcome == .ok { acknowledged += 1 }
      suspect(event)
    default: break
    }
  }

  mutating func finish(content state: ContentState) -> CheckResult {
    let evidence =
      "\(Words.count(acknowledged, "acknowledged transfer")), \(Words.count(rows, "row")), "
      + "\(Words.count(accounts.count, "account")), \(Words.count(auditCount, "audit"))"
    var lines = audits.summary
    if state.reason == nil { lines += judgeBalances() }
    if !lines.isEmpty { return .violated(.atomicity, evidence: evidence, witness: lines) }
    if let reason = state.reason {
      return .unknown(.atomicity, evidence: evidence, reason: reason)
    }
    if acknowledged == 0 {
      return .unknown(
        .atomicity, evidence: evidence, reason: "no transfer was acknowledged", sawNothing: true)
    }
    return .valid(.atomicity, evidence: evidence)
  }

  /// Records a transfer whose half would explain a wrong balance; the content has been read before.
  private mutating func suspect(_ event: Event) {
    let (from, to) = Self.accounts(event.operation.value)
    guard from < accounts.count, to < accounts.count, suspects.count < Self.suspectLimit else {
      return
    }
    let amount = Int64(bitPattern: event.operation.extra)
    let (debit, credit) = (accounts[from].surplus.magnitude, accounts[to].surplus.magnitude)
    guard amount != 0, debit == amount.magnitude || credit == amount.magnitude else { return }
    let transfer = TransferID(rawValue: event.operation.subject)
    suspects.append(
      Suspect(transfer: transfer, from: from, to: to, amount: amount, outcome: event.outcome))
  }

  private func judgeBalances() -> [String] {
    var lines = content.summary
    let sum = accounts.reduce(Int64(0)) { $0 &+ $1.balance }
    if sum != invariant {
      lines.append(
        "the balances add up to \(Words.grouped(sum)) instead of \(Words.grouped(invariant))")
    }
    var wrong = Witnesses()
    for (number, account) in accounts.enumerated() where account.surplus != 0 {
      wrong.add(
        account.hasRow
          ? "account \(number) holds \(Words.grouped(account.balance)), its transfers leave "
            + Words.grouped(account.balance &- account.surplus)
          : "account \(number) has no row")
    }
    for (number, account) in accounts.enumerated() where account.surplus == 0 && !account.hasRow {
      wrong.add("account \(number) has no row")
    }
    if wrong.isEmpty { return lines }
    return lines + wrong.summary + halves()
  }

  /// Returns the transfers of which one half would explain a balance, the least certain outcomes
  /// first.
  private func halves() -> [String] {
    let order: [Event.Outcome] = [.unknown, .ok, .failed]
    var witnesses = Witnesses()
    for outcome in order {
      for suspect in suspects where suspect.outcome == outcome {
        let account = accounts[suspect.to].surplus != 0 ? suspect.to : suspect.from
        witnesses.add(
          "half-applied, perhaps: transfer \(suspect.transfer) of \(suspect.amount) from "
            + "\(suspect.from) to \(suspect.to) (\(outcome)); account \(account) is off by "
            + Words.grouped(accounts[account].surplus))
      }
    }
    return witnesses.summary
  }

  private static func accounts(_ word: UInt64) -> (from: Int, to: Int) {
    (Int(word >> 32), Int(word & 0xffff_ffff))
  }
}
