import AssayModel

/// One rule of an expectation before its parts are known to fit together.
struct RuleDraft: SectionDefaults {
  var word: Word?
  var bound = Bound()
  /// Keys of the bound that the file has, in the order of the file.
  var boundKeys: [String] = []
  var conditions: [Condition] = []

  /// The words that an expectation can be.
  enum Word: String, CaseIterable, Sendable {
    case valid, violated
    case mayViolate = "may_violate"
  }

  static var defaults: RuleDraft { RuleDraft() }
}

extension RuleDraft {
  /// The keys of a rule that is a mapping.
  static let keys: [SettingKey<RuleDraft>] = [
    .optional("is", \.word, .choice(), "What the check must find."),
    bound("min", .expression, \.min, "The lowest value allowed."),
    bound("max", .expression, \.max, "The highest value allowed."),
    bound(
      "of", .choice(), \.statistic,
      "Which number of the distribution; the default is p99, and max for recovery_time."),
    bound(
      "operation", operationType, \.operation,
      "Which kind of operation, or for errors a transaction of workload sql by its name; the"
        + " default is the workload's main write, and for busy and errors all operations."),
    bound(
      "code", .words(ErrorCodeNames.all), \.code,
      "Only results with this code count (checks busy and errors). For errors, a primary code"
        + " includes its extended ones."),
    SettingKey(
      name: "relative_to",
      documentation: "Divide by the same value of the cell that differs in just these parameters;"
        + " the rule does not apply to that cell itself.",
      schema: SettingPaths.schema { .object([("$ref", .string($0))]) },
      assign: { draft, node, context in
        draft.boundKeys.append("relative_to")
        draft.bound.relativeTo = assignments(node, &context)
      }),
    SettingKey(
      name: "when",
      documentation: "Cells and libraries to which the rule applies; without it, all.",
      schema: conditionSchema,
      assign: { draft, node, context in draft.conditions = conditions(node, &context) }),
  ]

  /// A mix calls the operation `read` that results call `load`. Names of the scenario's own
  /// transactions are known only once its load is decoded.
  private static let operationType: ScalarType<String> = {
    let names = OperationKind.allCases.map(\.name)
    let plain = ScalarType<String>.words(names + ["read"])
    let text = ScalarType<String>.text(atMost: 100, example: "store")
    return ScalarType(
      allowed: plain.allowed, words: plain.words,
      schema: .object([("anyOf", .array([plain.schema, text.schema]))]),
      parse: { word in
        if word == "read" { return .value(OperationKind.load.name) }
        if case .value(let name) = plain.parse(word) { return .value(name) }
        return text.parse(word)
      },
      text: plain.text)
  }()

  private static func bound<Value>(
    _ name: String, _ type: ScalarType<Value>,
    _ field: SettingField<Bound, Value?>, _ documentation: String
  ) -> SettingKey<RuleDraft> {
    SettingKey(
      name: name, documentation: documentation, schema: type.schema,
      assign: { draft, node, context in
        draft.boundKeys.append(name)
        if let value = type.read(node, &context) { draft.bound[keyPath: field] = value }
      })
  }

  private static func assignments(
    _ node: YAMLNode, _ context: inout DecodingContext
  ) -> [Assignment] {
    guard let entries = node.entries, !entries.isEmpty else {
      context.report(
        .wrongType, node.place, found: node.summary,
        allowed: "a mapping of matrix keys to values such as {storage.topology: pool}")
      return []
    }
    return entries.compactMap { entry in
      guard let values = context.axes[entry.key] else {
        let names = context.axes.keys.sorted()
        context.within(entry.key.shortened) {
          $0.report(
            .contradiction, entry.keyPlace, found: "'\(entry.key.shortened)' is not in the matrix",
            allowed: names.isEmpty ? "nothing without a matrix" : names.joined(separator: ", "))
        }
        return nil
      }
      return context.within(entry.key) { context in
        value(entry.value, of: entry.key, among: values, &context)
          .map { Assignment(path: entry.key, value: $0) }
      }
    }
  }

  /// Returns the value as the matrix spells it; one that is not in the matrix is reported.
  private static func value(
    _ node: YAMLNode, of path: String, among values: [DecodingContext.AxisValue],
    _ context: inout DecodingContext
  ) -> String? {
    guard let setting = SettingPaths.byPath[path],
      let canonical = setting.check(node, &context)
    else { return nil }
    if let match = values.first(where: { $0.canonical == canonical }) { return match.text }
    context.report(
      .contradiction, node.place, found: "\(node.summary) is not in the matrix",
      allowed: values.map(\.text).joined(separator: ", "))
    return nil
  }

  private static let conditionSchema: JSONValue = {
    let settings = SettingPaths.schema { reference in
      let value = JSONValue.object([("$ref", .string(reference))])
      let list = JSONValue.object([("type", .string("array")), ("items", value)])
      return .object([
        ("anyOf", .array([value, list, .object([("type", .string("string"))])]))
      ])
    }
    guard case .object(let entries) = settings else { return settings }
    return .object(
      entries.map { entry in
        guard entry.key == "properties" else { return entry }
        return (
          entry.key, entry.value.adding([("library", ScalarType<VersionRange>.versionRange.schema)])
        )
      })
  }()

  private static func conditions(
    _ node: YAMLNode, _ context: inout DecodingContext
  ) -> [Condition] {
    guard let entries = node.entries, !entries.isEmpty else {
      context.report(
        .wrongType, node.place, found: node.summary,
        allowed: "a mapping such as {storage.journal_mode: off} or {library: \"<3.51.3\"}")
      return []
    }
    return entries.compactMap { entry in
      if entry.key == "library" {
        return context.within("library") { context in
          ScalarType<VersionRange>.versionRange.read(entry.value, &context).map { .library($0) }
        }
      }
      guard SettingPaths.byPath[entry.key] != nil else {
        context.reportUnknown(entry, among: SettingPaths.all.map(\.path) + ["library"])
        return nil
      }
      return context.within(entry.key) { context in
        let values = elements(of: entry.value).compactMap { node -> String? in
          guard let axis = context.axes[entry.key] else {
            guard SettingPaths.byPath[entry.key]?.check(node, &context) != nil else { return nil }
            return node.text
          }
          return value(node, of: entry.key, among: axis, &context)
        }
        return values.isEmpty ? nil : .parameter(path: entry.key, values: values)
      }
    }
  }

  /// A condition's values: a list, a quoted list such as `"[memory, off]"`, or one value.
  private static func elements(of node: YAMLNode) -> [YAMLNode] {
    if let elements = node.elements { return elements }
    guard case .scalar(let text, _) = node.content else { return [node] }
    let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
    guard isBracketed || text.contains(",") else { return [node] }
    let inner = isBracketed ? text.dropFirst().dropLast() : text[...]
    return inner.split(separator: ",").map { part in
      let word = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      return YAMLNode(content: .scalar(String(word), isPlain: true), place: node.place)
    }
  }
}
