/// Short, readable numbers with a unit.
public enum Figures {
  /// Returns a count with thousands separators: `1,234,567`.
  public static func count(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// Returns a count with its noun: `1 store`, `2,000 stores`.
  ///
  /// - Parameter plural: the noun for numbers other than 1; `nil` to append an s.
  public static func count(
    _ number: some BinaryInteger, _ noun: String, _ plural: String? = nil
  ) -> String {
    "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// Returns a span with three significant digits in a fitting unit: `850 ns`, `12.3 us`, `1.20 s`.
  public static func span(_ nanoseconds: some BinaryInteger) -> String {
    let value = Double(nanoseconds)
    let size = value.magnitude
    // The limits lie where three digits would round up to the next unit.
    if size >= 999.5e6 { return significant(value / 1e9) + " s" }
    if size >= 999.5e3 { return significant(value / 1e6) + " ms" }
    if size >= 999.5 { return significant(value / 1e3) + " us" }
    return "\(nanoseconds) ns"
  }

  /// Returns a rate per second without its unit: three significant digits below 1,000, whole above.
  public static func rate(_ perSecond: Double) -> String {
    significant(perSecond)
  }

  /// Returns a ratio with three significant digits: `0.82`, `12.4`.
  public static func ratio(_ value: Double) -> String {
    significant(value)
  }

  /// Returns a share in 0...1 with two decimals.
  public static func share(_ value: Double) -> String {
    decimal(value, places: 2)
  }

  /// Returns a number of bytes in a fitting unit: `12.3 MB`.
  public static func bytes(_ count: UInt64) -> String {
    let value = Double(count)
    if value >= 999.5e6 { return significant(value / 1e9) + " GB" }
    if value >= 999.5e3 { return significant(value / 1e6) + " MB" }
    if value >= 999.5 { return significant(value / 1e3) + " kB" }
    return "\(count) B"
  }

  /// Returns at least three significant digits; numbers from 100 on have no decimals.
  private static func significant(_ value: Double) -> String {
    let size = value.magnitude
    if size >= 99.95 { return decimal(value, places: 0) }
    if size >= 9.995 { return decimal(value, places: 1) }
    return decimal(value, places: 2)
  }

  /// Returns a number with a fixed number of decimals, rounded half away from zero.
  static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
    var unit: UInt64 = 1
    for _ in 0..<places { unit *= 10 }
    let scaled = UInt64((value.magnitude * Double(unit)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let whole = sign + count(scaled / unit)
    if places == 0 { return whole }
    return whole + "." + String(scaled % unit + unit).dropFirst()
  }
}
