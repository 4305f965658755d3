import RealModule

/// Shares as people read them, without Foundation.
enum Percent {
  /// Two decimals, such as `2.50 %`.
  static func text(_ share: Double) -> String {
    guard share.isFinite, abs(share) < 1e9 else { return share < 0 ? "-inf %" : "inf %" }
    let hundredths = Int((abs(share) * 10_000).rounded())
    let rest = hundredths % 100
    let sign = share < 0 && hundredths > 0 ? "-" : ""
    return "\(sign)\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
  }

  /// How much worse a logarithm of a ratio is, such as `3.05 %`; negative is better.
  static func worsening(_ logarithm: Double) -> String { text(Double.expMinusOne(logarithm)) }

  /// Two decimals of any number.
  static func number(_ value: Double) -> String { String(text(value / 100).dropLast(2)) }
}
