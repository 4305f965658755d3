/// What a shared memory held.
struct SharedMemoryCopy {
  var memory: SharedMemory
  var regions: [[UInt8]]
}

extension SimulatedDisk {
  /// Keeps what shared memory holds: SQLite of a dead process unwinds through its own mapping,
  /// which no call of the VFS can deny it.
  func keepSharedMemory() {
    guard sharedMemoryAtDeath == nil else { return }
    sharedMemoryAtDeath = inodes.compactMap { $0?.sharedMemory }.map {
      SharedMemoryCopy(memory: $0, regions: $0.contents)
    }
  }

  /// Puts shared memory back as it was at the first death since the last call of this.
  ///
  /// Called when the dead have unwound, and before anybody else has taken a step.
  public func deadUnwound() {
    for copy in sharedMemoryAtDeath ?? [] { copy.memory.restore(copy.regions) }
    sharedMemoryAtDeath = nil
  }
}
