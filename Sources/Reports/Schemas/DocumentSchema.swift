/// The JSON Schema of a document that Assay writes.
public struct DocumentSchema: Sendable {
  /// The shape.
  public var node: SchemaNode
  /// What the document is.
  public var title: String
  /// What its members are, by path, keys joined by points.
  public var descriptions: [String: String]

  /// Creates a schema.
  public init(title: String, node: SchemaNode, descriptions: [String: String] = [:]) {
    self.title = title
    self.node = node
    self.descriptions = descriptions
  }

  /// The schema as JSON, in the draft of 2020-12; the same bytes every time.
  ///
  /// Objects stay open: a later version may add members and never changes the meaning of one.
  public var text: String {
    let compact = node.json(
      descriptions,
      additions: [
        ("$schema", "\"https://json-schema.org/draft/2020-12/schema\""), ("title", "\"\(title)\""),
      ])
    return JSONLayout.indented(Array(compact.utf8))
  }

  /// Descriptions of members that do not exist.
  public var strayDescriptions: [String] {
    let paths = Set(node.paths())
    return descriptions.keys.filter { !paths.contains($0) }.sorted()
  }
}
