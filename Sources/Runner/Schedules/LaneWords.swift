import AssayModel
import FaultVFS

/// Says in a few words what calls do and what locks are held.
struct LaneWords {
  /// Bytes before the first frame of a write-ahead log, and before the page of each frame.
  /// Source: SQLite's documentation, fileformat2.html, section 4.
  private static let walHeader: Int64 = 32
  private static let frameHeader: Int64 = 24

  let pageSize: Int64

  /// What a call does, such as `write wal frame 3`.
  func text(of call: DiskCall) -> String {
    let failed = call.code == 0 ? "" : failure(call.code)
    switch call.method {
    case .read, .write: return "\(call.method.rawValue) \(place(call))\(failed)"
    case .truncate: return "truncate \(name(call.file)) to \(call.offset)\(failed)"
    case .lock, .unlock, .sharedMemoryLock: return lockText(call) + failed
    default: return "\(call.method.rawValue) \(name(call.file))\(failed)"
    }
  }

  /// What an actor is about to do where no more is known of it.
  func text(of step: StepKind) -> String {
    switch step {
    case .call(let method, _): method.rawValue
    case .statement: "next statement"
    case .park: "wait to be woken"
    case .sleep: "sleep"
    case .join: "wait for another actor's end"
    case .end: "end"
    }
  }

  private func name(_ file: FileKind?) -> String { file?.rawValue ?? "file" }

  private func failure(_ code: Int32) -> String {
    switch code & 0xff {
    case 5: ": BUSY"
    case 10 where code >> 8 == 2: ": short"
    default: ": error \(code)"
    }
  }

  private func place(_ call: DiskCall) -> String {
    switch call.file {
    case .wal:
      guard call.offset >= Self.walHeader else { return "wal header" }
      return "wal frame \((call.offset - Self.walHeader) / (Self.frameHeader + pageSize) + 1)"
    case .database:
      if call.count < pageSize, call.offset < 100 { return "database header" }
      return "database page \(call.offset / pageSize + 1)"
    case .journal where call.offset == 0: return "journal header"
    default: return "\(name(call.file)) \(call.offset)+\(call.count)"
    }
  }

  private func lockText(_ call: DiskCall) -> String {
    switch call.lock {
    case .level(let level):
      if call.method == .lock { return "take \(Self.word(level))" }
      return level == .none ? "release all" : "release to \(Self.word(level))"
    case .slots(let slots, let isShared, let isGivenBack):
      let bits = slots.reduce(UInt16(0)) { $0 | 1 << UInt16($1) }
      let words = Self.words(bits, isShared: isShared).joined(separator: " ")
      return isGivenBack ? "release \(words)" : "take \(words)"
    case nil: return call.method.rawValue
    }
  }

  // MARK: Locks

  /// The slot of who writes the log into the database.
  static let checkpointSlot: UInt16 = 0b10

  /// The locks of an open file, exclusive slots in upper case, shared ones in lower case.
  static func words(_ held: HeldLocks) -> [String] {
    var words = words(held.exclusiveSlots, isShared: false)
    words += self.words(held.sharedSlots, isShared: true)
    // In WAL mode everybody has SHARED all the time.
    let usual: LockLevel = held.hasSharedMemory ? .shared : .none
    if held.level.rawValue > usual.rawValue { words.append(word(held.level)) }
    return words
  }

  private static func word(_ level: LockLevel) -> String {
    switch level {
    case .none: "NONE"
    case .shared: "SHARED"
    case .reserved: "RESERVED"
    case .pending: "PENDING"
    case .exclusive: "EXCLUSIVE"
    }
  }

  /// Source: SQLite, `wal.c`: `WAL_WRITE_LOCK` and its neighbours.
  private static let slots = [
    "WRITE", "CKPT", "RECOVER", "READ0", "READ1", "READ2", "READ3", "READ4",
  ]

  private static func words(_ bits: UInt16, isShared: Bool) -> [String] {
    // READ1 to READ4 are taken together when a log begins anew.
    let several: UInt16 = 0b1111_0000
    var words: [String] = []
    for (slot, name) in slots.enumerated() where bits & 1 << UInt16(slot) != 0 {
      if bits & several == several, slot >= 4 { continue }
      words.append(isShared ? name.lowercased() : name)
    }
    if bits & several == several { words.append(isShared ? "read1-4" : "READ1-4") }
    return words
  }
}
