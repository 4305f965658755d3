/// The part of a file that one connection has mapped into memory, managed as in the unix VFS.
///
/// The mapping covers the file as it was when its first page was fetched; data appended later is
/// read by `xRead` until the file is mapped again. Source: SQLite, os_unix.c, `unixMapfile`,
/// `unixFetch`, `unixUnfetch`.
struct FileMapping {
  /// Largest limit that SQLite accepts unless it is built with another one.
  /// Source: SQLite, sqliteInt.h, `SQLITE_MAX_MMAP_SIZE`.
  static let largestLimit = 0x7fff_0000
  /// Bytes behind a fetched page that must be readable too: SQLite reads past the end of a damaged
  /// page. Source: SQLite 3.46, os_unix.c, `nEofBuffer`.
  private static let margin = 256

  /// Maximum number of bytes to map, as set by `PRAGMA mmap_size`; 0 disables mapping.
  private(set) var limit = 0
  /// Bytes mapped; `nil` before the first fetch.
  private var size: Int?
  /// Pages fetched by SQLite and not yet returned.
  private(set) var lent = 0

  /// Sets the limit; a negative value changes nothing. Returns the previous limit.
  mutating func setLimit(_ wanted: Int) -> Int {
    let before = limit
    if wanted >= 0, lent == 0 {
      limit = min(wanted, Self.largestLimit)
      size = nil
    }
    return before
  }

  /// Counts a page as lent if it lies within the mapping.
  mutating func lend(offset: Int, count: Int, fileSize: Int) -> Bool {
    guard limit > 0 else { return false }
    let mapped = size ?? min(fileSize, limit)
    size = mapped
    guard mapped >= offset + count + Self.margin else { return false }
    lent += 1
    return true
  }

  /// Counts a page as returned.
  mutating func takeBack() { lent -= 1 }

  /// Drops the mapping, so that the next fetch maps the file as it is then.
  mutating func drop() {
    if lent == 0 { size = nil }
  }

  /// Shrinks the mapping after a truncate.
  mutating func cut(to length: Int) {
    if let mapped = size, mapped > length { size = length }
  }
}

extension OpenFile {
  /// Answers `SQLITE_FCNTL_MMAP_SIZE`; returns the previous limit.
  func setMappingLimit(_ limit: Int) -> Int { mapping.setLimit(limit) }

  /// Returns a page of the mapped file; `nil` if SQLite must read it instead.
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
