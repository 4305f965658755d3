import Foundation

/// Records of comparisons, gates, calibrations and tunings as JSON for readers and programs, in the
/// form of `result.json`: sorted keys in snake case.
public enum RecordJSON {
  /// Encodes a record.
  public static func encode(_ record: some Encodable) throws(ReportError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { path in
      let key = path.last?.stringValue ?? ""
      // Keys of settings and counts keep their names from scenarios and results.
      return ResultKey(key.contains(".") ? key : ResultKey.snakeCase(key))
    }
    do {
      return JSONLayout.indented(Array(try encoder.encode(record)))
    } catch {
      throw ReportError(code: .notEncodable, detail: "\(error)")
    }
  }

  /// Encodes a value with the property names of its type as keys.
  public static func encodePlain(_ value: some Encodable) throws(ReportError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return JSONLayout.indented(Array(try encoder.encode(value)))
    } catch {
      throw ReportError(code: .notEncodable, detail: "\(error)")
    }
  }
}
