import AssayModel

extension ScalarType where Value == Nanoseconds {
  /// A duration within bounds.
  static func duration(from lowest: Nanoseconds, to highest: Nanoseconds = .days(7)) -> ScalarType {
    let bounds = [lowest, highest].map { UnitText.text($0.rawValue, units: UnitText.durations) }
    return ScalarType(
      allowed: "a duration from \(bounds[0]) to \(bounds[1]), such as 250ms, 5s or 2m",
      schema: durationSchema(isSigned: lowest < .zero),
      parse: { text in
        switch UnitText.duration(text) {
        case .value(let value):
          (lowest.rawValue...highest.rawValue).contains(value)
            ? .value(Nanoseconds(value)) : .outOfRange
        case .malformed: .wrongType
        case .unrepresentable: .outOfRange
        }
      },
      text: { UnitText.text($0.rawValue, units: UnitText.durations) },
      further: [bounds[0], "-1s", "1ns", "1ms", "20ms", "1s", bounds[1]])
  }

  /// A duration that may also go backwards.
  static let signedDuration = duration(from: Nanoseconds(-Nanoseconds.days(7).rawValue))
  /// A duration that may be zero.
  static let nonNegativeDuration = duration(from: .zero)
  /// A duration of at least a nanosecond.
  static let positiveDuration = duration(from: Nanoseconds(1))
}

extension Nanoseconds {
  static func days(_ count: Int64) -> Nanoseconds { .seconds(count * 86_400) }
}

extension ScalarType where Value == ByteCount {
  /// A size within bounds, in bytes.
  static func size(_ range: ClosedRange<Int64>) -> ScalarType {
    let bounds = [range.lowerBound, range.upperBound].map {
      UnitText.text($0, units: UnitText.sizes)
    }
    return ScalarType(
      allowed: "a size from \(bounds[0]) to \(bounds[1]), such as 100B, 4KiB or 1MiB",
      schema: sizeSchema,
      parse: { text in
        switch UnitText.size(text) {
        case .value(let value): range.contains(value) ? .value(ByteCount(value)) : .outOfRange
        case .malformed: .wrongType
        case .unrepresentable: .outOfRange
        }
      },
      text: { String($0.bytes) },
      further: [bounds[0], "0B", "100B", "512B", "4KiB", "64KiB", "1MiB", bounds[1]])
  }
}

extension ScalarType where Value == LoadSettings.Rate {
  /// The start times of operations: a rate, or a search for one.
  static let rate = rate(
    further: ", or the highest that holds a bound, such as highest(p99 <= 10ms)",
    pattern: "|highest ?\\(p[0-9.]+ ?<= ?[0-9.]+(ns|us|ms|s|m|h)\\)")

  /// The same without a search: two sides need one rate.
  static let knownRate = rate(further: "", pattern: "")

  private static func rate(further: String, pattern: String) -> ScalarType {
    ScalarType(
      allowed: "closed, operations a second from 0.001/s to 10000000/s, such as 500/s, or a share "
        + "of the capacity from 0.01 to 4, such as capacity*0.7" + further,
      words: ["closed"],
      schema: .object([
        ("type", .string("string")),
        (
          "pattern",
          .string(
            "^(closed|[0-9]+(\\.[0-9]+)?/s|capacity ?\\* ?[0-9]+(\\.[0-9]+)?" + pattern + ")$")
        ),
      ]),
      parse: { text in
        if text.lowercased() == "closed" { return .value(.closed) }
        if let share = shareOfCapacity(text) {
          return (0.01...4).contains(share) ? .value(.ofCapacity(share)) : .outOfRange
        }
        if !further.isEmpty, let goal = rateGoal(text) { return .value(.highest(goal)) }
        guard let value = perSecond(text) else { return .wrongType }
        return (0.001...10_000_000).contains(value) ? .value(.perSecond(value)) : .outOfRange
      },
      text: { rate in
        switch rate {
        case .closed: "closed"
        case .perSecond(let value): "\(value)/s"
        case .ofCapacity(let share): "capacity*\(share)"
        case .highest(let goal):
          "highest(\(goal.percentile) <= "
            + UnitText.text(goal.bound.rawValue, units: UnitText.durations) + ")"
        }
      },
      further: ["500/s", "capacity*0.7", "highest(p99 <= 10ms)"])
  }
}

