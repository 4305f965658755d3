/// How much of a file one connection has mapped into memory, as the unix VFS keeps it.
///
/// The mapping covers what the file held when its first page was fetched; what is added later is
/// read by `xRead` until the mapping is made again. Source: SQLite, os_unix.c, `unixMapfile`,
/// `unixFetch`, `unixUnfetch`.
struct FileMapping {
  /// Largest limit that SQLite accepts unless it is built with another one.
  /// Source: SQLite, sqliteInt.h, `SQLITE_MAX_MMAP_SIZE`.
  static let largestLimit = 0x7fff_0000
  /// Bytes behind a fetched page that must be readable too: SQLite reads past the end of a damaged
  /// page. Source: SQLite 3.46, os_unix.c, `nEofBuffer`.
  private static let margin = 256

  /// Bytes that may be mapped, as `PRAGMA mmap_size` set it; 0 maps nothing.
  private(set) var limit = 0
  /// Bytes that are mapped; `nil` before the first fetch.
  private var size: Int?
  /// Pages that SQLite has fetched and not returned.
  private(set) var lent = 0

  /// Changes the limit; a negative one changes nothing. Returns the limit before.
  mutating func setLimit(_ wanted: Int) -> Int {
    let before = limit
    if wanted >= 0, lent == 0 {
      limit = min(wanted, Self.largestLimit)
      size = nil
    }
    return before
  }

  /// Counts a page out if it lies within the mapping.
  mutating func lend(offset: Int, count: Int, fileSize: Int) -> Bool {
    guard limit > 0 else { return false }
    let mapped = size ?? min(fileSize, limit)
    size = mapped
    guard mapped >= offset + count + Self.margin else { return false }
    lent += 1
    return true
  }

  /// Counts a page back in.
  mutating func takeBack() { lent -= 1 }

  /// Drops the mapping, so that the next fetch maps what the file holds then.
  mutating func drop() {
    if lent == 0 { size = nil }
  }

  /// The file was cut off here.
  mutating func cut(to length: Int) {
    if let mapped = size, mapped > length { size = length }
  }
}

extension OpenFile {
  /// Answers `SQLITE_FCNTL_MMAP_SIZE`; returns the limit before.
  func setMappingLimit(_ limit: Int) -> Int { mapping.setLimit(limit) }

  /// A page of the mapped file; `nil` when SQLite must read it instead.
  func fetch(count: Int, at offset: Int) -> UnsafeMutableRawPointer? {
    guard mapping.lend(offset: offset, count: count, fileSize: inode.count) else { return nil }
    return unsafe inode.lend(at: offset)
  }

  /// Takes a fetched page back.
  func returnFetched() {
    mapping.takeBack()
    inode.takeBack()
  }
}
