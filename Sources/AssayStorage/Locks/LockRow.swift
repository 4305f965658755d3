import AssayModel
import SQLiteDriver

/// The clocks, read together while the database is locked.
struct LockTimes {
  let bootID: String
  let boot: BootTime
  let wall: WallTime

  init(_ environment: StorageEnvironment) {
    bootID = environment.host.bootID
    boot = environment.time.bootNow()
    wall = environment.time.wallNow()
  }
}

/// A row of `certmagic_locks`.
struct LockRow: Equatable {
  var ownerID: String
  var expiresAt: Int64
  var bootID = ""
  var bootDeadline: Int64 = 0
  var process = ProcessIdentity(processID: 0, startTicks: 0, namespace: 0)
  var acquisition: Int64 = 0

  /// A row for a lease that begins at `times`.
  init(
    ownerID: String, process: ProcessIdentity, acquisition: Int64, ttl: Nanoseconds,
    at times: LockTimes
  ) {
    self.ownerID = ownerID
    self.process = process
    self.acquisition = acquisition
    bootID = times.bootID
    bootDeadline = Int64(clamping: (times.boot + ttl).nanoseconds)
    // Rounded up: the other library must not take the lock too early.
    expiresAt = times.wall.milliseconds &+ ttl.millisecondsRoundedUp
  }

  /// Reads the columns in the order of `LockTable.columns`.
  init(_ row: borrowing Statement) {
    ownerID = row.text(0)
    expiresAt = row.int64(1)
    bootID = row.text(2)
    bootDeadline = row.int64(3)
    process = ProcessIdentity(
      processID: Int32(truncatingIfNeeded: row.int64(4)),
      startTicks: UInt64(bitPattern: row.int64(5)), namespace: UInt64(bitPattern: row.int64(6)))
    acquisition = row.int64(7)
  }

  /// Time at which the lease ends, on the boot clock of the boot under which it was taken.
  var deadline: BootTime { BootTime(nanoseconds: UInt64(clamping: bootDeadline)) }

  /// Returns the time until the lease expires; zero or negative once it has expired.
  ///
  /// On the same boot the boot clock decides, because it cannot be stepped; otherwise the wall
  /// clock must.
  func remaining(at times: LockTimes) -> Nanoseconds {
    if !bootID.isEmpty, bootID == times.bootID { return deadline - times.boot }
    let (span, overflow) = expiresAt.subtractingReportingOverflow(times.wall.milliseconds)
    // Ten years of milliseconds: an invalid row must not overflow nanoseconds.
    let limit: Int64 = 315_360_000_000
    let clamped = overflow ? (expiresAt > 0 ? limit : -limit) : min(max(span, -limit), limit)
    return .milliseconds(clamped)
  }

  /// Returns true if the same owner, as a new process, may take the lock before it has expired.
  ///
  /// Only if the process that holds it provably no longer exists: it belongs to this boot, is not
  /// this process, and the host reports it as gone.
  func isOrphan(of ownerID: String, host: any HostIdentity) -> Bool {
    guard ownerID.utf8.elementsEqual(self.ownerID.utf8), bootID == host.bootID,
      process != host.ownProcess
    else { return false }
    return host.liveness(of: process) == .gone
  }
}
