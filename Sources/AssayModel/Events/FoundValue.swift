/// The value that a reader found for an invariant of the scenario, in the words of an event: the
/// hot path carries no strings, and sixteen bytes hold most values.
public struct FoundValue: Hashable, Sendable {
  /// Relation of the found value to the expected one. Raw values are part of the history format.
  public enum Status: UInt8, CaseIterable, Sendable {
    /// As expected.
    case holds = 1
    /// Another value.
    case differs = 2
    /// Null, although another value was expected.
    case null = 3
    /// No row.
    case noRow = 4
  }

  /// Number of bytes that the words hold.
  public static let limit = 16

  /// Relation to the expected value.
  public var status: Status
  /// Number of bytes of the value as UTF-8.
  public var length: Int
  /// The first eight bytes, the first byte lowest.
  public var head: UInt64
  /// The next eight.
  public var tail: UInt64

  /// Describes a value.
  public init(_ status: Status, length: Int = 0, head: UInt64 = 0, tail: UInt64 = 0) {
    self.status = status
    self.length = length
    self.head = head
    self.tail = tail
  }

  /// Reads the words of an event; `nil` if its reader never got an answer.
  public init?(_ operation: WorkloadOperation) {
    guard let status = Status(rawValue: UInt8(truncatingIfNeeded: operation.value)) else {
      return nil
    }
    self.init(
      status, length: Int(operation.value >> 8), head: operation.extra, tail: operation.detail)
  }

  /// Returns the operation of a reader that evaluated the invariant with this number.
  public func operation(invariant: Int) -> WorkloadOperation {
    WorkloadOperation(
      .sqlInvariant, subject: UInt64(invariant),
      value: UInt64(length) << 8 | UInt64(status.rawValue), extra: head, detail: tail)
  }

  /// Readable form: the known part of the value, in quotes.
  public var text: String {
    switch status {
    case .null: return "NULL"
    case .noRow: return "no row"
    case .holds, .differs: break
    }
    let bytes = (0..<min(length, Self.limit)).map { index in
      UInt8(truncatingIfNeeded: (index < 8 ? head : tail) >> UInt64(index % 8 * 8))
    }
    return "'\(String(decoding: bytes, as: UTF8.self))\(length > Self.limit ? "..." : "")'"
  }
}
