public import AssayModel

extension TuneSettings: SectionDefaults {
  static var defaults: TuneSettings { TuneSettings() }

  /// The keys of `tune:`.
  static let keys: [SettingKey<TuneSettings>] = [
    .value(
      "class", \.durability, durabilityType,
      "What survives at least. D3: everything acknowledged, at a loss of power too; D2: at a loss"
        + " of power the last commits may be lost, and the database stays consistent; D1: the rest."
    ),
    list(
      "objectives", \.objectives, .choice(),
      "What is wanted, the most important first: all of them make the front."),
    list(
      "knobs", \.knobs, .words(TuneKnob.builtIn.map(\.name)),
      "Knobs of the built-in space, without a matrix; all of them without this key."),
  ]

  private static let durabilityType = ScalarType<DurabilityClass>(
    allowed: DurabilityClass.allCases.map(\.rawValue).joined(separator: ", "),
    words: DurabilityClass.allCases.map(\.rawValue),
    schema: ScalarType<String>.words(DurabilityClass.allCases.map(\.rawValue)).schema,
    parse: { text in
      DurabilityClass(rawValue: text.uppercased()).map { .value($0) } ?? .unknownValue
    },
    text: \.rawValue)

  /// A key for a list of at least one word, each at most once.
  private static func list<Value: Hashable & Sendable>(
    _ name: String, _ field: SettingField<TuneSettings, [Value]>, _ type: ScalarType<Value>,
    _ documentation: String
  ) -> SettingKey<TuneSettings> {
    SettingKey(
      name: name, documentation: documentation,
      schema: .object([
        ("type", .string("array")), ("minItems", .integer(1)), ("uniqueItems", .boolean(true)),
        ("items", type.schema),
      ]),
      assign: { section, node, context in
        guard let elements = node.elements, !elements.isEmpty else {
          context.report(
            .wrongType, node.place,
            found: node.elements == nil ? node.summary : "an empty list",
            allowed: "a list of \(type.allowed)")
          return
        }
        section[keyPath: field] = type.readDistinct(elements, &context)
      })
  }
}

extension ScenarioDraft {
  static let tuneKey = SettingKey<ScenarioDraft>(
    name: "tune", documentation: "What a recommendation of settings must keep and be good at.",
    schema: JSONSchema.object(TuneSettings.keys),
    assign: { draft, node, context in
      var settings = TuneSettings()
      context.decode(node, with: TuneSettings.keys, into: &settings)
      draft.tune = settings
    })
}

extension Contradictions {
  /// Finds tunings with nothing to measure or nothing to choose from.
  mutating func checkTuning() {
    guard let tune = draft.tune else { return }
    refuse(
      draft.world == .simulated, "tune", "a tuning in the simulated world",
      "tune with world: real, because nothing has a speed in virtual time")
    refuse(
      storage.isInMemory, "tune", "a tuning with storage.path ':memory:'",
      "a database in a file, since nothing of this one survives")
    refuse(
      !tune.knobs.isEmpty && !axes.isEmpty, "tune.knobs",
      "tune.knobs together with a matrix", "one of the two, since the matrix is the space")
  }
}

extension ScenarioFile {
  /// Returns the one form that equal values of a setting share, such as `-65536` of a cache size;
  /// `nil` when the setting has no such value.
  public static func canonical(_ value: String, of path: String) -> String? {
    SettingPaths.byPath[path]?.canonical(value)
  }

  /// Returns the canonical form of the value that storage settings have at a path such as
  /// `storage.cache_size`; `nil` if they have none.
  public static func value(of path: String, in storage: StorageSettings) -> String? {
    var settings = CellSettings()
    settings.storage = storage
    return SettingPaths.byPath[path]?.current(settings)
  }
}
