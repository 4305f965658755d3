import AssayModel

/// A cell in a finding's file beside a digest of it.
///
/// Whatever is changed in a cell, the program that it gives is another one, and a finding would be
/// "not reproduced" for a reason that nobody sees. So reading one that does not fit its digest
/// fails as a damaged file does.
@propertyWrapper
struct SealedCell: Hashable, Codable, Sendable {
  /// The cell.
  var wrappedValue: PlannedCell

  private enum CodingKeys: String, CodingKey {
    case digest, settings
  }

  init(wrappedValue: PlannedCell) {
    self.wrappedValue = wrappedValue
  }

  /// Reads a cell.
  ///
  /// - Throws: `DecodingError.dataCorrupted` when the cell is not the one that was written.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    wrappedValue = try container.decode(PlannedCell.self, forKey: .settings)
    let expected = try container.decode(String.self, forKey: .digest)
    let digest = try Digests.cell(wrappedValue)
    guard digest == expected else {
      throw DecodingError.dataCorruptedError(
        forKey: .settings, in: container,
        debugDescription: "the cell was changed: it has the digest \(digest), not \(expected)")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(wrappedValue, forKey: .settings)
    try container.encode(try Digests.cell(wrappedValue), forKey: .digest)
  }
}
