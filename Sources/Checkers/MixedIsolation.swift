import AssayModel

/// `isolation` of workload `mixed`: every read sees one committed state, and none that was already
/// superseded.
///
/// A state in which the shared counter is not the sum of the counts was never committed. A read
/// shows at least the commits that were acknowledged to any actor, or shown to one, before it was
/// invoked, and at most those begun before it completed. If only one actor runs at a time, times
/// give the exact order; otherwise equal times are taken to overlap.
///
/// Not detected: a state that mixes two rows of different owners which the counter does not tell
/// apart. Memory: O(events).
struct MixedIsolation: EventChecker {
  /// A write into one row, or an increment of the counter.
  private struct Write {
    var nonce: UInt64
    var invoked: MonotonicTime
    /// `nil` for one that was never acknowledged.
    var acknowledged: MonotonicTime?
  }

  private struct Read {
    var actor: ActorID
    var invoked: MonotonicTime
    var completed: MonotonicTime
    /// The place of the row among all rows; `nil` for a nonexistent row.
    var place: Int?
    var nonce: UInt64
    var counter: UInt64
    var sum: UInt64
  }

  private let context: CellContext
  private let layout: MixedLayout
  private var increments: [Write] = []
  /// The writes into each row, in no order.
  private var rows: [Int: [Write]] = [:]
  private var reads: [Read] = []

  init(context: CellContext) {
    self.context = context
    layout = MixedLayout(context.cell.load)
  }

  mutating func see(_ row: ContentRow) {}

  mutating func see(_ event: Event) {
    let operation = event.operation
    switch operation.kind {
    case .increment: if let write = Self.write(event) { increments.append(write) }
    case .updateOwn: add(event, slot: operation.subject)
    case .several:
      let group = MixedGroupWords(operation)
      for index in 0..<group.count { add(event, slot: group.slot(index)) }
    case .readMixed:
      guard event.outcome == .ok, let completed = event.completed else { return }
      reads.append(
        Read(
          actor: event.actor, invoked: event.invoked, completed: completed,
          place: layout.place(operation.subject), nonce: operation.value,
          counter: operation.extra, sum: operation.detail))
    default: break
    }
  }

  /// Returns the write that the database may contain; `nil` for a refused attempt.
  private static func write(_ event: Event) -> Write? {
    guard event.outcome != .failed else { return nil }
    return Write(
      nonce: event.operation.value, invoked: event.invoked,
      acknowledged: event.outcome == .ok ? event.completed : nil)
  }

  private mutating func add(_ event: Event, slot: UInt64) {
    guard let write = Self.write(event), let owner = layout.owner(event.actor),
      let place = layout.place(owner: owner, slot: slot)
    else { return }
    rows[place, default: []].append(write)
  }

  // MARK: Judging

  mutating func finish(content: ContentState) -> CheckResult {
    let evidence =
      "\(Words.count(reads.count, "read")) and \(Words.count(increments.count, "increment"))"
    if reads.isEmpty {
      return .unknown(
        .isolation, evidence: evidence, reason: "nothing was read", sawNothing: true)
    }
    var found = Witnesses()
    let begun = increments.map(\.invoked).sorted()
    let sure = Growth(
      increments.compactMap(\.acknowledged).sorted().enumerated().map {
        (at: $1, value: UInt64($0 + 1))
      })
    let shown = Growth(reads.map { (at: $0.completed, value: $0.counter) })
    let rowsSure = rows.mapValues { writes in
      Growth(writes.compactMap { write in write.acknowledged.map { (at: $0, value: write.nonce) } })
    }
    for read in reads.sorted(by: { $0.completed < $1.completed }) {
      judgeCounter(read, sure: sure, shown: shown, begun: begun, &found)
      judgeRow(read, sure: rowsSure, &found)
    }
    return found.isEmpty
      ? .valid(.isolation, evidence: evidence)
      : .violated(.isolation, evidence: evidence, witness: found.summary)
  }

  private func judgeCounter(
    _ read: Read, sure: Growth, shown: Growth, begun: [MonotonicTime], _ found: inout Witnesses
  ) {
    let counter = Words.grouped(read.counter)
    if read.counter != read.sum {
      found.add(
        "\(name(read)) the counter \(counter) and counts that add up to "
          + "\(Words.grouped(read.sum)): no state was like that")
    }
    let least = sure.before(read.invoked)
    if read.counter < least {
      found.add(
        "\(name(read)) the counter \(counter), though \(Words.count(least, "increment")) had been "
          + "acknowledged")
    } else if read.counter < shown.before(read.invoked) {
      found.add(
        "\(name(read)) the counter \(counter), though "
          + "\(Words.grouped(shown.before(read.invoked))) had been read already")
    }
    let most = begun.prefixCount { $0 <= read.completed }
    if read.counter > UInt64(most) {
      found.add(
        "\(name(read)) the counter \(counter), though only \(Words.count(most, "increment")) had "
          + "begun")
    }
  }

  private func judgeRow(_ read: Read, sure: [Int: Growth], _ found: inout Witnesses) {
    guard let place = read.place else { return }
    let least = sure[place]?.before(read.invoked) ?? 0
    if read.nonce < least {
      found.add(
        "\(name(read)) \(Self.text(read.nonce)) in row \(layout.name(place)), though "
          + "\(Self.text(least)) had been acknowledged")
    }
    guard read.nonce != 0 else { return }
    let isKnown = rows[place]?.contains {
      $0.nonce == read.nonce && $0.invoked <= read.completed
    }
    if isKnown != true {
      found.add(
        "\(name(read)) \(Self.text(read.nonce)) in row \(layout.name(place)), which no actor had "
          + "begun to write")
    }
  }

  private func name(_ read: Read) -> String {
    "\(read.actor), invoked \(context.text(read.invoked)), read"
  }

  private static func text(_ nonce: UInt64) -> String {
    nonce == 0 ? "no write" : "write \(TransferID(rawValue: nonce))"
  }
}

/// The largest of some values that were there before a time.
private struct Growth {
  private var times: [MonotonicTime] = []
  private var largest: [UInt64] = []

  init(_ values: [(at: MonotonicTime, value: UInt64)]) {
    var most = UInt64(0)
    for (time, value) in values.sorted(by: { $0.at < $1.at }) {
      most = max(most, value)
      times.append(time)
      largest.append(most)
    }
  }

  /// 0 when there was none.
  func before(_ time: MonotonicTime) -> UInt64 {
    let count = times.prefixCount { $0 < time }
    return count == 0 ? 0 : largest[count - 1]
  }
}

extension [MonotonicTime] {
  /// Returns the number of leading elements with a property that no later one has.
  ///
  /// - Complexity: O(log n).
  fileprivate func prefixCount(where isInside: (MonotonicTime) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isInside(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
