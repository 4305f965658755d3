import AssayModel

extension BoundExpression {
  /// The dimension of a bound: time, size or plain number.
  enum Dimension: String {
    case time
    case size
    case number = "plain number"

    /// Example of a valid value, for messages.
    var example: String {
      switch self {
      case .time: "a time such as 10ms"
      case .size: "a size such as 64 MiB"
      case .number: "a plain number"
      }
    }
  }

  /// Reads a sum whose terms are numbers, durations, sizes, settings, or products of a number and a
  /// setting: `ttl + 400ms`, `2 * ttl - 1s`, `64 MiB`, `500/s`.
  ///
  /// - Returns: `nil` for anything else, and when terms of different dimensions are added.
  init?(parsing text: String) {
    guard text.utf8.count <= 200 else { return nil }
    if text.hasSuffix("%") {
      guard let percent = plainNumber(String(text.dropLast())), (0...100).contains(percent) else {
        return nil
      }
      self.init(terms: [Term(factor: percent / 100)], text: text)
      return
    }
    var terms: [Term] = []
    var dimension: Dimension?
    for (sign, summand) in Self.summands(of: text) {
      guard let parsed = Self.term(summand) else { return nil }
      if let own = parsed.dimension {
        guard dimension == nil || dimension == own else { return nil }
        dimension = own
      }
      terms.append(Term(factor: sign * parsed.term.factor, variable: parsed.term.variable))
    }
    guard !terms.isEmpty else { return nil }
    self.init(terms: terms, text: text)
  }

  /// Dimension of the first term that has one; `nil` for zero, which fits every dimension.
  var dimension: Dimension? {
    if isShare { return .number }
    for (_, summand) in Self.summands(of: text) {
      if let dimension = Self.term(summand)?.dimension { return dimension }
    }
    return nil
  }

  /// Splits at the plus and minus signs between terms.
  private static func summands(of text: String) -> [(sign: Double, text: String)] {
    var result: [(sign: Double, text: String)] = []
    var sign = 1.0
    var current = ""
    var last: Character = "+"
    for character in text where character != " " {
      // After an operator or an exponent's e a sign belongs to the number: 2 * -1, 1e-3.
      let isExponent =
        (last == "e" || last == "E") && (current.dropLast().last?.isNumber ?? false)
      if character == "+" || character == "-", !"+-*".contains(last), !isExponent {
        result.append((sign, current))
        sign = character == "-" ? -1 : 1
        current = ""
      } else {
        current.append(character)
      }
      last = character
    }
    result.append((sign, current))
    return result
  }

  private static func term(_ text: String) -> (term: Term, dimension: Dimension?)? {
    let factors = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    if factors.count == 2 {
      let variables = factors.compactMap { Variable(rawValue: $0) }
      let numbers = factors.compactMap { plainNumber($0) }
      guard let variable = variables.first, let number = numbers.first else { return nil }
      return (Term(factor: number, variable: variable), .time)
    }
    guard factors.count == 1 else { return nil }
    if let variable = Variable(rawValue: text) {
      return (Term(factor: 1, variable: variable), .time)
    }
    if case .value(let value) = UnitText.duration(text) {
      return (Term(factor: Double(value)), value == 0 ? nil : .time)
    }
    if text.last == "B", case .value(let value) = UnitText.size(text) {
      return (Term(factor: Double(value)), .size)
    }
    return (plainNumber(text) ?? perSecond(text)).map { (Term(factor: $0), .number) }
  }
}

extension VersionRange {
  /// Reads `>=3.7.0 <3.51.3 !3.44.6`; a version without a sign means that version alone.
  ///
  /// - Returns: `nil` for anything else, and for a range that contains no version.
  init?(parsing text: String) {
    self.init()
    let words = text.split { $0 == " " || $0 == "," }
    guard !words.isEmpty else { return nil }
    for word in words {
      let sign = word.prefix { "<>=!".contains($0) }
      guard let version = LibraryVersion(String(word.dropFirst(sign.count))) else { return nil }
      let next = LibraryVersion(number: version.number + 1)
      switch sign {
      case ">=": from = max(from ?? version, version)
      case ">": from = max(from ?? next, next)
      case "<": below = min(below ?? version, version)
      case "<=": below = min(below ?? next, next)
      case "!", "!=": except.append(version)
      case "", "=", "==":
        from = max(from ?? version, version)
        below = min(below ?? next, next)
      default: return nil
      }
    }
    if let from, let below, from >= below { return nil }
  }
}
