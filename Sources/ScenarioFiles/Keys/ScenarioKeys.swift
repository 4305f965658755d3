import AssayModel

/// A whole scenario while it is filled.
struct ScenarioDraft: SectionDefaults {
  var name = ""
  var question = ""
  var tags: [String] = []
  var show: [ShownFigure]?
  var world = World.real
  var settings = CellSettings()
  var axes: [Axis] = []
  var repetitions = 1
  var faults: [FaultSpecification] = []
  var expectations: [Expectation] = []
  var furtherChecks: [CheckName] = []
  /// True if the file has an `explore:` section.
  var explores = false
  /// Most cells; `nil` for the usual limit.
  var cellLimit: Int?
  /// Settings of the gate; `nil` without a `gate:` section.
  var gate: GateSettings?
  var tune: TuneSettings?

  /// One key of the matrix with its values and their places.
  struct Axis: Sendable {
    var path: String
    var values: [YAMLNode]
  }

  static var defaults: ScenarioDraft { ScenarioDraft() }

  /// The draft without the parts that only planning needs.
  var scenario: Scenario {
    var scenario = Scenario(name: name, question: question, load: settings.load)
    scenario.tags = tags
    scenario.show = show
    scenario.world = world
    scenario.storage = settings.storage
    scenario.locks = settings.locks
    scenario.matrix = axes.map { axis in
      MatrixAxis(path: axis.path, values: axis.values.map { $0.text ?? "" })
    }
    scenario.repetitions = repetitions
    scenario.faults = faults
    scenario.disk = settings.disk.disk
    scenario.probe = settings.probe
    scenario.explore = explores ? settings.explore : nil
    scenario.expectations = expectations
    scenario.furtherChecks = furtherChecks
    scenario.gate = gate
    scenario.tune = tune
    return scenario
  }
}

extension ScenarioDraft {
  /// The sections of a scenario file. Settings come first, since faults and expectations name
  /// them.
  static let keys: [SettingKey<ScenarioDraft>] =
    [
      .value("name", \.name, .name, isRequired: true, "Names the folder of results."),
      .value(
        "question", \.question, .text(atMost: 500, example: "Do readers block during writes?"),
        isRequired: true, "The question that a run answers."),
      tagsKey,
      showKey,
      .value(
        "world", \.world, .choice(), stage: 0,
        "Real processes, files and time; or one process, a simulated disk and virtual time."),
      storageKey,
      section("locks", \.settings.locks, LockSettings.keys, "How leases are taken."),
      section(
        "load", \.settings.load, LoadSettings.keys, isRequired: true,
        "who does what, for how long"),
      section(
        "disk", \.settings.disk, DiskDraft.keys,
        "Standing properties of the device. Latencies hold in both worlds; everything else says"
          + " what a power loss may do, in the simulated world."),
      exploreKey,
      matrixKey,
      .value("repeat", \.repetitions, .whole(1...1_000), "Interleaved repetitions of all cells."),
      faultsKey,
      expectKey,
      checkKey,
      sweepKey,
      gateKey,
      tuneKey,
    ] + CellSettings.keys.map(lifted)

  /// Lifts a key of the cell's settings that belongs to no section.
  private static func lifted(_ key: SettingKey<CellSettings>) -> SettingKey<ScenarioDraft> {
    SettingKey(
      name: key.name, documentation: key.documentation, schema: key.schema, stage: 0,
      defaultText: key.defaultText,
      assign: { draft, node, context in
        key.assign(&draft.settings, node, &context)
        context.settings = draft.settings
      })
  }

  private static let exploreKey = SettingKey<ScenarioDraft>(
    name: "explore", documentation: "What the simulated world explores, and how much at least.",
    schema: JSONSchema.object(ExploreSettings.keys),
    assign: { draft, node, context in
      var keys = ExploreSettings.keys
      // In the real world the whole section is wrong, so missing keys are not reported.
      if draft.world == .real {
        for index in keys.indices { keys[index].isRequired = false }
      }
      context.decode(node, with: keys, into: &draft.settings.explore)
      draft.explores = true
      context.settings = draft.settings
    })

