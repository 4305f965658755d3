import Foundation

/// `tune.json`: a tuning as text, in the form of `result.json`.
public enum TuneJSON {
  /// Writes a record.
  public static func encode(_ record: TuneRecord) throws(ReportError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { path in
      let key = path.last?.stringValue ?? ""
      // Knobs keep the names that scenarios have for them.
      return ResultKey(key.contains(".") ? key : ResultKey.snakeCase(key))
    }
    do {
      return JSONLayout.indented(Array(try encoder.encode(record)))
    } catch {
      throw ReportError(code: .notEncodable, detail: "\(error)")
    }
  }
}
