/// Identifies a schedule: 128 bits that depend on the actor of each step, in order.
public struct ScheduleDigest: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// Digests the record of a run.
  public init(_ runs: ActorRuns) {
    var high: UInt64 = 0x6a09_e667_f3bc_c908
    var low: UInt64 = 0xbb67_ae85_84ca_a73b
    for run in runs.elements {
      for word in [UInt64(run.actor), UInt64(run.length)] {
        high = Self.mixed(high ^ word)
        low = Self.mixed(low &+ word &* 0x9e37_79b9_7f4a_7c15 ^ high)
      }
    }
    self.high = high
    self.low = low
  }

  /// The finaliser of splitmix64, which is a bijection. Source: Steele, Lea, Flood.
  private static func mixed(_ word: UInt64) -> UInt64 {
    var z = word &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension ScheduleDigest: CustomStringConvertible {
  /// 32 hexadecimal digits.
  public var description: String { Self.digits(high) + Self.digits(low) }

  private static func digits(_ half: UInt64) -> String {
    let text = String(half, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
