public import AssayModel

/// Settings under one name, as a framework, a library or an article sets them: a scenario uses them
/// with `storage: {profile: rails}`, and every key given next to it takes precedence.
///
/// The settings are texts of the keys of `storage:` and are decoded like those of a file. Keys that
/// a profile does not name keep the default of the scenario format.
public struct StorageProfile: Hashable, Sendable {
  /// Name of the profile in scenarios.
  public var name: String
  /// Origin of the settings, with version and source.
  public var origin: String
  /// Keys of `storage:` with their values, in the order in which people read them.
  public var settings: [Assignment]

  init(_ name: String, _ origin: String, _ settings: KeyValuePairs<String, String>) {
    self.name = name
    self.origin = origin
    self.settings = settings.map { Assignment(path: $0.key, value: $0.value) }
  }

  /// One line for lists: the origin and the settings.
  public var summary: String {
    let parts = settings.map { "\($0.path) \($0.value)" }
    return "\(origin): \(parts.joined(separator: ", "))"
  }

  /// Returns the profile with a name.
  public static func named(_ name: String) -> StorageProfile? {
    all.first { $0.name == name }
  }
}

extension StorageProfile {
  /// Returns the keys of a `storage:` section together with those of the profile that it names; its
  /// own keys take precedence.
  static func completed(_ section: YAMLNode) -> YAMLNode {
    guard let entries = section.entries, let entry = section.entry("profile"),
      let profile = entry.value.text.flatMap({ named($0.lowercased()) })
    else { return section }
    let missing = profile.settings.filter { setting in
      !entries.contains { $0.key == setting.path }
    }
    let added = missing.map { setting in
      YAMLNode.Entry(
        key: setting.path, keyPlace: entry.keyPlace,
        value: YAMLNode(
          content: .scalar(setting.value, isPlain: false), place: entry.value.place))
    }
    return YAMLNode(content: .mapping(entries + added), place: section.place)
  }
}
