import Foundation
import Platform
import Reports

/// Files of gates: JSON that is written whole or not at all.
enum GateFile {
  /// More than any baseline has.
  private static let limit = 1 << 30

  /// Writes a record for people and programs.
  static func write(_ value: some Encodable, to path: String) throws(RunnerError) {
    do {
      try put(try RecordJSON.encode(value), at: path)
    } catch {
      throw RunnerError(.harness, "'\(path)' cannot be written: \(error)")
    }
  }

  /// Writes what is read back: canonical JSON, sorted keys and no spaces.
  static func store(_ value: some Encodable, to path: String) throws(RunnerError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try put(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n", at: path)
    } catch {
      throw RunnerError(.harness, "'\(path)' cannot be written: \(error)")
    }
  }

  private static func put(_ text: String, at path: String) throws {
    if let folder = Folder.parent(of: path) { try Folder.create(folder) }
    try ByteFile.replace(path, withText: text)
  }

  /// Reads what `store` wrote.
  ///
  /// - Throws: an input error that names the file.
  static func read<Value: Decodable>(
    _ type: Value.Type, _ what: String, from path: String
  ) throws(RunnerError) -> Value {
    let bytes: [UInt8]
    do {
      bytes = try ByteFile.read(path, limit: limit)
    } catch {
      throw RunnerError(.input, "'\(path)' cannot be read: \(error)")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw RunnerError(
        .input, "'\(path)' is not a \(what), or is damaged: \(reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      context.debugDescription
    default: "\(error)"
    }
  }
}
