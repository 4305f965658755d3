import AssayModel

/// The content of one file of the simulated disk.
///
/// Bytes between `count` and the capacity are zero, so that a file grows by setting its length.
///
/// Safe because `memory` is owned by this object and every access is checked against `count`.
@safe
final class SimulatedInode {
  /// Number of the file on the disk.
  let number: Int32
  /// Role of the file in SQLite.
  let kind: FileKind
  /// Length in bytes.
  private(set) var count = 0
  private(set) var memory: UnsafeMutableRawPointer
  private var capacity: Int
  /// Pages that mappings have lent to SQLite.
  private var lentPages = 0
  /// Memory that the file has outgrown while pages of it were lent. Changes are written to it as
  /// well, because a mapping of a real file shows them.
  private var outgrown: [Outgrown] = []
  /// The locks of `sqlite3_io_methods`.
  var locks = SimulatedLocks()
  /// Shared memory of the database while at least one connection is attached.
  var sharedMemory: SharedMemory?

  /// Safe because the inode owns the memory and frees it once no page of it is lent.
  @safe
  private struct Outgrown {
    var memory: UnsafeMutableRawPointer
    var capacity: Int
  }

  init(number: Int32, kind: FileKind) {
    self.number = number
    self.kind = kind
    capacity = 4_096
    unsafe memory = Self.zeroed(capacity)
  }

  deinit {
    unsafe memory.deallocate()
    freeOutgrown()
  }

  private static func zeroed(_ count: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    return unsafe memory
  }

  /// Copies up to `wanted` bytes at `offset`; returns the number of bytes copied.
  func read(into buffer: UnsafeMutableRawPointer, count wanted: Int, at offset: Int) -> Int {
    let available = max(0, min(wanted, count - offset))
    if available > 0 {
      unsafe buffer.copyMemory(from: memory + offset, byteCount: available)
    }
    return available
  }

  /// Overwrites bytes at `offset`; a gap before them is filled with zeros.
  func write(_ bytes: UnsafeRawPointer, count written: Int, at offset: Int) {
    let end = offset + written
    reserve(end)
    unsafe (memory + offset).copyMemory(from: bytes, byteCount: written)
    if end > count { count = end }
    if !outgrown.isEmpty { updateOutgrown(from: offset, to: end) }
  }

  /// Sets the length; bytes cut off are lost, bytes added are zero.
  func truncate(to length: Int) {
    let longer = max(length, count)
    if length < count {
      unsafe (memory + length).initializeMemory(
        as: UInt8.self, repeating: 0, count: count - length)
    } else {
      reserve(length)
    }
    if !outgrown.isEmpty { updateOutgrown(from: min(length, count), to: longer) }
    count = length
  }

  private func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    var wider = capacity
    while wider < needed { wider *= 2 }
    let larger = unsafe Self.zeroed(wider)
    unsafe larger.copyMemory(from: memory, byteCount: count)
    if lentPages > 0 {
      unsafe outgrown.append(Outgrown(memory: memory, capacity: capacity))
    } else {
      unsafe memory.deallocate()
    }
    unsafe memory = larger
    capacity = wider
  }

  // MARK: Mappings

  /// Lends the memory at `offset`, which stays valid until `takeBack`.
  func lend(at offset: Int) -> UnsafeMutableRawPointer {
    precondition(offset < capacity, "a page at \(offset) of a file of \(count) bytes")
    lentPages += 1
    return unsafe memory + offset
  }

  /// Takes back one lent page.
  func takeBack() {
    precondition(lentPages > 0, "a page was returned that was not lent")
    lentPages -= 1
    if lentPages == 0, !outgrown.isEmpty { freeOutgrown() }
  }

  private func updateOutgrown(from offset: Int, to end: Int) {
    for old in outgrown {
      let changed = min(end, old.capacity) - offset
      guard changed > 0 else { continue }
      unsafe (old.memory + offset).copyMemory(from: memory + offset, byteCount: changed)
    }
  }

  private func freeOutgrown() {
    for old in outgrown { unsafe old.memory.deallocate() }
    outgrown.removeAll()
  }

  /// A copy of the whole content.
  var content: [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: memory, count: count))
  }
}
