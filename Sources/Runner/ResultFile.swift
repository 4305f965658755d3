import Foundation

/// Encodes what lands in files: sorted keys, so that equal values give equal bytes.
enum ResultFile {
  static func encode(_ value: some Encodable) throws(RunnerError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return [UInt8](try encoder.encode(value)) + [0x0a]
    } catch {
      throw RunnerError(.harness, "a result cannot be encoded: \(error)")
    }
  }
}
