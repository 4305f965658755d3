import Foundation

/// Records of comparisons, gates, calibrations and tunings as JSON for people and programs, in the
/// form of `result.json`: sorted keys in snake case.
public enum RecordJSON {
  /// Writes a record.
  public static func encode(_ record: some Encodable) throws(ReportError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { path in
      let key = path.last?.stringValue ?? ""
      // Settings and counts keep the names that scenarios and results have for them.
      return ResultKey(key.contains(".") ? key : ResultKey.snakeCase(key))
    }
    do {
      return JSONLayout.indented(Array(try encoder.encode(record)))
    } catch {
      throw ReportError(code: .notEncodable, detail: "\(error)")
    }
  }

  /// Writes a value with the names that its type has.
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
