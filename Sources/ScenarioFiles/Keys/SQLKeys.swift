import AssayModel

extension SQLLoad.Transaction: SectionDefaults {
  static var defaults: SQLLoad.Transaction { SQLLoad.Transaction(name: "", statements: []) }

  /// The keys of one kind of transaction.
  static let keys: [SettingKey<SQLLoad.Transaction>] = [
    {
      var name = SettingKey<SQLLoad.Transaction>.value(
        "name", \.name, .text(atMost: 100, example: "order"),
        "Its name in messages; the default is transaction 1 and so on.")
      name.defaultText = nil
      return name
    }(),
    .value(
      "weight", \.weight, .whole(0...1_000_000), "Its weight among the writers' transactions."),
    .optional(
      "begin", \.begin, .choice(), "How it begins; the default is what storage.begin says."),
    SettingKey(
      name: "statements",
      documentation: "Its statements, one each, with named parameters such as :id.",
      schema: SQLKeys.textsSchema, isRequired: true,
      allowed: "a list of texts in SQL, such as [UPDATE t SET n = n + 1]",
      assign: { transaction, node, context in
        transaction.statements = SQLKeys.statements(node, &context)
      }),
    SettingKey(
      name: "parameters",
      documentation: "How each named parameter is drawn, once for each run of the transaction.",
      schema: .object([
        ("type", .string("object")), ("additionalProperties", SQLParameterDraft.schema),
      ]),
      assign: { transaction, node, context in
        transaction.parameters = SQLParameterDraft.parameters(node, &context)
      }),
  ]
}

extension SQLLoad.Invariant: SectionDefaults {
  static var defaults: SQLLoad.Invariant { SQLLoad.Invariant(query: "", equals: "") }

  /// The keys of one invariant.
  static let keys: [SettingKey<SQLLoad.Invariant>] = [
    SettingKey(
      name: "query", documentation: "The query; its first column of its first row counts.",
      schema: SQLKeys.textType.schema, isRequired: true, allowed: SQLKeys.textType.allowed,
      assign: { invariant, node, context in
        guard let text = SQLKeys.textType.read(node, &context) else { return }
        let sql = SQLText(text)
        SQLKeys.refuseOddities(sql, node, &context)
        if let name = sql.parameters.first {
          context.report(
            .contradiction, node.place, found: "the parameter :\(name.shortened) in an invariant",
            allowed: "a query without parameters")
        }
        if !sql.isOneStatement {
          context.report(
            .contradiction, node.place, found: "\(sql.statements) statements in one query",
            allowed: "one query")
        }
        invariant.query = text
      }),
    SettingKey(
      name: "equals",
      documentation:
        "What it must answer at all times, as SQLite writes it; null for NULL, true and"
        + " false for 1 and 0.",
      schema: .object([
        (
          "type", .array(["string", "number", "boolean", "null"].map { .string($0) })
        )
      ]),
      isRequired: true, allowed: "one value, such as 100",
      assign: { invariant, node, context in
        guard case .scalar(let text, let isPlain) = node.content else {
          context.report(
            .wrongType, node.place, found: node.summary, allowed: "one value, such as 100")
          return
        }
        guard isPlain else {
          invariant.equals = text
          return
        }
        if let remedy = InvariantValue.remedy(text) {
          context.report(
            .outOfRange, node.place, found: "\(text), which SQLite never answers", allowed: remedy)
        }
        invariant.equals = InvariantValue.answer(text)
      }),
  ]
}

/// The keys of `load:` that only workload sql has.
enum SQLKeys {
  /// The keys.
  static let keys: [SettingKey<LoadSettings>] = [
    SettingKey(
      name: "setup",
      documentation: "SQL that makes and fills the tables (workload sql): scripts, or files of"
        + " them, whose paths are relative to the scenario.",
      schema: setUpSchema,
      assign: { load, node, context in
        load.sql?.setUp = (node.elements ?? [node]).compactMap { script($0, &context) }
      }),
    SettingKey(
      name: "transactions",
      documentation: "The transactions of workload sql, each with its weight.",
      schema: listSchema(SQLLoad.Transaction.keys),
      assign: { load, node, context in load.sql?.transactions = transactions(node, &context) }),
    SettingKey(
      name: "invariants",
      documentation: "Queries of workload sql and what each must answer at all times.",
      schema: listSchema(SQLLoad.Invariant.keys),
      assign: { load, node, context in
        load.sql?.invariants = list(node, SQLLoad.Invariant.keys, &context).map(\.value)
      }),
  ]

  /// One text in SQL.
  static let textType = ScalarType<String>.text(
    atMost: 100_000, example: "SELECT count(*) FROM t")

  /// One text, or a list of them.
  static let textsSchema = JSONValue.object([
    (
      "anyOf",
      .array([
        textType.schema,
        .object([
          ("type", .string("array")), ("minItems", .integer(1)), ("items", textType.schema),
        ]),
      ])
    )
  ])

  /// Reports parameters that are not drawn by name, and parentheses that do not close.
  static func refuseOddities(_ sql: SQLText, _ node: YAMLNode, _ context: inout DecodingContext) {
    if !sql.isBalanced {
      context.report(
        .contradiction, node.place, found: "an open parenthesis in \(node.summary)",
        allowed: "SQL in quotes or on a line of its own, since a comma ends it in a list in"
          + " brackets")
    }
    guard let other = sql.otherParameters.first else { return }
    context.report(
      .contradiction, node.place, found: "the parameter \(other.shortened)",
      allowed: "named parameters such as :id")
  }

