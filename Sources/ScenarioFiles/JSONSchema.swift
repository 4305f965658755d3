/// The JSON Schema of scenario files, for editors that complete and check YAML.
///
/// Built from the definitions that the decoder uses, so the two cannot differ in their keys. Only
/// the decoder finds contradictions between keys, and a ratio that names a value missing from the
/// matrix.
public enum JSONSchema {
  /// Returns the schema, in the draft of 2020-12; the same bytes every time.
  public static func text() -> String {
    let root = object(ScenarioDraft.keys)
    let schema = JSONValue.object([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("Assay scenario")),
    ])
    guard case .object(let entries) = root else { return schema.text + "\n" }
    let definitions = JSONValue.object([("rule", object(RuleDraft.keys))])
    return schema.adding(entries).adding([("$defs", definitions)]).text + "\n"
  }

  /// A default as YAML would read it, so that editors insert a number and not a quoted one.
  private static func typed(_ text: String) -> JSONValue {
    if let number = Int(text) { return .integer(number) }
    if let number = plainNumber(text) { return .number(number) }
    return text == "true" || text == "false" ? .boolean(text == "true") : .string(text)
  }

  /// A mapping with these keys and no others.
  static func object<Section>(_ keys: [SettingKey<Section>]) -> JSONValue {
    let properties = keys.map { key -> (key: String, value: JSONValue) in
      var extra: [(key: String, value: JSONValue)] = []
      if !key.documentation.isEmpty { extra.append(("description", .string(key.documentation))) }
      if let text = key.defaultText { extra.append(("default", typed(text))) }
      return (key.name, key.schema.adding(extra))
    }
    let required = keys.filter(\.isRequired).map { JSONValue.string($0.name) }
    return .object(
      [
        ("type", .string("object")), ("additionalProperties", .boolean(false)),
        ("properties", .object(properties)),
      ] + (required.isEmpty ? [] : [("required", .array(required))]))
  }
}

extension SettingPaths {
  /// A mapping of setting paths; `value` makes the schema of one from the reference to its key.
  static func schema(_ value: (String) -> JSONValue) -> JSONValue {
    let properties = all.map { setting -> (key: String, value: JSONValue) in
      let keys = setting.path.split(separator: ".").map { "/properties/\($0)" }
      return (setting.path, value("#" + keys.joined()))
    }
    return .object([
      ("type", .string("object")), ("additionalProperties", .boolean(false)),
      ("properties", .object(properties)),
    ])
  }
}
