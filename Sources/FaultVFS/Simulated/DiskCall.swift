public import AssayModel

/// Told of every call that a simulated disk has answered, for replays that explain themselves.
///
/// Called on the thread of the actor that made the call.
public protocol DiskObserver: AnyObject, Sendable {
  /// Takes a call.
  func answered(_ call: DiskCall)
}

/// A call of the file system layer and what came of it.
public struct DiskCall: Hashable, Sendable {
  /// What was called.
  public var method: VFSMethod
  /// What the file is to SQLite; `nil` for a name without a file.
  public var file: FileKind?
  /// Number of the open file, from 1; 0 where there is none.
  public var handle: Int32 = 0
  /// Place of a read or write, or new length.
  public var offset: Int64 = 0
  /// Bytes of a read or write.
  public var count = 0
  /// The lock that was asked for or given back.
  public var lock: DiskLock?
  /// The result code.
  public var code: Int32 = 0
  /// What the open file holds after the call.
  public var held = HeldLocks()
  /// What the shared memory says of the log after the call; `nil` without shared memory.
  public var log: LogState?
  /// Set where the checkpoint lock was given back and the shared memory says what cannot be.
  public var fault: SharedMemoryFault?

  init(_ method: VFSMethod, _ file: FileKind?) {
    self.method = method
    self.file = file
  }
}

/// A lock that a call asks for or gives back.
public enum DiskLock: Hashable, Sendable {
  /// A level of the database file.
  case level(LockLevel)
  /// Slots of the shared memory.
  case slots(Range<Int>, isShared: Bool, isGivenBack: Bool)
}

/// The lock levels of a database file.
public enum LockLevel: Int32, Hashable, Sendable {
  case none = 0
  case shared = 1
  case reserved = 2
  case pending = 3
  case exclusive = 4
}

/// What an open file holds.
public struct HeldLocks: Hashable, Sendable {
  /// Of the database file.
  public var level = LockLevel.none
  /// Slots of the shared memory that are shared with others, a bit each.
  public var sharedSlots: UInt16 = 0
  /// Slots of the shared memory that are held alone, a bit each.
  public var exclusiveSlots: UInt16 = 0
  /// Whether the file has mapped the shared memory, that is, is in WAL mode.
  public var hasSharedMemory = false

  /// Holds nothing.
  public init() {}
}

/// What the header of the shared memory says of the write-ahead log.
public struct LogState: Hashable, Sendable {
  /// Frames that the log holds (`mxFrame`).
  public var frames: Int
  /// Frames that are in the database (`nBackfill`).
  public var checkpointed: Int
}

extension OpenFile {
  /// Tells the disk's observer of a call that was answered.
  func tell(
    _ method: VFSMethod, _ code: Int32, faultsBefore: Int? = nil,
    _ fill: (inout DiskCall) -> Void = { _ in }
  ) {
    guard let observer = disk.observer else { return }
    var call = DiskCall(method, kind)
    call.handle = number
    call.code = code
    call.held = held
    call.log = inode.sharedMemory?.backfill.map {
      LogState(frames: Int($0.frames), checkpointed: Int($0.checkpointed))
    }
    if let faultsBefore, disk.sharedMemoryFaults.count > faultsBefore {
      call.fault = disk.sharedMemoryFaults.last
    }
    fill(&call)
    observer.answered(call)
  }

  private var held: HeldLocks {
    var held = HeldLocks()
    held.level = LockLevel(rawValue: lockLevel) ?? .none
    held.sharedSlots = sharedSlots
    held.exclusiveSlots = exclusiveSlots
    held.hasSharedMemory = isAttached
    return held
  }
}
