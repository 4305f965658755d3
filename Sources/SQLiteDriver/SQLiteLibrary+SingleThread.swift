import CSQLite

extension SQLiteLibrary {
  /// Configures the library for a process in which one thread at a time calls it: no mutexes, no
  /// memory statistics, and an allocator without locks that keeps freed memory.
  ///
  /// Call before any other use of the library; connections then open and close in half the time.
  /// Results of SQLite stay the same.
  ///
  /// - Returns: true if the library accepted it; false if it is already initialised.
  /// Source: `SQLITE_CONFIG_SINGLETHREAD`, `SQLITE_CONFIG_MEMSTATUS`, `SQLITE_CONFIG_MALLOC`.
  public static func prepareForOneThread() -> Bool {
    guard assay_sqlite_config_single(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK else { return false }
    guard assay_sqlite_config_int(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK else { return false }
    return PooledMemory.install()
  }
}

/// Memory for SQLite in free lists by size: allocating and freeing take a few instructions.
///
/// Blocks are never returned to the system; a process of the simulated world opens the same few
/// connections again and again.
@safe
enum PooledMemory {
  // Safe because a block's class precedes it and never changes, and lists hold only free blocks;
  // one thread at a time calls, as `prepareForOneThread` requires.

  /// Bytes before a block; keeps the block aligned like malloc.
  private static let headerSize = 16
  /// Blocks up to this size come in steps of 16 bytes, larger ones in powers of two.
  private static let stepLimit = 1_024
  private static let classCount = 64 + 24

  /// Set by `install`, before SQLite allocates anything; not created lazily, which would cost a
  /// check at each use.
  ///
  /// Unsafe only by its type: it is set once; its target is used as described above.
  nonisolated(unsafe) private static var lists: UnsafeMutablePointer<UnsafeMutableRawPointer?>?

  static func install() -> Bool {
    let made = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: classCount)
    unsafe made.initialize(repeating: nil, count: classCount)
    unsafe lists = unsafe made
    var methods = unsafe sqlite3_mem_methods()
    unsafe methods.xMalloc = { unsafe PooledMemory.take(Int($0)) }
    unsafe methods.xFree = { unsafe PooledMemory.give($0) }
    unsafe methods.xRealloc = { unsafe PooledMemory.resize($0, Int($1)) }
    unsafe methods.xSize = { Int32(unsafe PooledMemory.size($0)) }
    unsafe methods.xRoundup = { Int32(PooledMemory.capacity(PooledMemory.sizeClass(Int($0)))) }
    unsafe methods.xInit = { _ in SQLITE_OK }
    unsafe methods.xShutdown = { _ in }
    return unsafe assay_sqlite_config_methods(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK
  }

  /// Returns the list for a size.
  @inline(__always)
  private static func sizeClass(_ size: Int) -> Int {
    if size <= stepLimit { return max(0, (size - 1) >> 4) }
    return 64 + (Int.bitWidth - (size - 1).leadingZeroBitCount) - 11
  }

  /// Returns the size in bytes of a block of a list.
  @inline(__always)
  private static func capacity(_ sizeClass: Int) -> Int {
    sizeClass < 64 ? (sizeClass + 1) << 4 : 1 << (sizeClass - 64 + 11)
  }

  private static func take(_ size: Int) -> UnsafeMutableRawPointer? {
    let sizeClass = sizeClass(size)
    guard sizeClass < classCount, let lists = unsafe lists else { return nil }
    if let free = unsafe lists[sizeClass] {
      unsafe lists[sizeClass] = free.load(as: UnsafeMutableRawPointer?.self)
      return unsafe free
    }
    let whole = UnsafeMutableRawPointer.allocate(
      byteCount: headerSize + capacity(sizeClass), alignment: 16)
    unsafe whole.storeBytes(of: sizeClass, as: Int.self)
    return unsafe whole + headerSize
  }

  private static func give(_ block: UnsafeMutableRawPointer?) {
    guard let block = unsafe block, let lists = unsafe lists else { return }
    let sizeClass = unsafe (block - headerSize).load(as: Int.self)
    unsafe block.storeBytes(of: lists[sizeClass], as: UnsafeMutableRawPointer?.self)
    unsafe lists[sizeClass] = block
  }

  private static func size(_ block: UnsafeMutableRawPointer?) -> Int {
    guard let block = unsafe block else { return 0 }
    return capacity(unsafe (block - headerSize).load(as: Int.self))
  }

  private static func resize(
    _ block: UnsafeMutableRawPointer?, _ size: Int
  ) -> UnsafeMutableRawPointer? {
    let before = unsafe self.size(block)
    if size <= before { return unsafe block }
    guard let wider = unsafe take(size) else { return nil }
    if let block = unsafe block { unsafe wider.copyMemory(from: block, byteCount: before) }
    unsafe give(block)
    return unsafe wider
  }
}
