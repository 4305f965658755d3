/// The old bytes of every change since a mark, used to restore a disk to its state at the mark.
///
/// Crash images differ in a few sectors: restoring those is a hundred times cheaper than rebuilding
/// the files.
@safe
struct UndoLog: ~Copyable {
  // Safe because `memory` is private, owned, and only read within what was appended.

  enum Entry {
    /// Previous bytes at `offset`, and the previous `length` of the file.
    case bytes(inode: Int32, offset: Int, count: Int, length: Int)
    /// Previous target of the name; -1 for none.
    case name(Int32, inode: Int32)
    /// A new file was created.
    case inodeMade
  }

  private(set) var entries: [Entry] = []
  private var memory = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var capacity = 1 << 16
  private var used = 0

  init() {}

  deinit { unsafe memory.deallocate() }

  mutating func append(_ entry: Entry) {
    entries.append(entry)
  }

  /// Saves the content of a file in a range, and its length, before a change.
  mutating func save(_ inode: SimulatedInode, offset: Int, count: Int) {
    let kept = max(0, min(count, inode.count - offset))
    if used + kept > capacity { grow(to: used + kept) }
    if kept > 0 {
      unsafe (memory + used).copyMemory(from: inode.memory + offset, byteCount: kept)
      used += kept
    }
    entries.append(
      .bytes(inode: inode.number, offset: offset, count: kept, length: inode.count))
  }

  /// Removes the newest entry.
  ///
  /// - Parameter body: receives the entry and, for bytes, a pointer to them.
  mutating func removeLast(_ body: (Entry, UnsafeRawPointer) -> Void) {
    guard let entry = entries.popLast() else { return }
    if case .bytes(_, _, let count, _) = entry { used -= count }
    unsafe body(entry, UnsafeRawPointer(memory + used))
  }

  /// Removes all entries: the present state becomes the one to return to.
  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    used = 0
  }

  private mutating func grow(to needed: Int) {
    var wider = capacity
    while wider < needed { wider *= 2 }
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wider, alignment: 16)
    unsafe larger.copyMemory(from: memory, byteCount: used)
    unsafe memory.deallocate()
    unsafe memory = larger
    capacity = wider
  }
}
