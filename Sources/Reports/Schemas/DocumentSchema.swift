/// The JSON Schema of a document that Assay writes.
public struct DocumentSchema: Sendable {
  /// Shape of the document.
  public var node: SchemaNode
  /// Title of the document.
  public var title: String
  /// Descriptions of the members, by path: keys joined by points.
  public var descriptions: [String: String]

  /// Creates a schema.
  public init(title: String, node: SchemaNode, descriptions: [String: String] = [:]) {
    self.title = title
    self.node = node
    self.descriptions = descriptions
  }

  /// The schema as JSON (draft 2020-12); the same bytes every time.
  ///
  /// Objects stay open: a later version may add members, but never changes the meaning of one.
  public var text: String {
    let compact = node.json(
      descriptions,
      additions: [
        ("$schema", "\"https://json-schema.org/draft/2020-12/schema\""), ("title", "\"\(title)\""),
      ])
    return JSONLayout.indented(Array(compact.utf8))
  }

  /// Paths with a description but without a member.
  public var strayDescriptions: [String] {
    let paths = Set(node.paths())
    return descriptions.keys.filter { !paths.contains($0) }.sorted()
  }
}
