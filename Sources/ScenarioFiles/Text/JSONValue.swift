/// A JSON value with a deterministic text: keys keep their order.
indirect enum JSONValue: Sendable {
  case string(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// The text with two spaces a level.
  var text: String {
    var result = ""
    write(to: &result, indent: "")
    return result
  }

  private func write(to result: inout String, indent: String) {
    switch self {
    case .string(let text): result += Self.quoted(text)
    case .integer(let value): result += String(value)
    case .number(let value): result += "\(value)"
    case .boolean(let value): result += value ? "true" : "false"
    case .array(let values):
      if values.isEmpty {
        result += "[]"
        return
      }
      let inner = indent + "  "
      for (index, value) in values.enumerated() {
        result += (index == 0 ? "[\n" : ",\n") + inner
        value.write(to: &result, indent: inner)
      }
      result += "\n\(indent)]"
    case .object(let entries):
      if entries.isEmpty {
        result += "{}"
        return
      }
      let inner = indent + "  "
      for (index, entry) in entries.enumerated() {
        result += (index == 0 ? "{\n" : ",\n") + inner + Self.quoted(entry.key) + ": "
        entry.value.write(to: &result, indent: inner)
      }
      result += "\n\(indent)}"
    }
  }

  /// Returns the object with further entries at its end; any other value unchanged.
  func adding(_ entries: [(key: String, value: JSONValue)]) -> JSONValue {
    guard case .object(let own) = self else { return self }
    return .object(own + entries)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
