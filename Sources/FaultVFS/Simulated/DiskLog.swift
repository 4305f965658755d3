import AssayModel

/// The log of a simulated disk since its last crash: operations and the bytes they wrote.
///
/// Safe because `memory` is private, owned, and only read within what was appended.
@safe
public final class DiskLog: @unchecked Sendable {
  // Unchecked because only one actor runs at a time: the holder of the baton is the only user.

  /// The operations in order; a log position is an index here, or the count for the end.
  public private(set) var operations: [DiskOperation] = []
  private var memory = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var capacity = 1 << 16
  private var used = 0

  /// Creates an empty log.
  public init() {}

  deinit { unsafe memory.deallocate() }

  /// Number of operations, which is the position of the next one.
  public var position: Int { operations.count }

  /// Removes everything but keeps the memory allocated.
  public func removeAll() {
    operations.removeAll(keepingCapacity: true)
    used = 0
  }

  func append(_ operation: DiskOperation) {
    operations.append(operation)
  }

  /// Appends a write with its bytes.
  func append(_ operation: DiskOperation, bytes: UnsafeRawPointer) {
    let count = Int(operation.count)
    if used + count > capacity { grow(to: used + count) }
    unsafe (memory + used).copyMemory(from: bytes, byteCount: count)
    var operation = operation
    operation.bytesAt = used
    operations.append(operation)
    used += count
  }

  private func grow(to needed: Int) {
    var wider = capacity
    while wider < needed { wider *= 2 }
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wider, alignment: 16)
    unsafe larger.copyMemory(from: memory, byteCount: used)
    unsafe memory.deallocate()
    unsafe memory = larger
    capacity = wider
  }

  /// The bytes of a write; valid until the next change of the log.
  func bytes(of operation: DiskOperation) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(memory + operation.bytesAt)
  }

  /// A copy of the bytes of a write; empty for any other operation.
  public func content(of operation: DiskOperation) -> [UInt8] {
    guard operation.kind == .write else { return [] }
    return unsafe Array(
      UnsafeRawBufferPointer(start: bytes(of: operation), count: Int(operation.count)))
  }

  /// A hash of every operation with its bytes: equal for equal histories of the disk.
  public var digest: ImageHash {
    var sum = ImageHash.zero
    for (index, operation) in operations.enumerated() {
      let header = ImageHash.mixing(
        UInt64(operation.kind.rawValue) | UInt64(UInt32(bitPattern: operation.inode)) << 8,
        UInt64(bitPattern: operation.offset), UInt64(UInt32(bitPattern: operation.name)),
        UInt64(index))
      sum += header
      if operation.kind == .write {
        sum += unsafe ImageHash.ofBytes(
          bytes(of: operation), count: Int(operation.count), position: UInt64(index))
      }
    }
    return sum
  }
}
