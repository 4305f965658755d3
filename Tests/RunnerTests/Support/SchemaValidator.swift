import Foundation

/// Holds JSON values against a JSON Schema, as far as Assay's schemas go: `type`, `enum`, `anyOf`,
/// `items`, `properties`, `required`, `additionalProperties`.
///
/// Strict: a member that the schema does not name is a problem too, so that no field of a document
/// stays undescribed. A schema with another keyword is a problem, never a pass.
struct SchemaValidator {
  private typealias Object = [String: Any]

  private let schema: Any

  init(_ text: String) throws {
    schema = try JSONSerialization.jsonObject(with: Data(text.utf8))
  }

  /// What is wrong with a document; empty when it conforms.
  func problems(_ document: String) throws -> [String] {
    let value = try JSONSerialization.jsonObject(
      with: Data(document.utf8), options: [.fragmentsAllowed])
    return problems(value, schema, "$")
  }

  private func problems(_ value: Any, _ schema: Any, _ path: String) -> [String] {
    guard let schema = schema as? Object else { return ["\(path): the schema is no object"] }
    let known: Set = [
      "$schema", "title", "description", "type", "enum", "anyOf", "items", "properties",
      "required", "additionalProperties",
    ]
    let unknown = Set(schema.keys).subtracting(known).sorted().map { "\(path): keyword \($0)" }
    var found = unknown
    if let choices = schema["anyOf"] as? [Any] {
      let each = choices.map { problems(value, $0, path) }
      if !each.contains(where: \.isEmpty) { found += each.min { $0.count < $1.count } ?? [] }
    }
    if let words = schema["enum"] as? [Any] {
      let isThere = words.contains { ($0 as? NSObject) == (value as? NSObject) }
      if !isThere { found.append("\(path): \(value) is not among \(words)") }
    }
    if let type = schema["type"] as? String {
      guard Self.is(value, type) else { return found + ["\(path): \(value) is no \(type)"] }
    }
    if let items = schema["items"], let values = value as? [Any] {
      for (index, item) in values.enumerated() {
        found += problems(item, items, "\(path)[\(index)]")
      }
    }
    if let object = value as? Object { found += members(object, schema, path) }
    return found
  }

  private func members(_ object: Object, _ schema: Object, _ path: String) -> [String] {
    guard schema["type"] as? String == "object" else { return [] }
    let properties = schema["properties"] as? Object ?? [:]
    let others = schema["additionalProperties"]
    var found: [String] = []
    for key in schema["required"] as? [String] ?? [] where object[key] == nil {
      found.append("\(path).\(key) is missing")
    }
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      if let schema = properties[key] ?? others {
        found += problems(value, schema, "\(path).\(key)")
      } else {
        found.append("\(path).\(key) is not in the schema")
      }
    }
    return found
  }

  private static func `is`(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "object": return value is Object
    case "array": return value is [Any]
    case "string": return value is String
    case "null": return value is NSNull
    default: break
    }
    guard let number = value as? NSNumber else { return false }
    let isBoolean = unsafe String(cString: number.objCType) == "c" && (value is Bool)
    switch type {
    case "boolean": return isBoolean
    case "number": return !isBoolean
    case "integer": return !isBoolean && number.doubleValue == number.doubleValue.rounded()
    default: return false
    }
  }
}
