import AssayModel

/// A type of scalar: reads and checks a text, and describes the allowed values to people and
/// editors.
struct ScalarType<Value: Sendable>: Sendable {
  /// The result of reading a text.
  enum Reading {
    case value(Value)
    case wrongType
    case unknownValue
    case outOfRange
  }

  /// Description of the allowed values, for people.
  let allowed: String
  /// The closed list of words, if it is one; for suggestions.
  var words: [String] = []
  /// JSON Schema of the allowed values, for editors.
  let schema: JSONValue
  /// Reads a text.
  let parse: @Sendable (String) -> Reading
  /// The one form that equal values share.
  let text: @Sendable (Value) -> String
  /// Values worth drawing where they are not the words: bounds, their neighbours, usual values.
  var further: [String] = []

  /// Values worth drawing for random scenarios, as YAML; each is one that the type reads.
  var samples: [String] { words + further.filter { !words.contains($0) && canonical($0) != nil } }

  /// Returns the same type with these values to draw; values that it cannot read are left out.
  func drawing(_ samples: [String]) -> ScalarType {
    var type = self
    type.further = samples
    return type
  }

  /// Reads a node; errors are reported to the context.
  func read(_ node: YAMLNode, _ context: inout DecodingContext) -> Value? {
    guard let text = node.text else {
      context.report(.wrongType, node.place, found: node.summary, allowed: allowed)
      return nil
    }
    switch parse(text) {
    case .value(let value):
      return value
    case .wrongType:
      context.report(.wrongType, node.place, found: node.summary, allowed: allowed)
    case .unknownValue:
      context.report(
        .unknownValue, node.place, found: text.shortened, allowed: allowed,
        nearest: NearestWord.find(text, in: words))
    case .outOfRange:
      context.report(.outOfRange, node.place, found: node.summary, allowed: allowed)
    }
    return nil
  }

  /// Returns the canonical form of a text; `nil` if it is not a value of this type.
  func canonical(_ text: String) -> String? {
    guard case .value(let value) = parse(text) else { return nil }
    return self.text(value)
  }
}

extension ScalarType where Value == String {
  /// One of a few words, in any case.
  static func words(_ words: [String]) -> ScalarType {
    ScalarType(
      allowed: words.joined(separator: ", "), words: words, schema: wordSchema(words),
      parse: { text in
        let lowered = text.lowercased()
        return words.first { $0.lowercased() == lowered }.map { .value($0) } ?? .unknownValue
      },
      text: { $0 })
  }

  /// Free text.
  static func text(atMost limit: Int, example: String) -> ScalarType {
    ScalarType(
      allowed: "a text of 1 to \(limit) characters, such as \(example)",
      schema: .object([
        ("type", .string("string")), ("minLength", .integer(1)), ("maxLength", .integer(limit)),
      ]),
      parse: { text in
        text.isEmpty || text.unicodeScalars.count > limit ? .outOfRange : .value(text)
      },
      text: { $0 },
      further: [example])
  }

  /// Lower-case letters, digits and hyphens: fit to name a folder.
  static let name = ScalarType(
    allowed: "1 to 64 lower-case letters, digits and hyphens, a letter or digit first",
    schema: .object([
      ("type", .string("string")), ("pattern", .string("^[a-z0-9][a-z0-9-]{0,63}$")),
    ]),
    parse: { text in
      let isWord = text.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
      }
      let isName = isWord && text.utf8.first != 0x2d && (1...64).contains(text.utf8.count)
      return isName ? .value(text) : .outOfRange
    },
    text: { $0 },
    further: ["sample"])
}

extension ScalarType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enumeration's words, in any case.
  static func choice() -> ScalarType { choice(among: Array(Value.allCases)) }

  /// One of some of an enumeration's words, in any case.
  static func choice(among values: [Value]) -> ScalarType {
    let words = values.map(\.rawValue)
    return ScalarType(
      allowed: words.joined(separator: ", "), words: words, schema: wordSchema(words),
      parse: { text in
        let lowered = text.lowercased()
        guard words.contains(lowered), let value = Value(rawValue: lowered) else {
          return .unknownValue
        }
        return .value(value)
      },
      text: \.rawValue)
  }
}

extension ScalarType where Value == Int {
  /// A whole number.
  static func whole(_ range: ClosedRange<Int>) -> ScalarType {
    ScalarType(
      allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      schema: .object([
        ("type", .string("integer")), ("minimum", .integer(range.lowerBound)),
        ("maximum", .integer(range.upperBound)),
      ]),
      parse: { text in
        switch UnitText.whole(text) {
        case .value(let value): range.contains(Int(value)) ? .value(Int(value)) : .outOfRange
        case .malformed: .wrongType
        case .unrepresentable: .outOfRange
        }
      },
      text: { String($0) },
      further: worthDrawing(range).map { String($0) })
  }
}

/// Returns both ends of a range, their neighbours, and usual numbers within it.
private func worthDrawing(_ range: ClosedRange<Int>) -> [Int] {
  let usual = [-2, 0, 1, 2, 3, 10, 100, 1_000]
  let ends = [
    range.lowerBound, range.lowerBound + 1, range.upperBound - 1, range.upperBound,
  ]
  return Set(ends + usual).filter { range.contains($0) }.sorted()
}

extension ScalarType where Value == Bool {
  /// True or false, under YAML's usual names.
  static let flag = ScalarType(
    allowed: "true, false", words: ["true", "false"],
    schema: .object([
      ("enum", .array([.boolean(true), .boolean(false)] + flagWords.map { .string($0) }))
    ]),
    parse: { text in
      switch text.lowercased() {
      case "true", "on", "yes": .value(true)
      case "false", "off", "no": .value(false)
      default: .wrongType
      }
    },
    text: { $0 ? "true" : "false" })

  private static var flagWords: [String] { ["on", "off", "yes", "no"] }
}

extension ScalarType where Value == Double {
  /// A number with or without a fraction, within bounds or beyond `above`.
  static func number(
    _ range: ClosedRange<Double>, above: Double? = nil, allowed: String
  ) -> ScalarType {
    let lower: (key: String, value: JSONValue) =
      above.map { ("exclusiveMinimum", .number($0)) } ?? ("minimum", .number(range.lowerBound))
    return ScalarType(
      allowed: allowed,
      schema: .object([
        ("type", .string("number")), lower, ("maximum", .number(range.upperBound)),
      ]),
      parse: { text in
        guard let value = plainNumber(text) else { return .wrongType }
        guard range.contains(value), value > above ?? -.infinity else { return .outOfRange }
        return .value(value)
      },
      text: { "\($0)" },
      further: [range.lowerBound, -0.5, 0, 0.01, 0.5, range.upperBound].map { "\($0)" })
  }
}

/// Reads a decimal number; rejects other forms that `Double` accepts, such as `nan` or `0x1p3`.
func plainNumber(_ text: String) -> Double? {
  let isDecimal = text.utf8.allSatisfy {
    (0x30...0x39).contains($0) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains($0)
  }
  guard isDecimal, let value = Double(text), value.isFinite else { return nil }
  return value
}

/// Returns the JSON Schema of a closed list of words. Editors that follow YAML 1.1 read `off` as
/// false.
private func wordSchema(_ words: [String]) -> JSONValue {
  var values = words.map { JSONValue.string($0) }
  if words.contains("off") { values.append(.boolean(false)) }
  if words.contains("on") { values.append(.boolean(true)) }
  return .object([("enum", .array(values))])
}