/// Reads `highest(p99 <= 10ms)`.
private func rateGoal(_ text: String) -> RateGoal? {
  let plain = text.filter { $0 != " " }.lowercased()
  guard plain.hasPrefix("highest("), plain.hasSuffix(")") else { return nil }
  let parts = plain.dropFirst("highest(".count).dropLast().split(separator: "<")
  guard parts.count == 2, parts[1].hasPrefix("="),
    case .value(let bound) = UnitText.duration(String(parts[1].dropFirst())), bound > 0
  else { return nil }
  return RateGoal(String(parts[0]), atMost: Nanoseconds(bound))
}

/// Reads `capacity*0.7`.
private func shareOfCapacity(_ text: String) -> Double? {
  let parts = text.split(separator: "*", omittingEmptySubsequences: false).map { part in
    part.filter { $0 != " " }
  }
  guard parts.count == 2, parts[0].lowercased() == "capacity" else { return nil }
  return plainNumber(parts[1])
}

/// Reads `500/s`.
func perSecond(_ text: String) -> Double? {
  text.hasSuffix("/s") ? plainNumber(String(text.dropLast(2))) : nil
}

extension ScalarType where Value == Probability {
  /// A probability.
  static let probability = ScalarType(
    allowed: "a probability from 0 to 1, such as 0.01",
    schema: .object([
      ("type", .string("number")), ("minimum", .integer(0)), ("maximum", .integer(1)),
    ]),
    parse: { text in
      guard let number = plainNumber(text) else { return .wrongType }
      return Probability(number).map { .value($0) } ?? .outOfRange
    },
    text: { "\($0.value)" },
    further: ["0", "0.01", "0.3", "1"])
}

extension ScalarType where Value == BoundExpression {
  /// A sum of times, numbers and settings, such as `ttl + 400ms`.
  static let expression = ScalarType(
    allowed: "a number, a duration, a size or a sum such as ttl + 400ms or 2 * ttl, "
      + "where the names are "
      + BoundExpression.Variable.allCases.map(\.rawValue).joined(separator: ", "),
    schema: .object([("type", .array([.string("string"), .string("number")]))]),
    parse: { text in BoundExpression(parsing: text).map { .value($0) } ?? .wrongType },
    text: \.text)
}

extension ScalarType where Value == VersionRange {
  /// A range of SQLite's versions.
  static let versionRange = ScalarType(
    allowed: "a range of SQLite versions, such as \">=3.7.0 <3.51.3 !3.44.6\"",
    schema: .object([("type", .string("string"))]),
    parse: { text in VersionRange(parsing: text).map { .value($0) } ?? .wrongType },
    text: { range in
      let bounds = [range.from.map { ">=\($0)" }, range.below.map { "<\($0)" }].compactMap { $0 }
      return (bounds + range.except.map { "!\($0)" }).joined(separator: " ")
    })
}

private func durationSchema(isSigned: Bool) -> JSONValue {
  let pattern = "^\(isSigned ? "-?" : "")[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h)$"
  return .object([
    (
      "anyOf",
      .array([
        .object([("type", .string("string")), ("pattern", .string(pattern))]),
        .object([("const", .integer(0))]),
        .object([("const", .string("0"))]),
      ])
    )
  ])
}

private let sizeSchema = JSONValue.object([
  (
    "anyOf",
    .array([
      .object([
        ("type", .string("string")), ("pattern", .string("^[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB)$")),
      ]),
      .object([("type", .string("integer")), ("minimum", .integer(0))]),
    ])
  )
])
