public import AssayModel

/// The right to work under a lock until a deadline.
///
/// A lease guarantees nothing to a holder that is paused: only a check of `token` in the
/// transaction of the protected write (`LeaseLocks.checkFencing`) prevents a late write.
public struct Lease: Hashable, Sendable {
  /// Name of the lock.
  public var name: String
  /// Fencing token, which grows with every acquisition of this lock by any owner, also across
  /// crashes and restores.
  public var token: Int64
  /// Time from which others may take the lock. The holder stops earlier, by a safety margin.
  public var deadline: BootTime
  /// Identifier of this acquisition; never 0. A renewal keeps it.
  public var acquisition: Int64
  /// Owner that took the lock.
  public var ownerID: String

  /// Creates a lease.
  public init(
    name: String, token: Int64, deadline: BootTime, acquisition: Int64, ownerID: String
  ) {
    self.name = name
    self.token = token
    self.deadline = deadline
    self.acquisition = acquisition
    self.ownerID = ownerID
  }
}

/// State of a lock in the database.
public struct LockStatus: Hashable, Sendable {
  /// Name of the lock.
  public var name: String
  /// Owner that last took the lock.
  public var ownerID: String
  /// Token of the last acquisition; 0 if another library took the lock before tokens existed.
  public var token: Int64
  /// Time until the lock expires; zero or negative once it has expired.
  public var remaining: Nanoseconds
  /// Wall time at which other libraries and other boots treat the lock as expired.
  public var expiresAt: WallTime
  /// Boot under which the lock was taken; empty if another library took it.
  public var bootID: String
  /// Process that took the lock; `nil` if another library took it.
  public var process: ProcessIdentity?
  /// Acquisition that holds the lock; 0 if another library took it.
  public var acquisition: Int64

  /// True if any owner may take the lock now.
  public var isExpired: Bool { remaining <= .zero }
}

/// Owner name under which locks are taken.
public enum LockOwner: Hashable, Sendable {
  /// A separate name for every `LeaseLocks`.
  case random
  /// A name that a restarted process reuses; no two live processes should share it.
  case stable(String)
}
