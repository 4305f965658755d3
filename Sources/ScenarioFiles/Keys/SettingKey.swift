import AssayModel

/// A type with a value for every key that a file leaves out.
protocol SectionDefaults: Sendable {
  static var defaults: Self { get }
}

/// The field that a key fills.
typealias SettingField<Section, Value> = any WritableKeyPath<Section, Value> & Sendable

/// The definition of one key: its name, type, range, default and documentation, and the field that
/// it fills. Decoding, its errors and the JSON Schema all come from here.
struct SettingKey<Section: SectionDefaults>: Sendable {
  /// The parts of a key whose value is one scalar, without their types.
  struct Scalar: Sendable {
    /// Description of the allowed values, for people.
    let allowed: String
    /// Reads a node, reports its errors, and returns the canonical form.
    let check: @Sendable (YAMLNode, inout DecodingContext) -> String?
    /// The canonical form of a text; `nil` if it is not a value of this key.
    let canonical: @Sendable (String) -> String?
    /// The canonical form of a section's value; `nil` if the section has none.
    let current: @Sendable (Section) -> String?
  }

  let name: String
  let documentation: String
  let schema: JSONValue
  var isRequired = false
  /// Keys of a lower stage are decoded first, regardless of their order in the file.
  var stage = 1
  /// The default for people and editors, unless it depends on another key.
  var defaultText: String?
  /// `nil` for keys whose value is a list or a mapping.
  var scalar: Scalar?
  /// Description of the allowed value of a key that is no scalar, for people; without it, a
  /// mapping.
  var allowed: String?
  /// The keys of a mapping that fills the same section.
  var children: [SettingKey] = []
  /// Values worth drawing for random scenarios, as YAML; empty for keys that are composed.
  var samples: [String] = []
  let assign: @Sendable (inout Section, YAMLNode, inout DecodingContext) -> Void

  /// A key for a field that always has a value.
  static func value<Value>(
    _ name: String, _ field: SettingField<Section, Value>,
    _ type: ScalarType<Value>, isRequired: Bool = false, stage: Int = 1, _ documentation: String
  ) -> SettingKey {
    SettingKey(
      name: name, documentation: documentation, schema: type.schema, isRequired: isRequired,
      stage: stage, defaultText: isRequired ? nil : type.text(Section.defaults[keyPath: field]),
      scalar: Scalar(
        allowed: type.allowed,
        check: { node, context in type.read(node, &context).map(type.text) },
        canonical: { type.canonical($0) },
        current: { type.text($0[keyPath: field]) }),
      samples: type.samples,
      assign: { section, node, context in
        if let value = type.read(node, &context) { section[keyPath: field] = value }
      })
  }

  /// A key for a field that may stay empty.
  static func optional<Value>(
    _ name: String, _ field: SettingField<Section, Value?>,
    _ type: ScalarType<Value>, _ documentation: String
  ) -> SettingKey {
    SettingKey(
      name: name, documentation: documentation, schema: type.schema,
      scalar: Scalar(
        allowed: type.allowed,
        check: { node, context in type.read(node, &context).map(type.text) },
        canonical: { type.canonical($0) },
        current: { $0[keyPath: field].map(type.text) }),
      samples: type.samples,
      assign: { section, node, context in
        if let value = type.read(node, &context) { section[keyPath: field] = value }
      })
  }

  /// A key for a mapping whose keys fill the same section.
  static func group(
    _ name: String, _ children: [SettingKey], _ documentation: String
  ) -> SettingKey {
    SettingKey(
      name: name, documentation: documentation, schema: JSONSchema.object(children),
      children: children,
      assign: { section, node, context in
        context.decode(node, with: children, into: &section)
      })
  }
}

extension DecodingContext {
  /// Decodes a mapping by the definitions of its keys; mistakes are added to the errors.
  mutating func decode<Section>(
    _ node: YAMLNode, with keys: [SettingKey<Section>], into section: inout Section
  ) {
    guard let entries = node.entries else {
      let names = keys.map(\.name).joined(separator: ", ")
      report(
        .wrongType, node.place, found: node.summary, allowed: "a mapping with the keys \(names)")
      return
    }
    var known: [(key: SettingKey<Section>, entry: YAMLNode.Entry)] = []
    for entry in entries {
      if let key = keys.first(where: { $0.name == entry.key }) {
        known.append((key, entry))
      } else {
        reportUnknown(entry, among: keys.map(\.name))
      }
    }
    for stage in Set(known.map(\.key.stage)).sorted() {
      for (key, entry) in known where key.stage == stage {
        within(key.name) { key.assign(&section, entry.value, &$0) }
      }
    }
    for key in keys where key.isRequired && node.entry(key.name) == nil {
      // The matrix brings it: each cell has it.
      if axes["\(path).\(key.name)"] != nil { continue }
      let allowed = key.scalar?.allowed ?? key.allowed ?? "a mapping (\(key.documentation))"
      within(key.name) { $0.report(.missingKey, node.place, found: "nothing", allowed: allowed) }
    }
  }

  /// Reports a key that does not exist, with the one that may have been meant.
  ///
  /// - Parameter allowed: description of the allowed keys, where the list of names would be too
  ///   long.
  mutating func reportUnknown(
    _ entry: YAMLNode.Entry, among names: [String], allowed: String? = nil
  ) {
    let elsewhere = SettingPaths.all.first { $0.path.hasSuffix("." + entry.key) }?.path
    within(entry.key.shortened) {
      $0.report(
        .unknownKey, entry.keyPlace, found: entry.key.shortened,
        allowed: allowed ?? names.joined(separator: ", "),
        nearest: NearestWord.find(entry.key, in: names) ?? elsewhere)
    }
  }
}
