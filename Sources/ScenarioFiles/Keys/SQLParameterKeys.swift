import AssayModel

/// The kind of value drawn for one parameter of a transaction, while it is filled.
struct SQLParameterDraft: SectionDefaults {
  var kinds: [SQLLoad.Kind] = []

  static var defaults: SQLParameterDraft { SQLParameterDraft() }

  /// The keys of a parameter that is a mapping.
  static let keys: [SettingKey<SQLParameterDraft>] = [
    kind("int", integerType, "This very number.") { .integer(Int64($0)) },
    uniformKey,
    kind(
      "zipfian", .whole(1...1_000_000_000_000),
      "A number from 1 to this, small ones much likelier."
    ) { .zipfian(count: Int64($0)) },
    kind("text", .whole(0...16_777_216), "Text of this many letters.") { .text(length: $0) },
    kind("blob", .size(0...16_777_216), "This many bytes.") { .blob(length: Int($0.bytes)) },
  ]

  private static let allowed =
    "nonce, a number, {uniform: [1, 24]}, {zipfian: 1000}, {text: 20} or {blob: 300}"

  /// JSON Schema of a parameter, for editors.
  static let schema = JSONValue.object([
    (
      "anyOf",
      .array([
        .object([("const", .string("nonce"))]), integerType.schema,
        JSONSchema.object(keys).adding([
          ("minProperties", .integer(1)), ("maxProperties", .integer(1)),
        ]),
      ])
    )
  ])

  private static let integerType = ScalarType<Int>.whole(-Int.max...Int.max)

  private static func kind<Value>(
    _ name: String, _ type: ScalarType<Value>, _ documentation: String,
    make: @escaping @Sendable (Value) -> SQLLoad.Kind
  ) -> SettingKey<SQLParameterDraft> {
    SettingKey(
      name: name, documentation: documentation, schema: type.schema, samples: type.samples,
      assign: { draft, node, context in
        if let value = type.read(node, &context) { draft.kinds.append(make(value)) }
      })
  }

  private static let uniformKey = SettingKey<SQLParameterDraft>(
    name: "uniform", documentation: "A number from the first to the second, all equally likely.",
    schema: .object([
      ("type", .string("array")), ("minItems", .integer(2)), ("maxItems", .integer(2)),
      ("items", integerType.schema),
    ]),
    assign: { draft, node, context in
      guard let elements = node.elements, elements.count == 2 else {
        context.report(
          .wrongType, node.place, found: node.summary, allowed: "two numbers, such as [1, 24]")
        return
      }
      let bounds = elements.compactMap { integerType.read($0, &context) }
      guard bounds.count == 2 else { return }
      guard bounds[0] <= bounds[1] else {
        context.report(
          .contradiction, node.place, found: "[\(bounds[0]), \(bounds[1])]",
          allowed: "the smaller number first")
        return
      }
      draft.kinds.append(.uniform(low: Int64(bounds[0]), high: Int64(bounds[1])))
    })

  /// Reads `parameters:`.
  static func parameters(
    _ node: YAMLNode, _ context: inout DecodingContext
  ) -> [SQLLoad.Parameter] {
    guard let entries = node.entries else {
      context.report(
        .wrongType, node.place, found: node.summary,
        allowed: "a mapping of names to values, such as {id: {uniform: [1, 24]}, v: nonce}")
      return []
    }
    return entries.compactMap { entry in
      context.within(entry.key.shortened) { context in
        read(entry.value, &context).map { SQLLoad.Parameter(name: entry.key, kind: $0) }
      }
    }
  }

  private static func read(
    _ node: YAMLNode, _ context: inout DecodingContext
  ) -> SQLLoad.Kind? {
    if let text = node.text {
      if text.lowercased() == "nonce" { return .nonce }
      switch integerType.parse(text) {
      case .value(let number): return .integer(Int64(number))
      case .outOfRange:
        context.report(
          .outOfRange, node.place, found: node.summary, allowed: integerType.allowed)
      default:
        context.report(
          .unknownValue, node.place, found: text.shortened, allowed: allowed,
          nearest: NearestWord.find(text, in: ["nonce"]))
      }
      return nil
    }
    guard node.entries != nil else {
      context.report(.wrongType, node.place, found: node.summary, allowed: allowed)
      return nil
    }
    let errors = context.errors.count
    var draft = SQLParameterDraft()
    context.decode(node, with: keys, into: &draft)
    guard context.errors.count == errors else { return nil }
    guard draft.kinds.count == 1 else {
      context.report(
        .contradiction, node.place, found: "\(draft.kinds.count) ways to draw one parameter",
        allowed: "exactly one of \(keys.map(\.name).joined(separator: ", "))")
      return nil
    }
    return draft.kinds[0]
  }
}
