import AssayModel

/// `durability` of workload `mixed`: no acknowledged write is missing, neither from the final
/// content nor from later reads by its writer, and no value is present that no actor wrote.
///
/// The writes of an owner follow each other, and their nonces grow. So a row must have the last
/// acknowledged nonce, or a later one of unknown outcome; a count must lie between the acknowledged
/// increments and those plus the unknown ones, and so must the shared counter: an update lost under
/// another one shows there. Memory: 32 bytes per row.
struct MixedDurability: EventChecker {
  /// One row of an owner; a nonce of 0 means none.
  private struct Row {
    var final: UInt64 = 0
    var lastAcknowledged: UInt64 = 0
    /// The largest nonce that may be in the row without having been acknowledged.
    var lastUnknown: UInt64 = 0
    var isThere = false
    /// True if a write explains the final value, and was not reported as failed.
    var isExplained = false
    var isRefused = false
  }

  private struct Owner {
    var count: UInt64 = 0
    var finalNonce: UInt64 = 0
    var isThere = false
    var acknowledged: UInt64 = 0
    var unknown: UInt64 = 0
    var lastAcknowledged: UInt64 = 0
  }

  private let context: CellContext
  private let layout: MixedLayout
  private var rows: [Row]
  private var owners: [Owner]
  private var counter: UInt64?
  private var log = TransferBitmap()
  private var logRows = 0
  private var folds = AttemptFolds()
  private var sureCounters = SureCounters()
  /// Violations seen by readers, which can be judged without the content.
  private var seen = Witnesses()
  private var lost = Witnesses()
  private var (acknowledged, unknown, reads) = (0, 0, 0)

  init(context: CellContext) {
    self.context = context
    layout = MixedLayout(context.cell.load)
    owners = Array(repeating: Owner(), count: layout.owners)
    rows = Array(repeating: Row(), count: layout.rows)
  }

  // MARK: Content

  mutating func see(_ row: ContentRow) {
    switch row.kind {
    case .ownRow: seeOwnRow(row)
    case .ownCount: seeCount(row)
    case .sharedCounter:
      if counter != nil { lost.add("the shared counter has two rows") }
      counter = row.value
    case .logRow:
      logRows += 1
      if !log.insert(row.subject) {
        lost.add(
          "\(TransferID(rawValue: row.subject)) has two rows in the log, "
            + "or no actor can have written it")
      }
    default: break
    }
  }

  private mutating func seeOwnRow(_ row: ContentRow) {
    guard let place = layout.place(row.subject) else {
      lost.add("there is a row \(row.subject >> 32).\(row.subject & 0xffff_ffff) without an owner")
      return
    }
    let layout = layout
    if rows[place].isThere { lost.add("row \(layout.name(place)) is there twice") }
    rows[place].isThere = true
    rows[place].final = row.value
  }

  private mutating func seeCount(_ row: ContentRow) {
    guard row.subject < UInt64(owners.count) else {
      lost.add("there is a count of owner \(row.subject), who does not exist")
      return
    }
    let owner = Int(row.subject)
    if owners[owner].isThere { lost.add("owner \(owner) has two counts") }
    owners[owner].isThere = true
    owners[owner].count = row.value
    owners[owner].finalNonce = row.extra
  }

  // MARK: History

  mutating func see(_ event: Event) {
    let operation = event.operation
    switch operation.kind {
    case .updateOwn:
      count(event)
      write(event, slot: operation.subject)
    case .increment:
      count(event)
      increment(event)
    case .several:
      count(event)
      let group = MixedGroupWords(operation)
      for index in 0..<group.count { write(event, slot: group.slot(index)) }
      if group.hasLogRow, let ended = folds.add(event, identifier: group.nonce) {
        judgeLog(ended)
      }
    case .readMixed where event.outcome == .ok:
      reads += 1
      judgeRead(event)
    default: break
    }
  }

  private mutating func count(_ event: Event) {
    if event.outcome == .ok { acknowledged += 1 }
    if event.outcome == .unknown { unknown += 1 }
  }

  private mutating func write(_ event: Event, slot: UInt64) {
    guard let owner = layout.owner(event.actor), let place = layout.place(owner: owner, slot: slot)
    else { return }
    let nonce = event.operation.value
    if nonce == rows[place].final {
      if event.outcome == .failed {
        rows[place].isRefused = true
      } else {
        rows[place].isExplained = true
      }
    }
    switch event.outcome {
    case .ok: rows[place].lastAcknowledged = max(rows[place].lastAcknowledged, nonce)
    case .unknown: rows[place].lastUnknown = max(rows[place].lastUnknown, nonce)
    case .failed: break
    }
  }

  private mutating func increment(_ event: Event) {
    guard let owner = layout.owner(event.actor) else { return }
    switch event.outcome {
    case .ok:
      owners[owner].acknowledged += 1
      owners[owner].lastAcknowledged = max(
        owners[owner].lastAcknowledged, event.operation.value)
      sureCounters.incremented(event.actor)
    case .unknown: owners[owner].unknown += 1
    case .failed: break
    }
  }

