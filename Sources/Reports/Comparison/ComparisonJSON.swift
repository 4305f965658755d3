import Foundation

/// `comparison.json`: a comparison as text, and back, in the form of `result.json`.
public enum ComparisonJSON {
  /// The schema version that this program writes and reads.
  public static let schema = 1

  /// Writes a record.
  public static func encode(_ record: ComparisonRecord) throws(ReportError) -> String {
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
