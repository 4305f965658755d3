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

  /// Returns the operations that `mix` may weigh for a workload.
  static func mixOperations(_ workload: Workload) -> [String] {
    workload == .mixed ? mixedSteps : ["read", "store", "delete"]
  }

  /// The keys of `load:`.
  static let keys: [SettingKey<LoadSettings>] =
    [
      workloadKey,
      .value(
        "processes", \.processes, .whole(1...256),
        "Worker processes; in the simulated world, domains of crashes and locks."),
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
          + " off for at most 5 s after the end. capacity*0.7: at this share of what the first such"
          + " cell does in a closed loop, readers and writers each at theirs. highest(p99 <= 10ms):"
          + " at the highest rate at which that percentile of the response time holds, searched for"
          + " each cell."),
      mixKey,
      .group("keys", keyKeys, "The keys, accounts or lock names that are asked for."),
      .value(
        "value_size", \.valueSize, .size(16...(256 << 20)), "Size of a value, its nonce included."),
      .optional(
        "invariant_timeout", \.invariantTimeout, .positiveDuration,
        "How long one evaluation of an invariant of workload sql may run in the real world; the"
          + " default is 10 s. What did not finish makes the check unknown."),
    ] + SQLKeys.keys

  /// Decoded first, because the default number of keys depends on it.
  private static let workloadKey: SettingKey<LoadSettings> = {
    let type = ScalarType<Workload>.choice()
    let plain = SettingKey.value(
      "workload", \LoadSettings.workload, type, isRequired: true, "What the actors do.")
    return SettingKey(
      name: plain.name, documentation: plain.documentation, schema: plain.schema,
      isRequired: true, stage: 0, scalar: plain.scalar, samples: plain.samples,
      assign: { section, node, context in
        guard let workload = type.read(node, &context) else { return }
        section = LoadSettings(workload: workload)
        if workload == .sql { section.sql = SQLLoad() }
      })
  }()

  private static let keyKeys: [SettingKey<LoadSettings>] = {
    var count = SettingKey.value(
      "count", \LoadSettings.keyCount, .whole(1...1_000_000_000),
      "How many there are; the default is \(keyCounts).")
    count.defaultText = nil
    return [
      count,
      .value(
        "distribution", \.distribution, .choice(), "How often each of them is asked for."),
    ]
  }()

  /// The default numbers of keys, for people.
  private static let keyCounts: String = {
    let usual = LoadSettings(workload: .ledger).keyCount
    let others = Workload.allCases.map { ($0.rawValue, LoadSettings(workload: $0).keyCount) }
      .filter { $0.1 != usual }
    return (others.map { "\($0.1) for \($0.0)" } + ["otherwise \(usual)"])
      .joined(separator: ", ")
  }()

  private static let mixKey = SettingKey<LoadSettings>(
    name: "mix",
    documentation: "What a writer of workload kv or mixed does, by weight; for kv the default is"
      + " stores only.",
    schema: .object([
      ("type", .string("object")), ("minProperties", .integer(1)),
      ("additionalProperties", .boolean(false)),
      (
        "properties",
        .object(
          allMixOperations.map { ($0, ScalarType<Int>.whole(0...1_000_000).schema) })
      ),
    ]),
    samples: [LoadSettings.Workload.kv, .mixed].flatMap { workload in
      let operations = mixOperations(workload)
      let even = operations.map { "\($0): 1" }.joined(separator: ", ")
      return ["{\(even)}"] + operations.map { "{\($0): 3, \(operations[0]): 1}" }.dropFirst()
    },
    assign: { section, node, context in
      section.mix = readMix(node, mixOperations(section.workload), &context)
    })

  private static let allMixOperations: [String] = {
    let own = mixOperations(.kv)
    return own + mixOperations(.mixed).filter { !own.contains($0) }
  }()

  private static func readMix(
    _ node: YAMLNode, _ operations: [String], _ context: inout DecodingContext
  ) -> [Share] {
    let errors = context.errors.count
    guard let entries = node.entries else {
      context.report(
        .wrongType, node.place, found: node.summary,
        allowed: "a mapping of weights such as {read: 80, store: 20}")
      return []
    }
    var shares: [Share] = []
    for entry in entries {
      guard operations.contains(entry.key) else {
        context.reportUnknown(entry, among: operations)
        continue
      }
      context.within(entry.key) { context in
        if let weight = ScalarType<Int>.whole(0...1_000_000).read(entry.value, &context) {
          shares.append(Share(operation: entry.key, weight: weight))
        }
      }
    }
    if context.errors.count == errors, !shares.contains(where: { $0.weight > 0 }) {
      context.report(
        .outOfRange, node.place, found: "a mix without weight", allowed: "a weight above 0")
    }
    return shares
  }

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
      samples: type.samples,
      assign: { section, node, context in
        if let value = type.read(node, &context) { section.extent = make(value) }
      })
  }
}