  /// Judges a read: an actor that reads after its commit was acknowledged must see that commit.
  private mutating func judgeRead(_ event: Event) {
    let (context, layout, operation) = (context, layout, event.operation)
    let least = sureCounters.read(event.actor, counter: operation.extra)
    if operation.extra < least {
      seen.add(
        "\(event.actor), invoked \(context.text(event.invoked)), read the counter "
          + "\(Words.grouped(operation.extra)), though \(Words.grouped(least)) was sure to it")
    }
    guard let place = layout.place(operation.subject) else { return }
    let row = rows[place]
    guard let owner = layout.owner(event.actor), place / layout.slots == owner,
      // Histories come in no order: only writes of this incarnation, or of an earlier one,
      // certainly preceded this read.
      TransferID(rawValue: row.lastAcknowledged).actor.incarnation <= event.actor.incarnation,
      TransferID(rawValue: row.lastUnknown).actor.incarnation <= event.actor.incarnation
    else { return }
    let (nonce, last) = (operation.value, row.lastAcknowledged)
    guard nonce != last, nonce < last || nonce > row.lastUnknown else { return }
    seen.add(
      "\(event.actor), invoked \(context.text(event.invoked)), read \(Self.write(nonce)) in its "
        + "row \(layout.name(place)), though \(Self.write(last)) was the last one acknowledged")
  }

  // MARK: Judging

  mutating func finish(content: ContentState) -> CheckResult {
    for fold in folds.remaining { judgeLog(fold) }
    var evidence = Words.count(acknowledged, "acknowledged write")
    if unknown > 0 { evidence += ", \(Words.grouped(unknown)) of unknown outcome" }
    evidence += ", \(Words.count(rows.count, "row")), "
    evidence += Words.count(logRows, "row of the log", plural: "rows of the log")
    evidence += ", \(Words.count(reads, "read"))"
    if let reason = content.reason {
      if seen.isEmpty { return .unknown(.durability, evidence: evidence, reason: reason) }
      return .violated(.durability, evidence: evidence, witness: seen.summary)
    }
    for place in rows.indices { judgeRow(place) }
    judgeCounts()
    for identifier in log.first(Witnesses.limit) {
      lost.add("\(TransferID(rawValue: identifier)) is in the log, but no actor wrote it")
    }
    lost.add(unnamed: max(0, log.count - Witnesses.limit))
    let lines = seen.summary + lost.summary
    if !lines.isEmpty { return .violated(.durability, evidence: evidence, witness: lines) }
    if acknowledged == 0 {
      return .unknown(
        .durability, evidence: evidence, reason: "no write was acknowledged", sawNothing: true)
    }
    return .valid(.durability, evidence: evidence)
  }

  private mutating func judgeLog(_ fold: AttemptFold) {
    let hasRow = log.remove(fold.identifier)
    let (context, name) = (context, TransferID(rawValue: fold.identifier))
    if fold.outcome == .ok, !hasRow {
      lost.add(
        "\(name), acknowledged, invoked \(context.text(fold.invoked)), has no row in the log")
    } else if fold.outcome == .failed, hasRow {
      lost.add("\(name), reported as failed, has a row in the log")
    }
  }

  private mutating func judgeRow(_ place: Int) {
    let (row, layout) = (rows[place], layout)
    guard row.isThere else {
      lost.add("row \(layout.name(place)) is not there")
      return
    }
    if row.final < row.lastAcknowledged {
      lost.add(
        "row \(layout.name(place)) holds \(Self.write(row.final)), though "
          + "\(Self.write(row.lastAcknowledged)) was acknowledged")
    } else if row.final != 0, !row.isExplained {
      lost.add(
        "row \(layout.name(place)) holds \(Self.write(row.final)), "
          + (row.isRefused ? "which was reported as failed" : "which no actor wrote there"))
    }
  }

  private mutating func judgeCounts() {
    var (least, most) = (UInt64(0), UInt64(0))
    for (number, owner) in owners.enumerated() {
      let highest = owner.acknowledged + owner.unknown
      least += owner.acknowledged
      most += highest
      if owner.count < owner.acknowledged || owner.count > highest {
        lost.add(
          "owner \(number) counts \(Words.grouped(owner.count)), "
            + Self.bounds(owner.acknowledged, highest))
      } else if !owner.isThere {
        lost.add("owner \(number) has no count")
      } else if owner.finalNonce < owner.lastAcknowledged {
        lost.add(
          "the last increment of owner \(number) is \(Self.write(owner.finalNonce)), though "
            + "\(Self.write(owner.lastAcknowledged)) was acknowledged")
      }
    }
    guard let counter else {
      lost.add("the shared counter is not there")
      return
    }
    if counter < least || counter > most {
      lost.add("the shared counter is \(Words.grouped(counter)), \(Self.bounds(least, most))")
    }
  }

  private static func bounds(_ acknowledged: UInt64, _ highest: UInt64) -> String {
    var text = "though \(Words.count(acknowledged, "increment")) "
    text += acknowledged == 1 ? "was acknowledged" : "were acknowledged"
    if highest > acknowledged { text += " and \(Words.grouped(highest - acknowledged)) unknown" }
    return text
  }

  private static func write(_ nonce: UInt64) -> String {
    nonce == 0 ? "no write" : "write \(TransferID(rawValue: nonce))"
  }
}

/// The lowest value of the shared counter that each actor may read: its last read plus its own
/// increments since.
private struct SureCounters {
  private var counters: [UInt64: UInt64] = [:]

  mutating func incremented(_ actor: ActorID) {
    counters[actor.packed, default: 0] += 1
  }

  /// Records a value that an actor read; returns the lowest value that it had to read.
  mutating func read(_ actor: ActorID, counter: UInt64) -> UInt64 {
    let least = counters[actor.packed, default: 0]
    counters[actor.packed] = max(least, counter)
    return least
  }
}
