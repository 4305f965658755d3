/// The properties of an SQL text that can be read without a library that knows the schema.
///
/// Source: SQLite's tokenizer (sqlite.org/lang_comment, lang_keywords, c3ref/bind_blob): quotes
/// close with their own sign, and text in quotes or comments is not a parameter.
struct SQLText {
  /// Names of the parameters `:name`, each once, in order.
  private(set) var parameters: [String] = []
  /// Parameters of other forms, such as `?` and `@name`.
  private(set) var otherParameters: [String] = []
  /// Number of statements that contain more than comments; those in a trigger's body count, too.
  private(set) var statements = 0
  /// The first words of the text in upper case, at most three.
  private(set) var words: [String] = []

  /// True if every parenthesis is closed. A YAML list of unquoted SQL breaks at a comma inside
  /// parentheses.
  private(set) var isBalanced = true

  private let bytes: [UInt8]
  private var index = 0
  private var isInsideStatement = false
  private var depth = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
    while index < bytes.count { readToken() }
    isBalanced = isBalanced && depth == 0
  }

  /// The first parameter of any form with its sign.
  var firstParameter: String? { parameters.first.map { ":\($0)" } ?? otherParameters.first }

  /// True if the text begins or ends a transaction.
  var isTransactionControl: Bool {
    switch words.first {
    case "BEGIN", "COMMIT", "END": true
    case "ROLLBACK": !words.contains("TO")
    default: false
    }
  }

  /// True if the text is one statement. The statements of a trigger's body are part of one.
  var isOneStatement: Bool {
    statements == 1 || (statements > 1 && words.first == "CREATE")
  }

  private mutating func readToken() {
    let byte = bytes[index]
    let next = index + 1 < bytes.count ? bytes[index + 1] : 0
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0c:
      index += 1
    case UInt8(ascii: "-") where next == UInt8(ascii: "-"):
      skip { $0 == UInt8(ascii: "\n") }
    case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
      skipBlockComment()
    case UInt8(ascii: ";"):
      isInsideStatement = false
      index += 1
    default:
      if !isInsideStatement { statements += 1 }
      isInsideStatement = true
      readContent(byte)
    }
  }

  private mutating func readContent(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
      index += 1
      skip { $0 == byte }
    case UInt8(ascii: "["):
      skip { $0 == UInt8(ascii: "]") }
    case UInt8(ascii: "("):
      depth += 1
      index += 1
    case UInt8(ascii: ")"):
      depth -= 1
      isBalanced = isBalanced && depth >= 0
      index += 1
    case UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "$"), UInt8(ascii: "?"):
      readParameter(byte)
    default:
      guard Self.isPartOfName(byte) else {
        index += 1
        return
      }
      let word = readName()
      if words.count < 3 { words.append(word.uppercased()) }
    }
  }

  private mutating func readParameter(_ sign: UInt8) {
    index += 1
    let name = readName()
    if sign == UInt8(ascii: ":") {
      if !name.isEmpty, !parameters.contains(name) { parameters.append(name) }
    } else if !name.isEmpty || sign == UInt8(ascii: "?") {
      otherParameters.append(String(UnicodeScalar(sign)) + name)
    }
  }

  private mutating func readName() -> String {
    let start = index
    while index < bytes.count, Self.isPartOfName(bytes[index]) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// Moves past the next byte that ends the skipped text, or to the end of the text.
  private mutating func skip(until isEnd: (UInt8) -> Bool) {
    while index < bytes.count, !isEnd(bytes[index]) { index += 1 }
    index += 1
  }

  private mutating func skipBlockComment() {
    index += 2
    while index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
        index += 2
        return
      }
      index += 1
    }
    index = bytes.count
  }

  /// Returns true for letters, digits, `_`, `$`, and all characters outside ASCII.
  private static func isPartOfName(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || byte == 0x5f || byte == 0x24 || byte >= 0x80
  }
}
