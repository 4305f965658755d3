import AssayModel

/// Numbers as people read them in evidence and witnesses.
enum Words {
  /// `1234567` as `1,234,567`.
  static func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// A count with its noun: `1 store`, `2,000 stores`.
  static func count(_ number: some BinaryInteger, _ noun: String, plural: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// A text on one line, and no longer than a line.
  static func line(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > 100 ? line.prefix(97) + "..." : line
  }

  /// A span in the unit that fits, with up to three decimals: `1.5 ms`.
  static func span(_ nanoseconds: Double) -> String {
    let size = nanoseconds.magnitude
    if size >= 1e9 { return decimal(nanoseconds / 1e9) + " s" }
    if size >= 1e6 { return decimal(nanoseconds / 1e6) + " ms" }
    if size >= 1e3 { return decimal(nanoseconds / 1e3) + " us" }
    return decimal(nanoseconds) + " ns"
  }

  /// A size in the largest binary unit below it, the units of scenario files: `38.1 MiB`.
  static func bytes(_ count: Double) -> String {
    for (unit, size) in [("GiB", 1073741824.0), ("MiB", 1048576.0), ("KiB", 1024.0)]
    where count.magnitude >= size {
      return decimal((count / size * 100).rounded() / 100) + " \(unit)"
    }
    return decimal(count) + " B"
  }

  /// A number with at most three decimals and no zeros at its end.
  static func decimal(_ number: Double) -> String {
    guard number.isFinite, number.magnitude < 1e15 else { return "\(number)" }
    let thousandths = Int64((number * 1_000).rounded())
    let text = grouped(thousandths.magnitude / 1_000)
    let sign = thousandths < 0 ? "-" : ""
    let fraction = thousandths.magnitude % 1_000
    guard fraction > 0 else { return sign + text }
    var digits = String(fraction + 1_000).dropFirst()
    while digits.last == "0" { digits = digits.dropLast() }
    return sign + text + "." + digits
  }
}
