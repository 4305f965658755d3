import AssayModel

/// The meaning of the words of events and content of workload `mixed` in a cell.
struct MixedLayout {
  /// Rows of each owner.
  let slots: Int
  /// Writers, over all processes.
  let owners: Int
  private let writers: Int

  init(_ load: LoadSettings) {
    slots = load.keyCount + (load.hasMixedBulkRows ? 1 : 0)
    writers = load.writers
    owners = load.processes * load.writers
  }

  /// All rows of all owners.
  var rows: Int { owners * slots }

  /// Returns the number of an actor among the owners; `nil` for one that owns no rows.
  func owner(_ actor: ActorID) -> Int? {
    guard Int(actor.actor) < writers else { return nil }
    let owner = Int(actor.process) * writers + Int(actor.actor)
    return owner < owners ? owner : nil
  }

  /// Returns the place of a row, of owner << 32 | slot, among all rows.
  func place(_ word: UInt64) -> Int? {
    let (owner, slot) = (word >> 32, word & 0xffff_ffff)
    guard owner < UInt64(owners), slot < UInt64(slots) else { return nil }
    return Int(owner) * slots + Int(slot)
  }

  /// Returns the place of an owner's row among all rows.
  func place(owner: Int, slot: UInt64) -> Int? {
    slot < UInt64(slots) ? owner * slots + Int(slot) : nil
  }

  /// A row for people.
  func name(_ place: Int) -> String { "\(place / slots).\(place % slots)" }
}

/// The words of a transaction with several writes.
struct MixedGroupWords {
  let nonce: UInt64
  let count: Int
  let hasLogRow: Bool
  private let subject: UInt64
  private let extra: UInt64

  init(_ operation: WorkloadOperation) {
    nonce = operation.value
    subject = operation.subject
    extra = operation.extra
    count = min(3, Int(extra & 0xff))
    hasLogRow = extra & 1 << 8 != 0
  }

  /// Returns the slot that the write with this number, from 0, went to.
  func slot(_ index: Int) -> UInt64 {
    switch index {
    case 0: subject >> 32
    case 1: subject & 0xffff_ffff
    default: extra >> 32
    }
  }
}
