import AssayModel

/// The first hundred bytes of a database file. Pure. Source: fileformat2.html, section 1.3.
struct DatabaseHeader: Equatable {
  /// Bytes in a page.
  var pageSize: Int
  /// Whether the file says that it is to be read through a WAL.
  var isWAL: Bool
  /// Pages in the file, when the header was last written; `nil` when a version before 3.7.0 wrote
  /// to the file since, which does not keep it up to date.
  var pageCount: Int?

  /// What the first bytes of a file are.
  enum Kind: Equatable {
    case database(DatabaseHeader)
    /// No bytes: a database in which nothing was written yet.
    case empty
    case wal
    case journal
    case other
  }

  /// First bytes of a rollback journal with content.
  static let journalMagic: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]
  private static let magic = Array("SQLite format 3\0".utf8)

  /// Tells what a file is from its first bytes, at least a hundred if it has them.
  static func kind(of bytes: [UInt8]) -> Kind {
    if bytes.isEmpty { return .empty }
    if bytes.starts(with: journalMagic) { return .journal }
    if bytes.starts(with: [0x37, 0x7f, 0x06]), bytes.count > 3, bytes[3] & 0xfe == 0x82 {
      return .wal
    }
    guard bytes.count >= 100, bytes.starts(with: magic) else { return .other }
    func number(_ offset: Int, _ length: Int) -> Int {
      bytes[offset..<offset + length].reduce(0) { $0 << 8 | Int($1) }
    }
    // 1 stands for 65536, which does not fit.
    let pageSize = number(16, 2) == 1 ? 65_536 : number(16, 2)
    let isCountValid = number(24, 4) == number(92, 4) && number(28, 4) > 0
    return .database(
      DatabaseHeader(
        pageSize: pageSize, isWAL: bytes[19] == 2,
        pageCount: isCountValid ? number(28, 4) : nil))
  }
}