  /// Returns the statements of a transaction, each checked.
  static func statements(_ node: YAMLNode, _ context: inout DecodingContext) -> [String] {
    if node.elements?.isEmpty == true {
      context.report(
        .wrongType, node.place, found: "an empty list", allowed: "at least one statement")
    }
    return (node.elements ?? [node]).compactMap { element in
      guard let text = textType.read(element, &context) else { return nil }
      let sql = SQLText(text)
      if !sql.isOneStatement {
        context.report(
          .contradiction, element.place, found: "\(sql.statements) statements in one text",
          allowed: "a list with one statement each")
      } else if sql.isTransactionControl {
        context.report(
          .contradiction, element.place, found: element.summary,
          allowed: "statements without BEGIN and COMMIT, since each run is a transaction")
      }
      refuseOddities(sql, element, &context)
      return text
    }
  }
}

extension SQLKeys {
  private static let setUpSchema: JSONValue = {
    let file = JSONValue.object([
      ("type", .string("object")), ("additionalProperties", .boolean(false)),
      ("properties", .object([("file", .object([("type", .string("string"))]))])),
      ("required", .array([.string("file")])),
    ])
    let one: [JSONValue] = [.object([("type", .string("string"))]), file]
    let list = JSONValue.object([
      ("type", .string("array")), ("items", .object([("anyOf", .array(one))])),
    ])
    return .object([("anyOf", .array(one + [list]))])
  }()

  private static func listSchema<Section>(_ keys: [SettingKey<Section>]) -> JSONValue {
    .object([
      ("type", .string("array")), ("minItems", .integer(1)), ("items", JSONSchema.object(keys)),
    ])
  }

  /// A script, from the scenario or from its file.
  private static func script(_ node: YAMLNode, _ context: inout DecodingContext) -> String? {
    guard node.entries != nil else {
      let type = ScalarType<String>.text(
        atMost: YAMLReader.byteLimit, example: "CREATE TABLE t(id), or {file: schema.sql}")
      guard let text = type.read(node, &context) else { return nil }
      let sql = SQLText(text)
      if sql.statements == 0 {
        context.report(
          .contradiction, node.place, found: "a script without statements",
          allowed: type.allowed)
      } else if let name = sql.firstParameter {
        context.report(
          .contradiction, node.place, found: "the parameter \(name.shortened) in a script",
          allowed: "parameters in load.transactions only")
      } else {
        refuseOddities(sql, node, &context)
      }
      return text
    }
    var reference = ScriptFile()
    context.decode(node, with: ScriptFile.keys, into: &reference)
    return reference.text
  }

  private static func transactions(
    _ node: YAMLNode, _ context: inout DecodingContext
  ) -> [SQLLoad.Transaction] {
    var names: Set<String> = []
    let errors = context.errors.count
    var found = list(node, SQLLoad.Transaction.keys, &context)
    for index in found.indices {
      if found[index].value.name.isEmpty { found[index].value.name = "transaction \(index + 1)" }
      let name = found[index].value.name
      if !names.insert(name).inserted {
        context.report(
          .contradiction, found[index].node.place, found: "a second transaction '\(name)'",
          allowed: "each name once")
      }
      checkParameters(of: found[index].value, found[index].node, &context)
    }
    if errors == context.errors.count, !found.contains(where: { $0.value.weight > 0 }) {
      context.report(
        .outOfRange, node.place, found: "transactions without weight",
        allowed: "a weight above 0")
    }
    return found.map(\.value)
  }

  /// Refuses undrawn parameters, which would be NULL, and unused ones, which would change nothing.
  private static func checkParameters(
    of transaction: SQLLoad.Transaction, _ node: YAMLNode, _ context: inout DecodingContext
  ) {
    let used = transaction.statements.flatMap { SQLText($0).parameters }
    let drawn = node.entry("parameters")?.value.entries ?? []
    context.within("parameters") { context in
      for name in used where !drawn.contains(where: { $0.key == name }) {
        context.report(
          .contradiction, node.place(at: "statements"),
          found: "the parameter :\(name.shortened) of \(transaction.name) without a value",
          allowed: "parameters: {\(name.shortened): ...}, such as {uniform: [1, 24]}",
          nearest: NearestWord.find(name, in: drawn.map(\.key)))
      }
      for entry in drawn where !used.contains(entry.key) {
        context.report(
          .contradiction, entry.keyPlace,
          found: "the parameter \(entry.key.shortened), which no statement names",
          allowed: used.isEmpty ? "no parameters" : used.joined(separator: ", "))
      }
    }
  }

  /// Returns the elements of a list of mappings with their nodes.
  private static func list<Section: SectionDefaults>(
    _ node: YAMLNode, _ keys: [SettingKey<Section>], _ context: inout DecodingContext
  ) -> [(value: Section, node: YAMLNode)] {
    guard let elements = node.elements, !elements.isEmpty else {
      let names = keys.map(\.name).joined(separator: ", ")
      context.report(
        .wrongType, node.place, found: node.elements == nil ? node.summary : "an empty list",
        allowed: "a list of mappings with the keys \(names)")
      return []
    }
    return elements.map { element in
      var value = Section.defaults
      context.decode(element, with: keys, into: &value)
      return (value, element)
    }
  }
}

/// A script in a file of its own.
private struct ScriptFile: SectionDefaults {
  var text: String?

  static let defaults = ScriptFile()

  static let keys = [
    SettingKey<ScriptFile>(
      name: "file", documentation: "A path, relative to the scenario.",
      schema: .object([("type", .string("string"))]), isRequired: true,
      allowed: "a path, such as schema.sql",
      assign: { script, node, context in
        let type = ScalarType<String>.text(atMost: 4_096, example: "schema.sql")
        guard let path = type.read(node, &context) else { return }
        script.text = context.sqlFile(path, at: node.place)
      })
  ]
}
