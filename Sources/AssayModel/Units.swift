/// A number of bytes.
public struct ByteCount: Hashable, Comparable, Codable, Sendable {
  /// The count; never negative in a validated value.
  public var bytes: Int64

  /// Creates a count.
  public init(_ bytes: Int64) {
    self.bytes = bytes
  }

  /// Orders by size.
  public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

  /// Reads and writes a plain number.
  public init(from decoder: any Decoder) throws {
    bytes = try decoder.singleValueContainer().decode(Int64.self)
  }

  /// Reads and writes a plain number.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }
}

/// A probability in 0...1.
public struct Probability: Hashable, Comparable, Codable, Sendable {
  /// The value, in 0...1.
  public let value: Double

  /// Creates a probability, or `nil` when `value` lies outside 0...1 or is not a number.
  public init?(_ value: Double) {
    guard value >= 0, value <= 1 else { return nil }
    self.value = value
  }

  /// Orders by likelihood.
  public static func < (left: Probability, right: Probability) -> Bool { left.value < right.value }
}

/// A span of time in whole nanoseconds, used in files and on hot paths instead of `Duration`.
///
/// 64 signed bits hold 292 years.
public struct Nanoseconds: Hashable, Comparable, Codable, Sendable {
  /// The count; negative only as a difference.
  public var rawValue: Int64

  /// Creates a span from a count of nanoseconds.
  public init(_ rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// Creates a span from whole milliseconds.
  public static func milliseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000) }

  /// Creates a span from whole microseconds.
  public static func microseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000) }

  /// Creates a span from whole seconds.
  public static func seconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000_000) }

  /// A span of length zero.
  public static let zero = Nanoseconds(0)

  /// The span in seconds, for people and rates.
  public var seconds: Double { Double(rawValue) / 1e9 }

  /// The span in whole milliseconds, rounded up: a timeout must not become shorter by conversion.
  public var millisecondsRoundedUp: Int64 { (rawValue + 999_999) / 1_000_000 }

  /// Orders by length.
  public static func < (left: Nanoseconds, right: Nanoseconds) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Adds two spans.
  public static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
    Nanoseconds(left.rawValue + right.rawValue)
  }

  /// Subtracts one span from another.
  public static func - (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
    Nanoseconds(left.rawValue - right.rawValue)
  }

  /// Reads and writes a plain number.
  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(Int64.self)
  }

  /// Reads and writes a plain number.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
