/// A reading of the host-wide monotonic clock (`CLOCK_MONOTONIC`), comparable across processes.
public struct MonotonicTime: Hashable, Comparable, Codable, Sendable {
  /// Nanoseconds since an arbitrary origin that all processes of one boot share.
  public var nanoseconds: UInt64

  /// Creates a reading.
  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// Orders by time.
  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Returns the time that is later by a span; saturates at both ends.
  public static func + (left: MonotonicTime, right: Nanoseconds) -> MonotonicTime {
    MonotonicTime(nanoseconds: left.nanoseconds.advanced(bySaturating: right))
  }

  /// Returns the span from `right` to `left`; negative if `left` is earlier.
  public static func - (left: MonotonicTime, right: MonotonicTime) -> Nanoseconds {
    Nanoseconds(Int64(bitPattern: left.nanoseconds &- right.nanoseconds))
  }
}

/// A reading of the clock that counts suspended time too (`CLOCK_BOOTTIME`), valid for one boot.
///
/// Lease deadlines use it: a laptop that slept must not believe that it still holds its lease.
public struct BootTime: Hashable, Comparable, Codable, Sendable {
  /// Nanoseconds since the machine booted.
  public var nanoseconds: UInt64

  /// Creates a reading.
  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// Orders by time.
  public static func < (left: BootTime, right: BootTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Returns the time that is later by a span; saturates at both ends.
  public static func + (left: BootTime, right: Nanoseconds) -> BootTime {
    BootTime(nanoseconds: left.nanoseconds.advanced(bySaturating: right))
  }

  /// Returns the span from `right` to `left`; negative if `left` is earlier.
  public static func - (left: BootTime, right: BootTime) -> Nanoseconds {
    Nanoseconds(Int64(bitPattern: left.nanoseconds &- right.nanoseconds))
  }
}

/// A reading of the wall clock, which may be stepped, skewed and slewed.
public struct WallTime: Hashable, Comparable, Codable, Sendable {
  /// Milliseconds since 1970-01-01 00:00 UTC.
  public var milliseconds: Int64

  /// Creates a reading.
  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// Orders by time.
  public static func < (left: WallTime, right: WallTime) -> Bool {
    left.milliseconds < right.milliseconds
  }
}

extension UInt64 {
  fileprivate func advanced(bySaturating span: Nanoseconds) -> UInt64 {
    if span.rawValue >= 0 {
      let (sum, overflow) = addingReportingOverflow(UInt64(span.rawValue))
      return overflow ? .max : sum
    }
    let (difference, overflow) = subtractingReportingOverflow(span.rawValue.magnitude)
    return overflow ? 0 : difference
  }
}
