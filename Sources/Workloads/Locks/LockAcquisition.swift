import AssayModel
import AssayStorage

/// Acquires, renews and releases one lock, and records each step with its fencing token.
struct LockAcquisition {
  let locks: LeaseLocks
  let lock: Int
  let time: any TimeSource

  /// Waits for the lock until the deadline; `nil` if it was not available.
  func acquire(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) -> Lease? {
    var operation = WorkloadOperation(.acquire, subject: UInt64(lock))
    var lease: Lease?
    try Workloads.perform(
      operation, recorder, intended: intended, deadline: deadline, time: time
    ) {
      let taken = try locks.lock(LocksWorkload.name(lock), deadline: deadline)
      lease = taken
      operation.value = UInt64(bitPattern: taken.token)
      describe(taken, in: &operation)
      return operation
    }
    return lease
  }

  /// Extends the lease; `nil` when it was lost.
  func renew(
    _ lease: Lease, _ recorder: any OperationRecorder, deadline: MonotonicTime
  ) throws(ActorStopped) -> Lease? {
    var operation = WorkloadOperation(
      .renew, subject: UInt64(lock), value: UInt64(bitPattern: lease.token))
    var renewed: Lease?
    try Workloads.perform(
      operation, recorder, intended: nil, deadline: deadline, time: time
    ) {
      let lease = try locks.renew(lease)
      renewed = lease
      describe(lease, in: &operation)
      return operation
    }
    return renewed
  }

  /// Releases the lock.
  func release(
    _ lease: Lease, _ recorder: any OperationRecorder, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let operation = WorkloadOperation(
      .release, subject: UInt64(lock), value: UInt64(bitPattern: lease.token))
    try Workloads.perform(
      operation, recorder, intended: nil, deadline: deadline, time: time
    ) {
      try locks.unlock(lease)
      return operation
    }
  }

  /// Records the end and the beginning of the lease, on the clock that histories share.
  ///
  /// The remaining time is measured on the process's own boot clock: the holder relies on that
  /// clock, even if a fault has moved it. Recovery is counted from the beginning, at which the
  /// transaction read the clock, and not from the return of the call, which can come much later.
  private func describe(_ lease: Lease, in operation: inout WorkloadOperation) {
    let end = time.monotonicNow() + (lease.deadline - time.bootNow())
    operation.extra = end.nanoseconds
    operation.detail = (end + (Nanoseconds.zero - locks.ttl)).nanoseconds
  }
}
