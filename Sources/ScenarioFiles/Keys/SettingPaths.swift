import AssayModel

/// A scalar setting that the matrix, `--set`, `when:` and `relative_to:` can name by its path.
struct SettingPath: Sendable {
  let path: String
  let documentation: String
  let schema: JSONValue
  let allowed: String
  /// Values worth drawing for random scenarios, as YAML.
  let samples: [String]
  /// Reads a node, reports its errors, and returns the canonical form.
  let check: @Sendable (YAMLNode, inout DecodingContext) -> String?
  /// The canonical form of a text; `nil` if it is not a value of this setting.
  let canonical: @Sendable (String) -> String?
  /// The canonical form of a cell's value; `nil` if the cell has none.
  let current: @Sendable (CellSettings) -> String?
}

/// All scalar settings, in the order of their definitions.
enum SettingPaths {
  static let all: [SettingPath] =
    paths("storage", \.storage, StorageSettings.keys)
    + paths("locks", \.locks, LockSettings.keys)
    + paths("load", \.load, LoadSettings.keys)
    + paths("disk", \.disk, DiskDraft.keys)
    + paths("explore", \.explore, ExploreSettings.keys)
    + paths("", \.self, CellSettings.keys)

  static let byPath: [String: SettingPath] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.path, $0) })

  private static func paths<Section>(
    _ prefix: String, _ field: any KeyPath<CellSettings, Section> & Sendable,
    _ keys: [SettingKey<Section>]
  ) -> [SettingPath] {
    keys.flatMap { key -> [SettingPath] in
      let path = prefix.isEmpty ? key.name : "\(prefix).\(key.name)"
      guard let scalar = key.scalar else { return paths(path, field, key.children) }
      return [
        SettingPath(
          path: path, documentation: key.documentation, schema: key.schema,
          allowed: scalar.allowed, samples: key.samples, check: scalar.check,
          canonical: scalar.canonical,
          current: { scalar.current($0[keyPath: field]) })
      ]
    }
  }
}