  private static let tagsKey = SettingKey<ScenarioDraft>(
    name: "tags", documentation: "Labels for lists of scenarios.",
    schema: .object([
      ("type", .string("array")), ("items", ScalarType<String>.name.schema),
    ]),
    assign: { draft, node, context in
      guard let elements = node.elements else {
        context.report(
          .wrongType, node.place, found: node.summary, allowed: "a list such as [locks, smoke]")
        return
      }
      draft.tags = elements.compactMap { ScalarType<String>.name.read($0, &context) }
    })

  /// A section whose settings later sections can name.
  private static func section<Section: SectionDefaults>(
    _ name: String, _ field: SettingField<ScenarioDraft, Section>,
    _ keys: [SettingKey<Section>], isRequired: Bool = false, _ documentation: String
  ) -> SettingKey<ScenarioDraft> {
    SettingKey(
      name: name, documentation: documentation, schema: JSONSchema.object(keys),
      isRequired: isRequired, stage: 0,
      assign: { draft, node, context in
        context.decode(node, with: keys, into: &draft[keyPath: field])
        context.settings = draft.settings
      })
  }

  private static let storageKey = SettingKey<ScenarioDraft>(
    name: "storage", documentation: "The point in the settings space.",
    schema: JSONSchema.object(StorageSettings.keys), stage: 0,
    assign: { draft, node, context in
      var storage = StorageSettings()
      let completed = StorageProfile.completed(node)
      context.decode(completed, with: StorageSettings.keys, into: &storage)
      storage.resolveURI(completed, &context)
      // A database in memory has no WAL and one connection. These are its defaults; a file that
      // sets something else is reported as a contradiction.
      if storage.isInMemory {
        if node.entry("journal_mode") == nil { storage.journalMode = .memory }
        if node.entry("max_open_connections") == nil { storage.maxOpenConnections = 1 }
      }
      let keepsIdle =
        node.entry("max_open_connections") == nil
        && completed.entry("max_idle_connections") != nil
      if node.entry("max_idle_connections") == nil, !keepsIdle || storage.isInMemory {
        storage.maxIdleConnections = storage.maxOpenConnections
      }
      draft.settings.storage = storage
      context.settings = draft.settings
    })

  private static let matrixKey = SettingKey<ScenarioDraft>(
    name: "matrix", documentation: "Each key multiplies the cells by its values.",
    schema: SettingPaths.schema { reference in
      .object([
        ("type", .string("array")), ("minItems", .integer(1)), ("uniqueItems", .boolean(true)),
        ("items", .object([("$ref", .string(reference))])),
      ])
    },
    stage: 0,
    assign: { draft, node, context in
      draft.axes = readAxes(node, &context)
    })

  private static func readAxes(
    _ node: YAMLNode, _ context: inout DecodingContext
  ) -> [Axis] {
    guard let entries = node.entries else {
      context.report(
        .wrongType, node.place, found: node.summary,
        allowed: "a mapping such as {locks.ttl: [250ms, 1s]}")
      return []
    }
    return entries.compactMap { entry in
      guard let setting = SettingPaths.byPath[entry.key] else {
        context.reportUnknown(entry, among: SettingPaths.all.map(\.path))
        return nil
      }
      return context.within(entry.key) { context in
        guard let values = entry.value.elements, !values.isEmpty else {
          context.report(
            .wrongType, entry.value.place,
            found: entry.value.elements == nil ? entry.value.summary : "an empty list",
            allowed: "a list of values, each \(setting.allowed)")
          return nil
        }
        var seen: Set<String> = []
        for value in values {
          if let canonical = setting.check(value, &context), !seen.insert(canonical).inserted {
            context.report(
              .contradiction, value.place, found: "\(value.summary) for the second time",
              allowed: "each value once")
          }
        }
        return Axis(path: entry.key, values: values)
      }
    }
  }
}
