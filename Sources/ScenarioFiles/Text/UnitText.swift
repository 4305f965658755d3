/// Reads and writes numbers with units exactly, without a detour over floating point.
enum UnitText {
  /// The result of reading a text with a unit.
  enum Reading: Equatable {
    case value(Int64)
    /// Not a number with one of the units.
    case malformed
    /// Larger than 64 bits, or not a whole number of the smallest unit.
    case unrepresentable
  }

  /// A unit's suffix and its size in the smallest unit.
  typealias Unit = (suffix: String, size: Int64)

  /// Units of time in nanoseconds, longest first.
  static let durations: [Unit] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ("us", 1_000), ("ns", 1),
  ]
  /// Units of size in bytes, largest first. Powers of 1000 are left out: `KB` has two meanings.
  static let sizes: [Unit] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)]

  /// Reads a duration such as `250ms`, `0.25s` or `-2s`; only 0 needs no unit.
  static func duration(_ text: String) -> Reading {
    let text = text.replacing("µ", with: "u").replacing("μ", with: "u")
    let (digits, suffix) = split(text)
    if suffix.isEmpty {
      let isZero = !digits.isEmpty && digits.allSatisfy { $0 == "0" }
      return isZero ? .value(0) : .malformed
    }
    return scaled(digits, by: durations.first { $0.suffix == suffix }?.size)
  }

  /// Reads a size such as `4KiB` or `4096`.
  static func size(_ text: String) -> Reading {
    let (digits, suffix) = split(text)
    if suffix.isEmpty { return scaled(digits, by: 1) }
    return scaled(digits, by: sizes.first { $0.suffix == suffix }?.size)
  }

  /// Reads a whole number; `_` is allowed between digits.
  static func whole(_ text: String) -> Reading {
    let (digits, suffix) = split(text)
    guard suffix.isEmpty, !digits.contains(".") else { return .malformed }
    return scaled(digits, by: 1)
  }

  /// Returns the value in the largest unit that divides it.
  static func text(_ value: Int64, units: [Unit]) -> String {
    guard value != 0, let unit = units.first(where: { value % $0.size == 0 }) else { return "0" }
    return "\(value / unit.size)\(unit.suffix)"
  }

  private static func split(_ text: String) -> (digits: Substring, suffix: String) {
    let end = text.firstIndex { !($0.isASCII && ($0.isNumber || "-+._".contains($0))) }
    guard let end else { return (text[...], "") }
    return (text[..<end], String(text[end...].drop { $0 == " " }))
  }

  /// Multiplies decimal digits by a unit; a `nil` size means an unknown unit.
  private static func scaled(_ digits: Substring, by size: Int64?) -> Reading {
    guard let size else { return .malformed }
    var rest = digits
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest = rest.dropFirst() }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, let units = integer(whole) else {
      return .malformed
    }
    var (value, overflow) = units.value.multipliedReportingOverflow(by: size)
    overflow = overflow || units.overflow
    if parts.count == 2 {
      guard !parts[1].contains("_"), let fraction = integer(parts[1]) else { return .malformed }
      // Nine digits: a nanosecond of a second, and no overflow on the way.
      guard parts[1].count <= 9, !fraction.overflow else { return .unrepresentable }
      let divisor = parts[1].reduce(Int64(1)) { product, _ in product * 10 }
      let (product, tooLarge) = fraction.value.multipliedReportingOverflow(by: size)
      guard !tooLarge, product % divisor == 0 else { return .unrepresentable }
      let sum = value.addingReportingOverflow(product / divisor)
      (value, overflow) = (sum.partialValue, overflow || sum.overflow)
    }
    return overflow ? .unrepresentable : .value(isNegative ? -value : value)
  }

  private static func integer(_ digits: Substring) -> (value: Int64, overflow: Bool)? {
    guard let first = digits.first, let last = digits.last, first != "_", last != "_" else {
      return nil
    }
    var value: Int64 = 0
    var overflow = false
    for digit in digits where digit != "_" {
      guard let number = digit.wholeNumberValue, digit.isASCII else { return nil }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooLargeToo) = product.addingReportingOverflow(Int64(number))
      value = sum
      overflow = overflow || tooLarge || tooLargeToo
    }
    return (value, overflow)
  }
}
