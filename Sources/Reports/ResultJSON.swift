public import AssayModel
import Foundation

/// `result.json`: encodes a run's result as text, and decodes it.
///
/// The text depends on the result alone: sorted keys in snake case, two spaces of indent, arrays of
/// plain values on one line, a newline at the end.
public enum ResultJSON {
  /// Schema version that this program writes and reads.
  public static let schema = 1

  /// Encodes a result.
  ///
  /// - Throws: `notEncodable` if a number is infinite or not a number.
  public static func encode(_ result: RunResult) throws(ReportError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { path in
      ResultKey(ResultKey.snakeCase(path.last?.stringValue ?? ""))
    }
    do {
      return JSONLayout.indented(Array(try encoder.encode(result)))
    } catch {
      throw ReportError(code: .notEncodable, detail: "\(error)")
    }
  }

  /// Decodes a result.
  ///
  /// - Throws: `damaged` if the text is not a result, `otherSchema` if it has another schema
  ///   version.
  public static func decode(_ text: String) throws(ReportError) -> RunResult {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in
      ResultKey(ResultKey.camelCase(path.last?.stringValue ?? ""))
    }
    let data = Data(text.utf8)
    do {
      let version = try decoder.decode(Version.self, from: data)
      guard version.schema == schema else {
        throw ReportError(
          code: .otherSchema, detail: "schema \(version.schema), this program reads \(schema)")
      }
      return try decoder.decode(RunResult.self, from: data)
    } catch let error as ReportError {
      throw error
    } catch {
      throw ReportError(code: .damaged, detail: "\(error)")
    }
  }

  private struct Version: Decodable {
    var schema: Int
  }
}

/// A key of the JSON form.
struct ResultKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(_ text: String) {
    stringValue = text
  }

  init?(stringValue: String) {
    self.init(stringValue)
  }

  init?(intValue: Int) {
    nil
  }

  /// Returns a name in snake case, such as `sqlite_source_id` for `sqliteSourceID`: a run of
  /// capitals is one word.
  static func snakeCase(_ name: String) -> String {
    var text = ""
    var wasCapital = true
    for character in name {
      if character.isUppercase, !wasCapital { text.append("_") }
      wasCapital = character.isUppercase
      text.append(contentsOf: character.lowercased())
    }
    return text
  }

  /// Returns the reverse; `id` at the end of a longer name becomes `ID`, as in the model.
  static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "_", omittingEmptySubsequences: false)
    guard words.count > 1 else { return name }
    var text = String(words[0])
    for (index, word) in words.enumerated().dropFirst() {
      let isIdentifier = word == "id" && index == words.count - 1
      text += isIdentifier ? "ID" : word.prefix(1).uppercased() + word.dropFirst()
    }
    return text
  }
}
