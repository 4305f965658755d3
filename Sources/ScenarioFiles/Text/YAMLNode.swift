import AssayModel

/// The tree of a YAML text, with places.
///
/// Scalars stay text: YAML would make `off` a boolean and `22:30` the number 1350, so the key of a
/// scalar decides its type, not the scalar.
struct YAMLNode: Sendable {
  /// The content of a node.
  enum Content: Sendable {
    /// A word, number or sentence; `isPlain` if it has no quotes.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    /// Entries in the order of the file; no key occurs twice.
    case mapping([Entry])
  }

  /// One key with its value.
  struct Entry: Sendable {
    var key: String
    var keyPlace: SourcePlace
    var value: YAMLNode
  }

  var content: Content
  var place: SourcePlace

  /// The text of a scalar that is not an empty place after a colon.
  var text: String? {
    guard case .scalar(let text, let isPlain) = content else { return nil }
    return isPlain && text.isEmpty ? nil : text
  }

  /// The entries of a mapping.
  var entries: [Entry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }

  /// The elements of a list.
  var elements: [YAMLNode]? {
    guard case .sequence(let elements) = content else { return nil }
    return elements
  }

  /// Description for error messages: the quoted text, or the kind of node.
  var summary: String {
    switch content {
    case .scalar(let text, let isPlain):
      isPlain && text.isEmpty ? "nothing" : "'\(text.shortened)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

extension YAMLNode {
  /// Returns the entry of a mapping under a key.
  func entry(_ key: String) -> Entry? {
    entries?.first { $0.key == key }
  }

  /// Returns the node under a dotted path such as `load.keys.count`.
  func node(at path: String) -> YAMLNode? {
    path.split(separator: ".").reduce(Optional(self)) { node, key in
      node?.entry(String(key))?.value
    }
  }

  /// Returns the place of the deepest key on a path that the text has.
  func place(at path: String) -> SourcePlace {
    var node = self
    var place = SourcePlace(file: self.place.file)
    for key in path.split(separator: ".") {
      guard let entry = node.entry(String(key)) else { break }
      node = entry.value
      place = entry.keyPlace
    }
    return place
  }

  /// Returns the tree with another node under a path; missing mappings on the way are created.
  ///
  /// A node on the way that is not a mapping is left unchanged: decoding reports it.
  func setting(_ value: YAMLNode, at path: String) -> YAMLNode {
    setting(value, at: path.split(separator: ".").map(String.init)[...])
  }

  private func setting(_ value: YAMLNode, at keys: ArraySlice<String>) -> YAMLNode {
    guard let key = keys.first else { return value }
    guard case .mapping(var entries) = content else { return self }
    let rest = keys.dropFirst()
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].value = entries[index].value.setting(value, at: rest)
      if rest.isEmpty { entries[index].keyPlace = value.place }
    } else {
      let empty = YAMLNode(content: .mapping([]), place: value.place)
      entries.append(
        Entry(key: key, keyPlace: value.place, value: empty.setting(value, at: rest)))
    }
    return YAMLNode(content: .mapping(entries), place: place)
  }
}

extension String {
  /// The text on one line, cut where a message would become unreadable.
  var shortened: String {
    let limit = 60
    var result = ""
    for scalar in unicodeScalars.prefix(limit) {
      let isControl = scalar.value < 0x20 || scalar.value == 0x7f
      result.unicodeScalars.append(isControl ? " " : scalar)
    }
    return unicodeScalars.count > limit ? result + "..." : result
  }
}

extension YAMLNode {
  /// Returns the same mapping without a key; with `section`, without a key of that mapping below.
  func removing(_ key: String, from section: String? = nil) -> YAMLNode {
    if let section { return replacing(section) { $0.removing(key) } }
    guard case .mapping(let entries) = content else { return self }
    return YAMLNode(content: .mapping(entries.filter { $0.key != key }), place: place)
  }

  /// Returns the same mapping with another value under a key that it has.
  func replacing(_ key: String, _ change: (YAMLNode) -> YAMLNode) -> YAMLNode {
    guard case .mapping(var entries) = content,
      let index = entries.firstIndex(where: { $0.key == key })
    else { return self }
    entries[index].value = change(entries[index].value)
    return YAMLNode(content: .mapping(entries), place: place)
  }
}
