import ArgumentParser
import Runner

/// `assay schema`: the JSON Schema of each document.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of a document that Assay reads or writes.",
    discussion: """
      Without KIND the kinds are listed. Objects of the schemas are open: a later version may add \
      members, and never changes the meaning of one.
      """)

  @Argument(
    help: "The kind of document, such as result, finding or error.",
    completion: .list(DocumentKind.allCases.map(\.rawValue)))
  var kind: String?

  @Flag(name: .long, help: "List the kinds as one JSON document; a schema always is one.")
  var json = false

  func validate() throws {
    if let kind, DocumentKind(rawValue: kind) == nil {
      let all = DocumentKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("unknown kind '\(kind)'; expected one of \(all)")
    }
  }

  func run() throws {
    if let kind = kind.flatMap(DocumentKind.init(rawValue:)) {
      return Console.output(document: { kind.schemaText })
    }
    if json {
      let items = DocumentKind.allCases.map {
        ListedItem(name: $0.rawValue, summary: $0.summary)
      }
      return Console.output(plain: ListDocument(dictionaryLiteral: ("documents", items)))
    }
    for kind in DocumentKind.allCases {
      let padding = String(repeating: " ", count: max(1, 20 - kind.rawValue.count))
      Console.output("  \(kind.rawValue)\(padding)\(kind.summary)")
    }
  }
}
