import CSQLite

/// The shared memory of one database in WAL mode: its regions and its eight lock slots.
///
/// Safe because regions are owned by this object; SQLite gets pointers that stay valid until the
/// last connection has unmapped.
@safe
final class SharedMemory {
  /// Holders of a slot.
  private struct Slot {
    var sharedCount = 0
    /// Number of an open file; 0 for none.
    var exclusive: Int32 = 0
  }

  private(set) var regions: [UnsafeMutableRawPointer]
  private let regionSize: Int
  private var slots = InlineArray<8, Slot>(repeating: Slot())
  /// Slot that is granted to every connection and held by none, planted only by tests; `nil` for
  /// none.
  private let forgottenSlot: Int?
  /// Number of connections that have mapped the shared memory.
  private(set) var attached = 0

  init(regionSize: Int, forgottenSlot: Int? = nil) {
    self.regionSize = regionSize
    self.forgottenSlot = forgottenSlot
    unsafe regions = []
  }

  deinit {
    for index in unsafe regions.indices { unsafe regions[index].deallocate() }
  }

  func attach() { attached += 1 }

  /// Detaches a connection; returns true if none is left.
  func detach() -> Bool {
    attached -= 1
    return attached == 0
  }

  /// Clears the state left by a finished generation of connections, so that the memory can be
  /// reused as if new.
  func reset() {
    for index in unsafe regions.indices {
      unsafe regions[index].initializeMemory(as: UInt8.self, repeating: 0, count: regionSize)
    }
  }

  /// Number of existing regions.
  var regionCount: Int { unsafe regions.count }

  /// A copy of the content of every region.
  var contents: [[UInt8]] {
    unsafe regions.map { region in
      unsafe Array(UnsafeRawBufferPointer(start: region, count: regionSize))
    }
  }

  /// Restores the value of `contents`.
  func restore(_ contents: [[UInt8]]) {
    for (index, content) in contents.enumerated() {
      unsafe content.withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(start: regions[index], count: regionSize)
          .copyMemory(from: bytes)
      }
    }
  }

  /// Returns a region, or `nil` if it does not exist and may not be created.
  func region(_ index: Int, extend: Bool) -> UnsafeMutableRawPointer? {
    while unsafe regions.count <= index {
      guard extend else { return nil }
      let region = UnsafeMutableRawPointer.allocate(byteCount: regionSize, alignment: 4_096)
      unsafe region.initializeMemory(as: UInt8.self, repeating: 0, count: regionSize)
      unsafe regions.append(region)
    }
    return unsafe regions[index]
  }

  /// Takes or releases lock slots: all of them or none.
  func lock(_ file: OpenFile, first: Int, count: Int, flags: Int32) -> Int32 {
    let range = first..<first + count
    let isShared = flags & SQLITE_SHM_SHARED != 0
    if flags & SQLITE_SHM_UNLOCK != 0 {
      for slot in range { release(file, slot) }
      return SQLITE_OK
    }
    for slot in range where isHeld(slot, against: file, shared: isShared) { return SQLITE_BUSY }
    for slot in range where slot != forgottenSlot {
      let bit = UInt16(1) << UInt16(slot)
      if isShared {
        if file.sharedSlots & bit == 0 { slots[slot].sharedCount += 1 }
        file.sharedSlots |= bit
      } else {
        slots[slot].exclusive = file.number
        file.exclusiveSlots |= bit
      }
    }
    return SQLITE_OK
  }

  private func isHeld(_ slot: Int, against file: OpenFile, shared: Bool) -> Bool {
    let holder = slots[slot].exclusive
    if holder != 0, holder != file.number { return true }
    if shared { return false }
    let own = file.sharedSlots & UInt16(1) << UInt16(slot) != 0 ? 1 : 0
    return slots[slot].sharedCount > own
  }

  private func release(_ file: OpenFile, _ slot: Int) {
    let bit = UInt16(1) << UInt16(slot)
    if file.sharedSlots & bit != 0 {
      slots[slot].sharedCount -= 1
      file.sharedSlots &= ~bit
    }
    if file.exclusiveSlots & bit != 0 {
      slots[slot].exclusive = 0
      file.exclusiveSlots &= ~bit
    }
  }

  /// Checkpoint state in the header after a checkpoint; `nil` without a header.
  ///
  /// Source: SQLite, `wal.c`: `WalIndexHdr.mxFrame` of the first copy is number 4 of the 32-bit
  /// words, `WalCkptInfo.nBackfill` number 24.
  var backfill: (checkpointed: UInt32, frames: UInt32)? {
    guard let header = unsafe regions.first else { return nil }
    return (
      checkpointed: unsafe header.load(fromByteOffset: 24 * 4, as: UInt32.self),
      frames: unsafe header.load(fromByteOffset: 4 * 4, as: UInt32.self)
    )
  }

  /// Releases all slots of a file.
  func releaseAll(_ file: OpenFile) {
    for slot in slots.indices { release(file, slot) }
  }
}
