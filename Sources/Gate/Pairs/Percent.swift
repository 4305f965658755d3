/// Formats shares and numbers without Foundation: three significant digits, and never more than two
/// decimals.
public enum Percent {
  /// Returns a share as a percentage, such as `2.50 %` or `21.4 %`.
  public static func text(_ share: Double) -> String { number(share * 100) + " %" }

  /// Returns a signed percentage: `+1.20 %`, `-21.4 %`; without a sign if it rounds to zero.
  public static func signed(_ share: Double) -> String {
    let text = text(share)
    return share > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
  }

  /// Returns three significant digits of a number, at most two of them decimals; no decimals from
  /// 100 on.
  public static func number(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return value < 0 ? "-inf" : "inf" }
    // The limits are the values from which rounding would add a digit.
    let places = value.magnitude >= 99.95 ? 0 : value.magnitude >= 9.995 ? 1 : 2
    return decimal(value, places: places)
  }

  /// Returns three significant digits of a number that may be far below 1, such as `0.0391`.
  static func significant(_ value: Double) -> String {
    guard value.isFinite, value > 0, value < 0.9995 else { return number(value) }
    var places = 3
    var limit = 0.09995
    while value < limit, places < 9 {
      places += 1
      limit /= 10
    }
    return decimal(value, places: places)
  }

  private static func decimal(_ value: Double, places: Int) -> String {
    var unit: UInt64 = 1
    for _ in 0..<places { unit *= 10 }
    let scaled = UInt64((value.magnitude * Double(unit)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    return "\(sign)\(scaled / unit)." + String(scaled % unit + unit).dropFirst()
  }
}
