import AssayModel

extension LockSettings: SectionDefaults {
  static var defaults: LockSettings { LockSettings() }

  /// The keys of `locks:`.
  static let keys: [SettingKey<LockSettings>] = [
    .value(
      "ttl", \.ttl, .duration(from: .milliseconds(1)),
      "How long a lease lasts without renewal."),
    .value(
      "owner", \.owner, .choice(),
      "Owner identifiers: a new one for each start of a process (random), or always the same"
        + " (stable)."),
    .value(
      "fencing", \.fencing, .flag,
      "Whether protected writes check the fencing token in their own transaction."),
    .value(
      "renew", \.renew, .flag,
      "Whether the holder renews its lease in the background at a third of the TTL."),
    .value(
      "poll", \.poll, .duration(from: .milliseconds(1)),
      "How often a waiter looks at a lock that another process holds."),
  ]
}

extension LoadSettings: SectionDefaults {
  static var defaults: LoadSettings { LoadSettings(workload: .kv) }

  /// The operations that `mix` may weigh.
  static let mixOperations = ["read", "store", "delete"]

  /// The keys of `load:`.
  static let keys: [SettingKey<LoadSettings>] =
    [
      workloadKey,
      .value("processes", \.processes, .whole(1...256), "Worker processes."),
      .value("writers", \.writers, .whole(0...1_024), "Writing actors in each process."),
      .value("readers", \.readers, .whole(0...1_024), "Reading actors in each process."),
      extentKey(
        "duration", .positiveDuration, isDefault: true,
        "How long a cell is measured, the warm-up not counted. Either this or operations.",
        get: { if case .duration(let span) = $0 { span } else { nil } },
        make: { .duration($0) }),
      extentKey(
        "operations", .whole(1...10_000_000_000), isDefault: false,
        "Operations of all actors after which a cell ends. Either this or duration.",
        get: { if case .operations(let count) = $0 { count } else { nil } },
        make: { .operations($0) }),
      .value(
        "warm_up", \.warmUp, .nonNegativeDuration,
        "Time at the start that is checked but not measured."),
      .value(
        "think", \.think, .nonNegativeDuration, "Pause of an actor between two operations."),
      .value(
        "hold", \.hold, .nonNegativeDuration,
        "Time that protected work takes while a lock is held (workload locks)."),
      .value(
        "rate", \.rate, .rate,
        "closed: the next operation starts when the last has ended. 500/s: operations arrive at"
          + " random (Poisson) at this rate over all actors of the cell; what has arrived is worked"
          + " off for at most 5 s after the end."),
      mixKey,
      .group("keys", keyKeys, "The keys, accounts or lock names that are asked for."),
      .value(
        "value_size", \.valueSize, .size(16...(256 << 20)), "Size of a value, its nonce included."),
    ] + sqlKeys

  /// Decoded first, because the default number of keys depends on it.
  private static let workloadKey: SettingKey<LoadSettings> = {
    let type = ScalarType<Workload>.choice()
    let plain = SettingKey.value(
      "workload", \LoadSettings.workload, type, isRequired: true, "What the actors do.")
    return SettingKey(
      name: plain.name, documentation: plain.documentation, schema: plain.schema,
      isRequired: true, stage: 0, scalar: plain.scalar,
      assign: { section, node, context in
        if let workload = type.read(node, &context) { section = LoadSettings(workload: workload) }
      })
  }()

  private static let keyKeys: [SettingKey<LoadSettings>] = {
    var count = SettingKey.value(
      "count", \LoadSettings.keyCount, .whole(1...1_000_000_000),
      "How many there are; the default is 100000 for kv, 1 for locks, otherwise 1000.")
    count.defaultText = nil
    return [
      count,
      .value(
        "distribution", \.distribution, .choice(), "How often each of them is asked for."),
    ]
  }()

  private static let mixKey = SettingKey<LoadSettings>(
    name: "mix",
    documentation: "What a writer of workload kv does, by weight; the default is stores only.",
    schema: .object([
      ("type", .string("object")), ("minProperties", .integer(1)),
      ("additionalProperties", .boolean(false)),
      (
        "properties",
        .object(
          mixOperations.map { ($0, ScalarType<Int>.whole(0...1_000_000).schema) })
      ),
    ]),
    assign: { section, node, context in
      section.mix = readMix(node, &context)
    })

  private static func readMix(
    _ node: YAMLNode, _ context: inout DecodingContext
  ) -> [Share] {
    guard let entries = node.entries else {
      context.report(
        .wrongType, node.place, found: node.summary,
        allowed: "a mapping of weights such as {read: 80, store: 20}")
      return []
    }
    var shares: [Share] = []
    for entry in entries {
      guard mixOperations.contains(entry.key) else {
        context.reportUnknown(entry, among: mixOperations)
        continue
      }
      context.within(entry.key) { context in
        if let weight = ScalarType<Int>.whole(0...1_000_000).read(entry.value, &context) {
          shares.append(Share(operation: entry.key, weight: weight))
        }
      }
    }
    if context.errors.isEmpty, !shares.contains(where: { $0.weight > 0 }) {
      context.report(
        .outOfRange, node.place, found: "a mix without weight", allowed: "a weight above 0")
    }
    return shares
  }

  private static let sqlKeys: [SettingKey<LoadSettings>] = [
    .outline("setup", "SQL that makes the tables (workload sql)."),
    .outlineList(
      "transactions", ["weight", "begin", "statements", "parameters"],
      "The transactions of workload sql, each with its weight."),
    .outlineList(
      "invariants", ["query", "equals"],
      "Queries of workload sql and what each must answer at all times."),
  ]

  private static func extentKey<Value>(
    _ name: String, _ type: ScalarType<Value>, isDefault: Bool, _ documentation: String,
    get: @escaping @Sendable (Extent) -> Value?, make: @escaping @Sendable (Value) -> Extent
  ) -> SettingKey<LoadSettings> {
    SettingKey(
      name: name, documentation: documentation, schema: type.schema,
      defaultText: isDefault ? get(LoadSettings.defaults.extent).map(type.text) : nil,
      scalar: SettingKey.Scalar(
        allowed: type.allowed,
        check: { node, context in type.read(node, &context).map(type.text) },
        canonical: { type.canonical($0) },
        current: { get($0.extent).map(type.text) }),
      assign: { section, node, context in
        if let value = type.read(node, &context) { section.extent = make(value) }
      })
  }
}

/// What is known of a mapping that only later versions decode: its keys.
private struct Outline: SectionDefaults {
  static let defaults = Outline()
}

extension SettingKey {
  /// A key for a list of mappings of known keys with any values.
  static func outlineList(
    _ name: String, _ keys: [String], _ documentation: String
  ) -> SettingKey {
    let children = keys.map { SettingKey<Outline>.outline($0, "") }
    return SettingKey(
      name: name, documentation: documentation,
      schema: .object([
        ("type", .string("array")), ("items", JSONSchema.object(children)),
      ]),
      assign: { _, node, context in
        guard let elements = node.elements else {
          context.report(
            .wrongType, node.place, found: node.summary,
            allowed: "a list of mappings with the keys \(keys.joined(separator: ", "))")
          return
        }
        for element in elements {
          var outline = Outline()
          context.decode(element, with: children, into: &outline)
        }
      })
  }
}
