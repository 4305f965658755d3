/// The shape of a JSON value.
public indirect enum SchemaNode: Equatable, Sendable {
  /// Any value: content that only Assay itself reads back.
  case any
  case boolean, integer, number, string
  /// One of these strings.
  case words([String])
  /// One of these whole numbers.
  case codes([Int])
  case nullable(SchemaNode)
  case array(SchemaNode)
  /// An object whose keys are data, such as names of counts.
  case map(SchemaNode)
  case object(SchemaObject)
  /// One of several shapes.
  case oneOf([SchemaNode])
}

/// The members of an object, in the order of their declaration.
public struct SchemaObject: Equatable, Sendable {
  /// One member.
  public struct Member: Equatable, Sendable {
    /// Key of the member.
    public var key: String
    /// Shape of the member.
    public var node: SchemaNode
    /// True if the member is always present.
    public var isRequired: Bool
  }

  /// The members.
  public var members: [Member] = []
  /// Adds a member that may be absent.
  public mutating func add(optional key: String, _ node: SchemaNode) {
    members.append(Member(key: key, node: node, isRequired: false))
  }

  /// True if all members are known.
  public var isComplete = true

  /// Creates an object.
  public init(members: [Member] = []) {
    self.members = members
  }

  /// Creates an object whose members are always present.
  public init(_ members: KeyValuePairs<String, SchemaNode>) {
    self.members = members.map { Member(key: $0, node: $1, isRequired: true) }
  }
}

extension SchemaNode {
  /// Returns the JSON Schema, compact.
  ///
  /// - Parameters:
  ///   - descriptions: descriptions by path, keys joined by points.
  ///   - path: path of this value.
  ///   - additions: further members of the schema's object, as JSON.
  func json(
    _ descriptions: [String: String], path: String = "", additions: [(String, String)] = []
  ) -> String {
    var members = additions
    if let text = descriptions[path], !path.isEmpty {
      members.append(("description", Self.quoted(text)))
    }
    members += keywords(descriptions, path)
    return "{" + members.map { "\(Self.quoted($0)):\($1)" }.joined(separator: ",") + "}"
  }

  private func keywords(
    _ descriptions: [String: String], _ path: String
  ) -> [(String, String)] {
    func type(_ name: String) -> (String, String) { ("type", Self.quoted(name)) }
    switch self {
    case .any: return []
    case .boolean: return [type("boolean")]
    case .integer: return [type("integer")]
    case .number: return [type("number")]
    case .string: return [type("string")]
    case .words(let words):
      return [("enum", "[\(words.map(Self.quoted).joined(separator: ","))]")]
    case .codes(let codes):
      return [("enum", "[\(codes.map(String.init).joined(separator: ","))]")]
    case .nullable(let node):
      return [("anyOf", "[\(node.json(descriptions, path: path)),{\"type\":\"null\"}]")]
    case .array(let node):
      return [type("array"), ("items", node.json(descriptions, path: path))]
    case .map(let node):
      return [type("object"), ("additionalProperties", node.json(descriptions, path: path))]
    case .oneOf(let nodes):
      let texts = nodes.map { $0.json(descriptions, path: path) }
      return [("anyOf", "[\(texts.joined(separator: ","))]")]
    case .object(let object):
      return [type("object")] + Self.keywords(of: object, descriptions, path)
    }
  }

  private static func keywords(
    of object: SchemaObject, _ descriptions: [String: String], _ path: String
  ) -> [(String, String)] {
    let properties = object.members.map { member in
      let below = path.isEmpty ? member.key : "\(path).\(member.key)"
      return "\(quoted(member.key)):\(member.node.json(descriptions, path: below))"
    }
    let required = object.members.filter(\.isRequired).map { quoted($0.key) }
    return [("properties", "{\(properties.joined(separator: ","))}")]
      + (required.isEmpty ? [] : [("required", "[\(required.joined(separator: ","))]")])
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// Returns the paths of all members, to check descriptions.
  func paths(below path: String = "") -> [String] {
    switch self {
    case .nullable(let node), .array(let node), .map(let node): node.paths(below: path)
    case .oneOf(let nodes): nodes.flatMap { $0.paths(below: path) }
    case .object(let object):
      object.members.flatMap { member in
        let below = path.isEmpty ? member.key : "\(path).\(member.key)"
        return [below] + member.node.paths(below: below)
      }
    default: []
    }
  }
}
