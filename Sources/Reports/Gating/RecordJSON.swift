import Foundation

/// Records as JSON for people and programs: sorted keys in snake case.
public enum RecordJSON {
  /// Writes a record.
  public static func encode(_ record: some Encodable) throws(ReportError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { path in
      ResultKey(ResultKey.snakeCase(path.last?.stringValue ?? ""))
    }
    do {
      return JSONLayout.indented(Array(try encoder.encode(record)))
    } catch {
      throw ReportError(code: .notEncodable, detail: "\(error)")
    }
  }
}
