/// The first failure of one operation with one code in a process: details that do not fit into a
/// history.
public struct FirstFailure: Hashable, Codable, Sendable {
  /// Number of characters kept of a message or a statement.
  private static let textLimit = 1_000

  /// Kind of the operation.
  public var kind: OperationKind
  /// Number of the transaction or invariant of workload `sql`; `nil` for other kinds.
  public var part: UInt64?
  /// SQLite's extended result code, or one of `HarnessCode`.
  public var code: Int32
  /// SQLite's or the storage layer's message.
  public var message: String
  /// Statement that failed, if known.
  public var sql: String?

  /// Describes the failure of an operation; long texts are truncated.
  public init(_ operation: WorkloadOperation, code: Int32, message: String, sql: String?) {
    kind = operation.kind
    part = operation.part
    self.code = code
    self.message = String(message.prefix(Self.textLimit))
    self.sql = sql.map { String($0.prefix(Self.textLimit)) }
  }

  /// Returns true if it describes failures of this operation with this code.
  public func covers(_ operation: WorkloadOperation, code: Int32) -> Bool {
    self.code == code && kind == operation.kind && part == operation.part
  }

  /// Returns true if both describe failures of the same operation with the same code.
  public func isSame(as other: FirstFailure) -> Bool {
    code == other.code && kind == other.kind && part == other.part
  }
}

extension WorkloadOperation {
  /// Number of the transaction or invariant of workload `sql`; `nil` for other kinds.
  public var part: UInt64? {
    switch kind {
    case .sqlTransaction, .sqlInvariant: subject
    default: nil
    }
  }
}

extension OperationKind {
  /// Returns the name of an operation in a load: that of its transaction, `invariant 2`, or that of
  /// its kind.
  public func name(part: UInt64?, in load: LoadSettings) -> String {
    guard let part else { return name }
    switch self {
    case .sqlTransaction:
      guard let transactions = load.sql?.transactions, part < transactions.count else {
        return "\(name) \(part + 1)"
      }
      return transactions[Int(part)].name
    default: return "\(name) \(part + 1)"
    }
  }
}
