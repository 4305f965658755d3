import AssayModel

/// What an actor was about to do when another one could be chosen.
enum StepKind: Hashable, Sendable {
  /// A call of the VFS.
  case call(VFSMethod, FileKind?)
  /// Between two statements or operations.
  case statement
  /// Waiting to be woken.
  case park
  /// Waiting for virtual time to pass.
  case sleep
  /// Waiting for another actor's end.
  case join
  /// The actor's last step.
  case end

  /// A number for the digest of a schedule, the same in every build.
  var code: UInt64 {
    switch self {
    case .call(let method, let file): UInt64(method.code) << 8 | UInt64(file?.code ?? 0)
    case .statement: 1
    case .park: 2
    case .sleep: 3
    case .join: 4
    case .end: 5
    }
  }
}

extension VFSMethod {
  fileprivate var code: UInt8 {
    switch self {
    case .open: 1
    case .close: 2
    case .delete: 3
    case .access: 4
    case .read: 5
    case .write: 6
    case .truncate: 7
    case .sync: 8
    case .lock: 9
    case .unlock: 10
    case .fetch: 11
    case .unfetch: 12
    case .sleep: 13
    case .fileSize: 14
    case .checkReservedLock: 15
    case .fileControl: 16
    case .sharedMemoryMap: 17
    case .sharedMemoryLock: 18
    case .sharedMemoryBarrier: 19
    case .sharedMemoryUnmap: 20
    case .currentTime: 21
    }
  }
}

extension FileKind {
  fileprivate var code: UInt8 {
    switch self {
    case .database: 1
    case .journal: 2
    case .wal: 3
    case .superJournal: 4
    case .temporary: 5
    }
  }
}
