/// Prepared statements by their text; the least recently used are evicted.
///
/// Safe because it finalizes a statement only when it removes it, and `shrink` is called when no
/// statement is lent.
@safe struct TextStatementCache {
  @safe private struct Entry {
    var slot: UnsafeMutablePointer<StatementSlot>
    var text: String
    var lastUse: UInt64
  }

  private let capacity: Int
  private var uses: UInt64 = 0
  private var entries: [Entry] = []
  private var places: [String: Int] = [:]
  /// Expected position of the text after the last one: programs repeat themselves.
  private var expected = 0

  init(capacity: Int) {
    self.capacity = max(0, capacity)
  }

  var count: Int { entries.count }

  mutating func find(_ text: String) -> UnsafeMutablePointer<StatementSlot>? {
    if expected >= count { expected = 0 }
    let place: Int
    if count > 0, entries[expected].text == text {
      place = expected
    } else {
      guard let known = places[text] else { return nil }
      place = known
    }
    expected = place + 1
    uses += 1
    entries[place].lastUse = uses
    return unsafe entries[place].slot
  }

  /// Keeps a statement, exceeding the capacity until the next `shrink`.
  mutating func insert(_ text: String, _ slot: UnsafeMutablePointer<StatementSlot>) {
    uses += 1
    places[text] = entries.count
    entries.append(unsafe Entry(slot: slot, text: text, lastUse: uses))
  }

  /// Finalizes the least recently used statements beyond the capacity.
  mutating func shrink() {
    while count > capacity {
      var oldest = 0
      for place in 1..<count where entries[place].lastUse < entries[oldest].lastUse {
        oldest = place
      }
      remove(at: oldest)
    }
  }

  private mutating func remove(at place: Int) {
    unsafe destroyStatement(entries[place].slot)
    places[entries[place].text] = nil
    // The last entry moves into the place of the removed one.
    let last = entries.removeLast()
    guard place < count else { return }
    places[last.text] = place
    entries[place] = last
  }

  func forEach(_ body: (OpaquePointer) -> Void) {
    for entry in entries { unsafe body(entry.slot.pointee.handle) }
  }

  mutating func removeAll() {
    for place in 0..<count {
      unsafe destroyStatement(entries[place].slot)
    }
    entries.removeAll()
    places.removeAll()
  }
}
