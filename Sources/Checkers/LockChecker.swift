import AssayModel

/// `mutual_exclusion`: safety of the leases, as far as a history can show it.
///
/// - S1: tokens grow: an acquisition that was invoked after another one of the same lock had
///   returned has a higher token; no token is issued twice.
/// - S2: no accepted write carries a token below that of an earlier one in commit order, or was
///   invoked after the acquisition of a higher token had returned.
/// - S3: the spans in which owners certainly hold a lock never overlap.
/// - S4: the counter that the writes protect ends at their number: no increment was overwritten.
/// - S5: no renewal with a token was accepted after the acquisition of a higher one had returned.
struct LockChecker: EventChecker {
  /// State of the rows of one lock's protected writes, as read so far.
  private struct Rows {
    var count: UInt64 = 0
    var lastPosition: UInt64 = 0
    var highestToken: UInt32 = 0
    var highestNonce: UInt64 = 0
    var counter: UInt64?
  }

  private let context: CellContext
  private var history: LockHistory
  private var rows: [Rows]
  private var isSorted = false
  private var isOutOfOrder = false
  private var witnesses = Witnesses()

  init(context: CellContext) {
    self.context = context
    history = LockHistory(lockCount: context.cell.load.keyCount)
    rows = Array(repeating: Rows(), count: context.cell.load.keyCount)
  }

  mutating func see(_ row: ContentRow) {
    switch row.kind {
    case .protectedWrite:
      seeWrite(row)
    case .counter where row.subject < UInt64(rows.count):
      rows[Int(row.subject)].counter = row.value
    default: break
    }
  }

  mutating func see(_ event: Event) {
    history.see(event, context: context)
  }

  mutating func finish(content: ContentState) -> CheckResult {
    sortOnce()
    for (number, lock) in history.locks.enumerated() {
      LockSafety(number: number, lock: lock, context: context).judge(&witnesses)
    }
    if content.reason == nil { judgeCounters() }
    let tally = tally()
    if !witnesses.isEmpty {
      var result = CheckResult.violated(
        .mutualExclusion, evidence: tally.evidence, witness: witnesses.summary)
      result.story = LockStory(history: history, context: context).lines(of: witnesses.total)
      return result
    }
    if let reason = content.reason ?? doubt {
      return .unknown(.mutualExclusion, evidence: tally.evidence, reason: reason)
    }
    if tally.handovers == 0 {
      return .unknown(
        .mutualExclusion, evidence: tally.evidence,
        reason: "no lock was acquired by two different actors", sawNothing: true)
    }
    return .valid(.mutualExclusion, evidence: tally.evidence)
  }

  /// Returns the takeovers of locks without a release; see `TakeoverFinder`.
  mutating func takeovers() -> TakeoverFinder {
    sortOnce()
    var finder = TakeoverFinder(context: context)
    for (number, lock) in history.locks.enumerated() { finder.look(at: lock, number: number) }
    return finder
  }

  private var doubt: String? {
    if isOutOfOrder { return "the rows of protected writes came out of commit order" }
    guard history.strayEvents > 0 else { return nil }
    return "\(Words.count(history.strayEvents, "event")) of locks that the cell does not have"
  }

  private mutating func sortOnce() {
    if !isSorted { history.sort() }
    isSorted = true
  }

  private mutating func seeWrite(_ row: ContentRow) {
    let number = Int(row.value >> 32)
    let (token, nonce) = (UInt32(truncatingIfNeeded: row.value), row.extra)
    guard number < rows.count else {
      witnesses.add("the write of nonce \(nonce) names lock \(number), which the cell lacks")
      return
    }
    if rows[number].count > 0, row.subject <= rows[number].lastPosition { isOutOfOrder = true }
    rows[number].lastPosition = row.subject
    rows[number].count += 1
    let (highest, earlier) = (rows[number].highestToken, rows[number].highestNonce)
    // Half a token: the distance decides, and it is right even if the halves wrap.
    if rows[number].count > 1, Int32(bitPattern: token &- highest) < 0 {
      witnesses.add(
        "lock \(number): the write of nonce \(nonce) with token \(token) was accepted "
          + "after that of nonce \(earlier) with token \(highest)")
    } else {
      rows[number].highestToken = token
      rows[number].highestNonce = nonce
    }
  }

  private mutating func judgeCounters() {
    for (number, rows) in rows.enumerated() {
      guard let counter = rows.counter, counter != rows.count else { continue }
      witnesses.add(
        "lock \(number): its counter ends at \(Words.grouped(counter)) after "
          + "\(Words.count(rows.count, "accepted write")): an increment was overwritten")
    }
  }

  private func tally() -> (handovers: Int, evidence: String) {
    var actors: Set<UInt64> = []
    var (acquisitions, handovers, writes, locks) = (0, 0, 0, 0)
    for lock in history.locks {
      acquisitions += lock.acquisitions.count
      writes += lock.writes.count
      if !lock.acquisitions.isEmpty { locks += 1 }
      for (index, acquisition) in lock.acquisitions.enumerated() {
        actors.insert(acquisition.actor.packed)
        if index > 0, lock.acquisitions[index - 1].actor != acquisition.actor { handovers += 1 }
      }
    }
    let evidence =
      "\(Words.count(acquisitions, "acquisition")) of \(Words.count(locks, "lock")) by "
      + "\(Words.count(actors.count, "actor")), \(Words.count(handovers, "handover")), "
      + Words.count(writes, "accepted write")
    return (handovers, evidence)
  }
}
