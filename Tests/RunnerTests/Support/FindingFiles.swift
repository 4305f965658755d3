import Foundation
import Testing

/// Findings as files that people keep, hand on and break.
enum FindingFiles {
  /// Replays a text as a finding.
  static func replay(
    _ text: String, _ options: [String] = [], in sandbox: Sandbox
  ) async throws -> Assay.Ending {
    try sandbox.write("finding.json", text)
    return try await Assay.run(["replay", "finding.json"] + options, in: sandbox)
  }

  /// Gives the first occurrence of a key another value.
  static func replacing(
    _ key: String, with value: String, in text: String
  ) throws -> String {
    let line = try Regex("(\"\(key)\" : )(\"[^\"]*\"|-?[0-9]+|true|false)")
    let range = try #require(text.firstRange(of: line), "no \(key)")
    return text.replacingCharacters(in: range, with: "\"\(key)\" : \(value)")
  }
}
