import CSQLite

/// A prepared statement and the memory that its bound text and blobs live in.
///
/// Bound bytes are copied once, into an arena that the slot keeps, and bound without a destructor:
/// cheaper than SQLITE_TRANSIENT, which allocates for each value, and with no lifetime that a
/// caller could get wrong. The arena is only written between a reset and the first step, and only
/// replaced when nothing is bound.
@safe @usableFromInline
struct StatementSlot {
  let handle: OpaquePointer
  /// Unretained, because the connection finalizes its statements before it goes.
  let core: Unmanaged<ConnectionCore>
  /// Never nil, because an empty blob needs an address: a null pointer would bind NULL.
  private var arena: UnsafeMutableRawPointer
  private var capacity: Int
  private var used = 0
  /// What the bindings of this round wanted, whether or not it fitted.
  private var wanted = 0
  private var isBound = false
  /// Whether a row or error was seen since the last reset.
  var isFinished = false
  /// Whether the connection was outside a transaction when the statement was taken out.
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

  /// Ends the statement's run, unbinds everything, and makes room for the next round.
  mutating func reset() {
    // The code repeats the error of the last step, which was reported then.
    _ = unsafe sqlite3_reset(handle)
    isFinished = false
    guard isBound else { return }
    _ = unsafe sqlite3_clear_bindings(handle)
    if wanted > capacity, capacity < Self.largestCapacity { grow() }
    isBound = false
    used = 0
    wanted = 0
  }

  private mutating func grow() {
    capacity = min(wanted * 2, Self.largestCapacity)
    unsafe arena.deallocate()
    unsafe arena = .allocate(byteCount: capacity, alignment: 8)
  }

  /// Finalizes the statement; the slot may not be used again.
  func destroy() {
    _ = unsafe sqlite3_finalize(handle)
    unsafe arena.deallocate()
  }

  mutating func bind(_ index: Int32, integer: Int64) -> Int32 {
    isBound = true
    return unsafe sqlite3_bind_int64(handle, index, integer)
  }

  mutating func bind(_ index: Int32, double: Double) -> Int32 {
    isBound = true
    return unsafe sqlite3_bind_double(handle, index, double)
  }

  func bindNull(_ index: Int32) -> Int32 {
    unsafe sqlite3_bind_null(handle, index)
  }

  mutating func bind(_ index: Int32, blob bytes: UnsafeRawBufferPointer) -> Int32 {
    isBound = true
    let count = UInt64(bytes.count)
    if let copy = unsafe copied(bytes) {
      return unsafe sqlite3_bind_blob64(handle, index, copy, count, nil)
    }
    return unsafe sqlite3_bind_blob64(
      handle, index, bytes.baseAddress, count, assay_sqlite_transient())
  }

  mutating func bind(_ index: Int32, text bytes: UnsafeRawBufferPointer) -> Int32 {
    isBound = true
    let count = UInt64(bytes.count)
    if let copy = unsafe copied(bytes) {
      let text = unsafe copy.assumingMemoryBound(to: CChar.self)
      return unsafe sqlite3_bind_text64(handle, index, text, count, nil, UInt8(SQLITE_UTF8))
    }
    let text = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
    return unsafe sqlite3_bind_text64(
      handle, index, text, count, assay_sqlite_transient(), UInt8(SQLITE_UTF8))
  }

  /// Copies into the arena, or returns nil when the rest of it is too small.
  private mutating func copied(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
    wanted += bytes.count
    guard bytes.count <= capacity - used else { return nil }
    let place = unsafe arena + used
    if let source = bytes.baseAddress {
      unsafe place.copyMemory(from: source, byteCount: bytes.count)
    }
    used += bytes.count
    return unsafe place
  }
}
