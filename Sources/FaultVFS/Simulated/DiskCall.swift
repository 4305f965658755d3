public import AssayModel

/// Observes every call that a simulated disk has answered, for replays with an explanation.
///
/// Called on the thread of the actor that made the call.
public protocol DiskObserver: AnyObject, Sendable {
  /// Takes a call.
  func answered(_ call: DiskCall)
}

/// A call of the file system layer and its outcome.
public struct DiskCall: Hashable, Sendable {
  /// Method called.
  public var method: VFSMethod
  /// Role of the file in SQLite; `nil` for a name without a file.
  public var file: FileKind?
  /// Number of the open file, from 1; 0 where there is none.
  public var handle: Int32 = 0
  /// Offset of a read or write, or the new length.
  public var offset: Int64 = 0
  /// Bytes of a read or write.
  public var count = 0
  /// Lock requested or released.
  public var lock: DiskLock?
  /// The result code.
  public var code: Int32 = 0
  /// Locks of the open file after the call.
  public var held = HeldLocks()
  /// State of the write-ahead log in the shared memory header after the call; `nil` without shared
  /// memory.
  public var log: LogState?
  /// Set if the checkpoint lock was released and the shared memory header is impossible.
  public var fault: SharedMemoryFault?

  init(_ method: VFSMethod, _ file: FileKind?) {
    self.method = method
    self.file = file
  }
}

/// A lock that a call requests or releases.
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

/// Locks held by an open file.
public struct HeldLocks: Hashable, Sendable {
  /// Lock level on the database file.
  public var level = LockLevel.none
  /// Slots of the shared memory that are shared with others, a bit each.
  public var sharedSlots: UInt16 = 0
  /// Slots of the shared memory that are held alone, a bit each.
  public var exclusiveSlots: UInt16 = 0
  /// True if the file has mapped the shared memory, that is, the database is in WAL mode.
  public var hasSharedMemory = false

  /// Creates a value without locks.
  public init() {}
}

/// State of the write-ahead log according to the shared memory header.
public struct LogState: Hashable, Sendable {
  /// Frames in the log (`mxFrame`).
  public var frames: Int
  /// Frames copied to the database (`nBackfill`).
  public var checkpointed: Int
}

extension OpenFile {
  /// Reports an answered call to the disk's observer.
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
