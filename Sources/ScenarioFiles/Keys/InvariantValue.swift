/// The conversion of a plain YAML scalar under `equals:` into an answer of SQLite, which has no
/// booleans and writes each number in exactly one form.
enum InvariantValue {
  /// Returns the SQLite answer that a plain scalar denotes.
  static func answer(_ text: String) -> String {
    switch text.lowercased() {
    // The null values of YAML.
    case "", "~", "null": "NULL"
    case "true": "1"
    case "false": "0"
    default: text
    }
  }

  /// Returns the text to write instead of a number in a form that SQLite never writes; `nil` for
  /// everything else.
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

  /// Returns true if a number with a fraction has the form of SQLite's `%!.15g`.
  private static func isWrittenBySQLite(_ text: String) -> Bool {
    guard let match = text.wholeMatch(of: /-?([0-9]+)\.([0-9]+)(e[+-][0-9]{2,3})?/) else {
      return false
    }
    let (whole, fraction) = (match.1, match.2)
    let isTrimmed = fraction == "0" || fraction.last != "0"
    return isTrimmed && (whole == "0" || whole.first != "0")
  }
}
