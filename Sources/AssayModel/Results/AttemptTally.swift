/// Counts the attempts of histories by operation and code.
///
/// Merging two tallies is exact, wherever the attempts were counted.
public struct AttemptTally: Hashable, Codable, Sendable {
  /// The attempts of one operation: a kind, or one transaction or invariant of workload `sql`.
  public struct Entry: Hashable, Codable, Sendable {
    /// Kind of the operation.
    public var kind: OperationKind
    /// Number of the transaction or invariant; `nil` for other kinds.
    public var part: UInt64?
    /// Number of attempts, those of dead processes included.
    public var attempts: UInt64 = 0
    /// Number of acknowledged operations.
    public var acknowledged: UInt64 = 0
    /// Number of operations given up because of an error.
    public var failed: UInt64 = 0
    /// Number of operations still being tried when measuring ended.
    public var unfinished: UInt64 = 0
    /// True if an operation succeeded at any time, the warm-up included. A transaction that rolls
    /// itself back as its program says counts as a success.
    public var hasSucceeded = false
    /// Attempts that ended with an error, by code, in the order of their first occurrence.
    public var codes: [Code] = []
  }

  /// Attempts that ended with one code.
  public struct Code: Hashable, Codable, Sendable {
    /// SQLite's extended result code, one of `HarnessCode`, or 0 when the process died.
    public var code: Int32
    /// Number of attempts that ended with this code.
    public var attempts: UInt64 = 0
    /// Number of operations given up with this code.
    public var failed: UInt64 = 0
  }

  /// State in which an unacknowledged attempt left its operation.
  public enum Ending: Sendable {
    /// Another attempt follows, or the process died.
    case goesOn
    /// The operation was given up.
    case failed
    /// The operation could have been retried, but measuring was over.
    case cut
  }

  /// Entries in the order of first occurrence.
  public private(set) var entries: [Entry] = []
  private var last = 0

  private enum CodingKeys: String, CodingKey {
    case entries
  }

  /// Creates an empty tally.
  public init() {}

  /// True if operations of the load were attempted and none ever succeeded.
  public var isFruitless: Bool {
    // A connection that was opened is no work done.
    let load = entries.filter(\.kind.isOfLoad)
    return load.contains { $0.attempts > 0 } && !load.contains(where: \.hasSucceeded)
  }

  /// Counts one attempt.
  ///
  /// - Parameters:
  ///   - isCounted: true if the attempt belongs to the figures; otherwise only a success is noted.
  ///   - ending: read only if the attempt was not acknowledged.
  public mutating func add(_ event: Event, isCounted: Bool = true, ending: Ending) {
    let place = place(event.operation.kind, event.operation.part)
    let isRolledBack = event.code == HarnessCode.rolledBack
    if event.outcome == .ok || isRolledBack { entries[place].hasSucceeded = true }
    guard isCounted else { return }
    entries[place].attempts += 1
    if event.outcome == .ok { entries[place].acknowledged += 1 }
    guard event.outcome != .ok, !isRolledBack else { return }
    let code = entries[place].place(of: event.completed == nil ? 0 : event.code)
    entries[place].codes[code].attempts += 1
    switch ending {
    case .goesOn: break
    case .cut: entries[place].unfinished += 1
    case .failed:
      entries[place].failed += 1
      entries[place].codes[code].failed += 1
    }
  }

  /// Counts one attempt of a history whose measuring has no time limit.
  public mutating func add(_ event: Event) {
    add(event, ending: event.isFinal && event.completed != nil ? .failed : .goesOn)
  }

  /// Adds the counts of another tally.
  public mutating func add(_ other: AttemptTally) {
    for entry in other.entries {
      let place = place(entry.kind, entry.part)
      entries[place].attempts += entry.attempts
      entries[place].acknowledged += entry.acknowledged
      entries[place].failed += entry.failed
      entries[place].unfinished += entry.unfinished
      entries[place].hasSucceeded = entries[place].hasSucceeded || entry.hasSucceeded
      for code in entry.codes {
        let own = entries[place].place(of: code.code)
        entries[place].codes[own].attempts += code.attempts
        entries[place].codes[own].failed += code.failed
      }
    }
  }

  private mutating func place(_ kind: OperationKind, _ part: UInt64?) -> Int {
    if last < entries.count, entries[last].kind == kind, entries[last].part == part { return last }
    if let known = entries.firstIndex(where: { $0.kind == kind && $0.part == part }) {
      last = known
    } else {
      entries.append(Entry(kind: kind, part: part))
      last = entries.count - 1
    }
    return last
  }
}

extension AttemptTally.Entry {
  fileprivate mutating func place(of code: Int32) -> Int {
    if let known = codes.firstIndex(where: { $0.code == code }) { return known }
    codes.append(AttemptTally.Code(code: code))
    return codes.count - 1
  }
}
