import CSQLite

/// A prepared statement and the memory that holds its bound text and blobs.
///
/// Bound bytes are copied once, into an arena that the slot keeps, and bound without a destructor:
/// cheaper than SQLITE_TRANSIENT, which allocates for each value, and without a lifetime that a
/// caller could get wrong. The arena is only written between a reset and the first step, and only
/// replaced while nothing is bound.
@safe @usableFromInline
struct StatementSlot {
  let handle: OpaquePointer
  /// Unretained, because the connection finalizes its statements before it is released.
  let core: Unmanaged<ConnectionCore>
  /// Never nil, because an empty blob needs an address: a null pointer would bind NULL.
  private var arena: UnsafeMutableRawPointer
  private var capacity: Int
  private var used = 0
  /// Bytes requested by the bindings of this round, whether or not they fitted.
  private var wanted = 0
  /// Parameters bound in this round, bit 0 for the first one.
  private var bound: UInt64 = 0
  /// Parameters left bound by earlier rounds, to memory that is valid but not theirs.
  private var stale: UInt64 = 0
  /// True if the bits are incomplete, so that a reset must unbind.
  private var mustUnbind = false
  /// True if the last step returned no row.
  var isFinished = false
  /// Number of `withBytes` calls in progress, during which nothing may move the row's values.
  var loans = 0
  /// True if the connection was outside a transaction when the statement was checked out.
  var wasAutocommit = true

  private static var initialCapacity: Int { 256 }
  /// Larger values are rare enough to be left to SQLITE_TRANSIENT.
  private static var largestCapacity: Int { 64 << 10 }

  init(_ handle: OpaquePointer, _ core: ConnectionCore) {
    unsafe self.handle = unsafe handle
    unsafe self.core = .passUnretained(core)
    unsafe arena = .allocate(byteCount: Self.initialCapacity, alignment: 8)
    capacity = Self.initialCapacity
  }

  /// Ends the statement's run and marks its bindings as stale.
  ///
  /// The bindings themselves mostly stay: the next round binds the same parameters again, and
  /// `unbindStale` handles the others. That saves one library call per run.
  mutating func reset() {
    // The code repeats the error of the last step, which has already been reported.
    _ = unsafe sqlite3_reset(handle)
    isFinished = false
    stale |= bound
    bound = 0
    used = 0
    guard mustUnbind || wanted > capacity else {
      wanted = 0
      return
    }
    _ = unsafe sqlite3_clear_bindings(handle)
    stale = 0
    mustUnbind = false
    if wanted > capacity, capacity < Self.largestCapacity { grow() }
    wanted = 0
  }

  /// True if a parameter still has the value of an earlier round.
  var hasStale: Bool { stale & ~bound != 0 }

  /// Sets the parameters not bound in this round to NULL, before its first step.
  mutating func unbindStale() {
    for index in 0..<64 where (stale & ~bound) >> UInt64(index) & 1 != 0 {
      _ = unsafe sqlite3_bind_null(handle, Int32(index + 1))
    }
    stale = 0
  }

  private mutating func note(_ index: Int32) {
    if index > 0, index <= 64 {
      bound |= 1 << UInt64(index - 1)
    } else {
      mustUnbind = true
    }
  }

  private mutating func grow() {
    capacity = min(wanted * 2, Self.largestCapacity)
    unsafe arena.deallocate()
    unsafe arena = .allocate(byteCount: capacity, alignment: 8)
  }

  /// Finalizes the statement; the slot may not be used again.
  func destroy() {
    unsafe core.takeUnretainedValue().finishedWork.add(statement: handle)
    _ = unsafe sqlite3_finalize(handle)
    unsafe arena.deallocate()
  }

  mutating func bind(_ index: Int32, integer: Int64) -> Int32 {
    note(index)
    return unsafe sqlite3_bind_int64(handle, index, integer)
  }

  mutating func bind(_ index: Int32, double: Double) -> Int32 {
    note(index)
    return unsafe sqlite3_bind_double(handle, index, double)
  }

  mutating func bindNull(_ index: Int32) -> Int32 {
    note(index)
    return unsafe sqlite3_bind_null(handle, index)
  }

  mutating func bind(_ index: Int32, blob bytes: UnsafeRawBufferPointer) -> Int32 {
    note(index)
    let count = UInt64(bytes.count)
    if let copy = unsafe copied(bytes) {
      return unsafe sqlite3_bind_blob64(handle, index, copy, count, nil)
    }
    return unsafe sqlite3_bind_blob64(
      handle, index, bytes.baseAddress, count, assay_sqlite_transient())
  }

  mutating func bind(_ index: Int32, text bytes: UnsafeRawBufferPointer) -> Int32 {
    note(index)
    let count = UInt64(bytes.count)
    if let copy = unsafe copied(bytes) {
      let text = unsafe copy.assumingMemoryBound(to: CChar.self)
      return unsafe sqlite3_bind_text64(handle, index, text, count, nil, UInt8(SQLITE_UTF8))
    }
    let text = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
    return unsafe sqlite3_bind_text64(
      handle, index, text, count, assay_sqlite_transient(), UInt8(SQLITE_UTF8))
  }

  /// Copies into the arena, or returns nil if the remaining space is too small.
  private mutating func copied(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
    wanted += bytes.count
    guard bytes.count <= capacity - used else { return nil }
    let place = unsafe arena + used
    if let source = bytes.baseAddress {
      if bytes.count < 16 {
        unsafe copyFew(bytes.count, from: source, to: place)
      } else {
        unsafe place.copyMemory(from: source, byteCount: bytes.count)
      }
    }
    used += bytes.count
    return unsafe place
  }
}

/// Copies less than 16 bytes in pieces that each lie within one word of the source.
///
/// A short string arrives as two words that were just stored. `memcpy` reads it in two words that
/// overlap, and a read across two pending stores stalls: a tenth of a point read by key, by
/// measurement (125 of 2,800 cycles together with the stall that follows it).
@inline(__always)
private func copyFew(
  _ count: Int, from source: UnsafeRawPointer, to place: UnsafeMutableRawPointer
) {
  var offset = 0
  if count & 8 != 0 {
    unsafe place.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
    offset = 8
  }
  if count & 4 != 0 {
    let piece = unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    unsafe place.storeBytes(of: piece, toByteOffset: offset, as: UInt32.self)
    offset += 4
  }
  if count & 2 != 0 {
    let piece = unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    unsafe place.storeBytes(of: piece, toByteOffset: offset, as: UInt16.self)
    offset += 2
  }
  if count & 1 != 0 {
    let piece = unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt8.self)
    unsafe place.storeBytes(of: piece, toByteOffset: offset, as: UInt8.self)
  }
}
