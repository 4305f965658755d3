/// What a reader found where an invariant of the scenario expected a value, in the words of an
/// event: the hot path carries no strings, and sixteen bytes tell most values.
public struct FoundValue: Hashable, Sendable {
  /// How what was found relates to what was expected. Raw values are part of the history format.
  public enum Status: UInt8, CaseIterable, Sendable {
    /// As expected.
    case holds = 1
    /// Another value.
    case differs = 2
    /// Null, which was not expected.
    case null = 3
    /// No row.
    case noRow = 4
  }

  /// Bytes that the words hold.
  public static let limit = 16

  /// How it relates to what was expected.
  public var status: Status
  /// Number of bytes of the value as UTF-8.
  public var length: Int
  /// The first eight bytes, the first one lowest.
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

  /// Reads the words of an event; `nil` when its reader never got an answer.
  public init?(_ operation: WorkloadOperation) {
    guard let status = Status(rawValue: UInt8(truncatingIfNeeded: operation.value)) else {
      return nil
    }
    self.init(
      status, length: Int(operation.value >> 8), head: operation.extra, tail: operation.detail)
  }

  /// The event of a reader that evaluated the invariant with this number.
  public func operation(invariant: Int) -> WorkloadOperation {
    WorkloadOperation(
      .sqlInvariant, subject: UInt64(invariant),
      value: UInt64(length) << 8 | UInt64(status.rawValue), extra: head, detail: tail)
  }

  /// For people: the value as far as it is known, in quotes.
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
