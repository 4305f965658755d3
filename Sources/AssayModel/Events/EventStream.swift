/// A history read once, event by event, so that ten million events are never all in memory.
///
/// Events of one actor arrive in their order. There is no order between actors: a checker that
/// needs one must keep the events that it needs.
public protocol EventStream {
  /// Returns the next event, or `nil` at the end.
  mutating func next() throws -> Event?
}

/// The final content of a database as read by its workload, row by row, in words.
///
/// The workload determines the meaning of the words; `ContentRow.Kind` identifies the kind of row.
public protocol ContentStream {
  /// Returns the next row, or `nil` at the end.
  mutating func next() throws -> ContentRow?
}

/// One row of the final content.
public struct ContentRow: Hashable, Sendable {
  /// Kinds of rows. Raw values are part of the observation format.
  public enum Kind: UInt64, CaseIterable, Sendable {
    /// Key-value: key number, nonce (0 never occurs: absent keys have no row).
    case value = 1
    /// Ledger: account number, balance (two's complement).
    case account = 2
    /// Ledger: transfer id, from << 32 | to, amount.
    case transfer = 3
    /// Locks: position in commit order, lock number << 32 | low half of the token, nonce.
    case protectedWrite = 4
    /// Locks: lock number, counter, highest fencing token issued.
    case counter = 5
    /// Mixed: owner << 32 | slot, nonce (0 before the first write).
    case ownRow = 6
    /// Mixed: 0, the shared counter.
    case sharedCounter = 7
    /// Mixed: owner, number of its increments, nonce of the last one (0 before the first).
    case ownCount = 8
    /// Mixed: nonce of the transaction that left the row.
    case logRow = 9
  }

  /// Kind of the row.
  public var kind: Kind
  /// First word.
  public var subject: UInt64
  /// Second word.
  public var value: UInt64
  /// Third word.
  public var extra: UInt64

  /// Creates a row.
  public init(_ kind: Kind, subject: UInt64, value: UInt64, extra: UInt64 = 0) {
    self.kind = kind
    self.subject = subject
    self.value = value
    self.extra = extra
  }
}
