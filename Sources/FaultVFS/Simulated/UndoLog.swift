/// What has to be put back so that a disk is what it was at a mark: the old bytes of every change.
///
/// Crash images differ in a few sectors: putting those back is a hundred times cheaper than making
/// the files anew.
@safe
struct UndoLog: ~Copyable {
  // Safe because `memory` is private, owned, and only read within what was appended.

  enum Entry {
    /// Bytes at `offset` were these, and the file was `length` long.
    case bytes(inode: Int32, offset: Int, count: Int, length: Int)
    /// The name pointed there; -1 for nowhere.
    case name(Int32, inode: Int32)
    /// A file was made that did not exist.
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

  /// Keeps what a file holds in a range before it is changed, and its length.
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

  /// Takes the newest entry away.
  ///
  /// - Parameter body: gets the entry and, for bytes, where they are.
  mutating func removeLast(_ body: (Entry, UnsafeRawPointer) -> Void) {
    guard let entry = entries.popLast() else { return }
    if case .bytes(_, _, let count, _) = entry { used -= count }
    unsafe body(entry, UnsafeRawPointer(memory + used))
  }

  /// Forgets everything: the present state becomes the one to return to.
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
