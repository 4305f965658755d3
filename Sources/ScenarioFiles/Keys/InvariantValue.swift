/// What a plain YAML scalar under `equals:` means as an answer of SQLite, which knows no booleans
/// and writes each number in one way.
enum InvariantValue {
  /// The answer of SQLite that a plain scalar stands for.
  static func answer(_ text: String) -> String {
    switch text.lowercased() {
    // YAML's own ways to say nothing.
    case "", "~", "null": "NULL"
    case "true": "1"
    case "false": "0"
    default: text
    }
  }

  /// What to write instead of a number that SQLite never writes so; `nil` for everything else.
  static func remedy(_ text: String) -> String? {
    let digits = text.filter { $0 != "_" }
    let isHexadecimal = digits.lowercased().hasPrefix("0x")
    let integer = isHexadecimal ? Int64(digits.dropFirst(2), radix: 16) : Int64(digits)
    if let integer {
      return "\(integer)" == text ? nil : "\(integer), or the text in quotes"
    }
    // Words such as nan and infinity are texts.
    guard let first = digits.first, first.isNumber || "+-.".contains(first),
      digits.last?.isNumber == true || digits.last == ".", let number = Double(digits),
      number.isFinite
    else { return nil }
    if isWrittenBySQLite(text) { return nil }
    let isPlain = number == 0 || (1e-4..<1e15).contains(number.magnitude)
    let answer = isPlain ? "\(number)" : "the number as SQLite writes it, such as 1.5e+20"
    return "\(answer), or the text in quotes"
  }

  /// Whether a number with a fraction has the form of SQLite's `%!.15g`.
  private static func isWrittenBySQLite(_ text: String) -> Bool {
    guard let match = text.wholeMatch(of: /-?([0-9]+)\.([0-9]+)(e[+-][0-9]{2,3})?/) else {
      return false
    }
    let (whole, fraction) = (match.1, match.2)
    let isTrimmed = fraction == "0" || fraction.last != "0"
    return isTrimmed && (whole == "0" || whole.first != "0")
  }
}
