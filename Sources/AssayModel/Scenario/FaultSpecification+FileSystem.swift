extension FaultSpecification.Kind {
  /// True if the file system layer injects the fault, at one of its calls.
  public var isOfFileSystem: Bool {
    switch self {
    case .ioError, .shortRead, .diskFull, .fsyncError, .bitFlip, .silentLock: true
    case .kill, .pause, .clock, .tamper, .staleLock: false
    }
  }
}

extension FaultSpecification {
  /// True if the file system layer of the target carries out the fault: its own faults, and a kill
  /// at one of its operations.
  public var isOfFileSystem: Bool {
    if kind.isOfFileSystem { return true }
    guard kind == .kill, case .operation = trigger else { return false }
    return true
  }

  /// Methods at whose calls the file system layer may inject the fault; empty if `method` names one
  /// that the kind cannot hit, and for faults of other layers.
  ///
  /// A bit flips at a read unless `method` names another call. A kill in the middle needs a write.
  public var fileSystemMethods: [VFSMethod] {
    let possible: [VFSMethod]
    switch kind {
    case .ioError: possible = VFSMethod.failing
    case .shortRead: possible = [.read]
    case .diskFull: possible = [.write, .sharedMemoryMap]
    case .fsyncError: possible = [.sync]
    case .bitFlip: possible = method == nil ? [.read] : [.read, .write]
    case .silentLock: possible = [.lock, .sharedMemoryLock]
    case .kill where isOfFileSystem:
      possible =
        moment == .middle
        ? [.write] : VFSMethod.allCases.filter { ![.sleep, .currentTime].contains($0) }
    case .kill, .pause, .clock, .tamper, .staleLock: possible = []
    }
    return possible.filter { method == nil || $0 == method }
  }
}
