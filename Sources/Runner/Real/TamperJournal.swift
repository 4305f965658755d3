/// A rollback journal as it lies in its file.
///
/// Source: sqlite.org/fileformat2.html, "The Rollback Journal".
struct RollbackJournal {
  /// A page as it was before the transaction.
  struct Page {
    /// Its number, from 1.
    var number: Int
    /// Where its bytes stand in the journal.
    var bytes: Range<Int>
  }

  private static let magic: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]

  /// Bytes of a page.
  let pageSize: Int
  /// The pages that a rollback would bring back.
  private(set) var pages: [Page] = []

  /// Reads what a rollback would play back.
  ///
  /// - Returns: `nil` when the journal is not hot: empty, cut, with a header of zeros, or with
  ///   nothing in it that a rollback would use.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 28, Array(bytes[..<8]) == Self.magic else { return nil }
    let sectorSize = Int(bytes.bigEndian(at: 20))
    pageSize = Int(bytes.bigEndian(at: 24))
    guard (512...65_536).contains(pageSize), (32...65_536).contains(sectorSize) else { return nil }
    var header = 0
    while header + 28 <= bytes.count, Array(bytes[header..<header + 8]) == Self.magic {
      let end = readPages(bytes, header: header, from: header + sectorSize)
      header = (end + sectorSize - 1) / sectorSize * sectorSize
    }
    if pages.isEmpty { return nil }
  }

  /// Reads the records behind one header; a checksum that does not fit ends them.
  ///
  /// - Returns: the end of the last.
  private mutating func readPages(_ bytes: [UInt8], header: Int, from start: Int) -> Int {
    let count = bytes.bigEndian(at: header + 8)
    let nonce = bytes.bigEndian(at: header + 12)
    let recordSize = pageSize + 8
    var (read, place) = (0, start)
    // Without syncs the header does not count: the records go on to the end of the file.
    while count == UInt32.max || read < Int(count), place + recordSize <= bytes.count {
      let page = place + 4..<place + 4 + pageSize
      guard bytes.bigEndian(at: page.upperBound) == Self.checksum(bytes, page, nonce) else {
        break
      }
      pages.append(Page(number: Int(bytes.bigEndian(at: place)), bytes: page))
      place += recordSize
      read += 1
    }
    return place
  }

  /// The sum of the nonce and of every 200th byte from the end.
  private static func checksum(_ bytes: [UInt8], _ page: Range<Int>, _ nonce: UInt32) -> UInt32 {
    stride(from: page.count - 200, to: 0, by: -200)
      .reduce(nonce) { $0 &+ UInt32(bytes[page.lowerBound + $1]) }
  }
}

/// A write-ahead log as it lies in its file, as far as it is committed.
///
/// Source: sqlite.org/fileformat2.html, "WAL File Format". Frames are told from older ones by their
/// salts. Of the checksums only those of commits are computed: frames are written in their order,
/// so that the others are whole.
struct WriteAheadLog {
  private static let frameHeader = 24

  /// Bytes of a page.
  let pageSize: Int
  /// The number of each commit's last frame, from 1.
  private(set) var commits: [Int] = []
  /// Where the last committed bytes of a page stand in the log, by its number.
  private(set) var pages: [Int: Range<Int>] = [:]

  /// - Returns: `nil` when the log holds no committed transaction.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 32, bytes.bigEndian(at: 0) & 0xffff_fffe == 0x377f_0682 else {
      return nil
    }
    pageSize = Int(bytes.bigEndian(at: 8))
    guard (512...65_536).contains(pageSize) else { return nil }
    let salts = bytes[16..<24]
    let isBigEndian = bytes.bigEndian(at: 0) & 1 == 1
    // A frame's checksum goes on from that of the frame before, the first one's from the header's.
    var before = (bytes.bigEndian(at: 24), bytes.bigEndian(at: 28))
    var (frame, place) = (1, 32)
    var open: [(page: Int, bytes: Range<Int>)] = []
    while place + Self.frameHeader + pageSize <= bytes.count,
      bytes[place + 8..<place + 16] == salts
    {
      let content = place + Self.frameHeader
      open.append((Int(bytes.bigEndian(at: place)), content..<content + pageSize))
      let stored = (bytes.bigEndian(at: place + 16), bytes.bigEndian(at: place + 20))
      if bytes.bigEndian(at: place + 4) != 0 {
        var sum = before
        for part in [place..<place + 8, content..<content + pageSize] {
          sum = Self.checksum(bytes, part, after: sum, isBigEndian: isBigEndian)
        }
        guard sum == stored else { break }
        for written in open { pages[written.page] = written.bytes }
        open = []
        commits.append(frame)
      }
      before = stored
      frame += 1
      place = content + pageSize
    }
    if commits.isEmpty { return nil }
  }

  /// Source: sqlite.org/fileformat2.html, "Checksum Algorithm".
  private static func checksum(
    _ bytes: [UInt8], _ part: Range<Int>, after sum: (UInt32, UInt32), isBigEndian: Bool
  ) -> (UInt32, UInt32) {
    var sum = sum
    for place in stride(from: part.lowerBound, to: part.upperBound, by: 8) {
      var (first, second) = (bytes.bigEndian(at: place), bytes.bigEndian(at: place + 4))
      if !isBigEndian { (first, second) = (first.byteSwapped, second.byteSwapped) }
      sum.0 &+= first &+ sum.1
      sum.1 &+= second &+ sum.0
    }
    return sum
  }
}

extension [UInt8] {
  /// The 32-bit number at `place`, most significant byte first.
  func bigEndian(at place: Int) -> UInt32 {
    UInt32(self[place]) << 24 | UInt32(self[place + 1]) << 16 | UInt32(self[place + 2]) << 8
      | UInt32(self[place + 3])
  }

  /// The 32-bit number at `place` in the byte order of this machine.
  func native(at place: Int) -> UInt32 {
    UInt32(littleEndian: bigEndian(at: place).byteSwapped)
  }
}
