/// A copy of the content of one shared memory.
struct SharedMemoryCopy {
  var memory: SharedMemory
  var regions: [[UInt8]]
}

extension SimulatedDisk {
  /// Saves the content of all shared memory: SQLite in a dead process unwinds through its own
  /// mapping, and no VFS call can prevent that.
  func keepSharedMemory() {
    guard sharedMemoryAtDeath == nil else { return }
    sharedMemoryAtDeath = inodes.compactMap { $0?.sharedMemory }.map {
      SharedMemoryCopy(memory: $0, regions: $0.contents)
    }
  }

  /// Restores shared memory to its state at the first death since the last call of this method.
  ///
  /// Called after the dead processes have unwound and before any other actor takes a step.
  public func deadUnwound() {
    for copy in sharedMemoryAtDeath ?? [] { copy.memory.restore(copy.regions) }
    sharedMemoryAtDeath = nil
  }
}
