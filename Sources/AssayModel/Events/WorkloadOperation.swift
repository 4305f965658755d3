/// Kinds of operations that an actor requests from storage. Raw values are part of the history
/// format.
public enum OperationKind: UInt8, CaseIterable, Codable, Sendable {
  /// Key-value: words are key number, nonce read (0: no such key).
  case load = 1
  /// Key-value: words are key number, nonce written.
  case store = 2
  /// Key-value: words are key number, 0.
  case delete = 3
  /// Ledger: words are transfer id, from account << 32 | to account, amount.
  case transfer = 16
  /// Ledger: words are 0, sum of balances read.
  case audit = 17
  /// Locks: words are lock number, fencing token, surely held until (monotonic nanoseconds),
  /// acquisition time (monotonic nanoseconds).
  case acquire = 32
  /// Locks: words are lock number, fencing token.
  case release = 33
  /// Locks: words are lock number, fencing token, surely held until (monotonic nanoseconds).
  case renew = 34
  /// Locks: words are lock number, fencing token that the writer holds, nonce of the write.
  case protectedWrite = 35
  /// Locks: words are lock number, counter read.
  case protectedRead = 36
  /// Mixed: words are slot, nonce written into the actor's own row.
  case updateOwn = 48
  /// Mixed: words are 0, nonce of the increment of the shared counter and the actor's count.
  case increment = 49
  /// Mixed: words are first slot << 32 | second slot, nonce written into them, third slot << 32 |
  /// whether there is a row in the log << 8 | number of slots.
  case several = 50
  /// Mixed: words are owner << 32 | slot of the row read, nonce in it, counter, sum of the counts.
  case readMixed = 51
  /// Mixed: words are 0, frames in the log, frames of it in the database file, whether another
  /// connection blocked the checkpoint; frames are two's complement, -1 outside WAL mode.
  case checkpoint = 52
  /// SQL: words are template number, nonce of the transaction, operation number of its actor.
  case sqlTransaction = 56
  /// SQL: words are invariant number, length of the found value << 8 | `FoundValue.Status`, its
  /// first eight bytes and the next eight, the first byte lowest.
  case sqlInvariant = 57
  /// Storage, not a workload: opens a connection, its pragmas and any recovery that they start
  /// included. The word is the connection's number within its process, from 1; 0 if the failure
  /// came after the opening.
  case open = 240
  /// Storage, not a workload: closes a connection, the checkpoint by the last connection included.
  /// The word is the connection's number.
  case close = 241

  /// True if an actor starts with this operation, so that it arrives on its own in an open loop.
  /// The others follow from an arrival, such as the release of a lock from its acquisition.
  public var isArrival: Bool {
    switch self {
    case .protectedWrite, .release, .renew, .open, .close: false
    default: true
    }
  }

  /// True if actors request it; otherwise the storage layer does, to open and close connections,
  /// and it does not count in the load's throughput.
  public var isOfLoad: Bool { self != .open && self != .close }

  /// Names of the operations that are not part of a load.
  public static let namesOutsideLoad = Set([OperationKind.open, .close].map(\.name))

  /// Returns the number of these operations, counted by name, that are arrivals.
  public static func arrivals(in counts: [String: UInt64]) -> UInt64 {
    allCases.reduce(0) { $0 + ($1.isArrival ? counts[$1.name, default: 0] : 0) }
  }

  /// Name used in results and expectations.
  public var name: String {
    switch self {
    case .load: "load"
    case .store: "store"
    case .delete: "delete"
    case .transfer: "transfer"
    case .audit: "audit"
    case .acquire: "acquire"
    case .release: "release"
    case .renew: "renew"
    case .protectedWrite: "protected_write"
    case .protectedRead: "protected_read"
    case .updateOwn: "update_own"
    case .increment: "increment"
    case .several: "several"
    case .readMixed: "read_mixed"
    case .checkpoint: "checkpoint"
    case .sqlTransaction: "transaction"
    case .sqlInvariant: "invariant"
    case .open: "open"
    case .close: "close"
    }
  }

  /// True if it changes the content of the database; a checkpoint only moves it.
  public var isWrite: Bool {
    switch self {
    case .load, .audit, .protectedRead, .readMixed, .checkpoint, .sqlInvariant: false
    case .open, .close: false
    default: true
    }
  }
}

/// One operation that an actor requests from storage, in words of fixed size: the hot path and the
/// history carry no strings. The kind determines the meaning of the words.
public struct WorkloadOperation: Hashable, Sendable {
  /// Kind of the operation.
  public var kind: OperationKind
  /// First word: key, account, lock or transfer.
  public var subject: UInt64
  /// Second word: nonce, token or accounts.
  public var value: UInt64
  /// Third word: amount, expiry or nonce.
  public var extra: UInt64
  /// Fourth word.
  public var detail: UInt64

  /// Creates an operation.
  public init(
    _ kind: OperationKind, subject: UInt64 = 0, value: UInt64 = 0, extra: UInt64 = 0,
    detail: UInt64 = 0
  ) {
    self.kind = kind
    self.subject = subject
    self.value = value
    self.extra = extra
    self.detail = detail
  }
}

/// Identifies an actor across all processes of a cell, and all incarnations of a process.
public struct ActorID: Hashable, Codable, Sendable {
  /// Number of the process, from 0; the same after a restart.
  public var process: UInt16
  /// Number of earlier starts of the process.
  public var incarnation: UInt16
  /// Number of the actor within its process, from 0.
  public var actor: UInt16

  /// Creates an identifier.
  public init(process: Int, incarnation: Int, actor: Int) {
    self.process = UInt16(truncatingIfNeeded: process)
    self.incarnation = UInt16(truncatingIfNeeded: incarnation)
    self.actor = UInt16(truncatingIfNeeded: actor)
  }

  /// Returns the identifier under which the opening and closing of a process's connections is
  /// recorded: it belongs to no actor.
  public static func connections(process: Int, incarnation: Int) -> ActorID {
    ActorID(process: process, incarnation: incarnation, actor: Int(UInt16.max))
  }

  /// All three numbers in the low 48 bits of one word.
  public var packed: UInt64 {
    UInt64(process) << 32 | UInt64(incarnation) << 16 | UInt64(actor)
  }

  /// Unpacks `packed`.
  public init(packed: UInt64) {
    process = UInt16(truncatingIfNeeded: packed >> 32)
    incarnation = UInt16(truncatingIfNeeded: packed >> 16)
    actor = UInt16(truncatingIfNeeded: packed)
  }
}

extension ActorID: CustomStringConvertible {
  /// Readable form: `p1.0/a2` is actor 2 of the first incarnation of process 1.
  public var description: String { "p\(process).\(incarnation)/a\(actor)" }
}
