public import AssayModel

/// The right to work under a lock until a deadline.
///
/// It promises nothing to a holder that is paused: only a check of `token` in the transaction of
/// the protected write (`LeaseLocks.checkFencing`) keeps a late write out.
public struct Lease: Hashable, Sendable {
  /// The lock.
  public var name: String
  /// Grows with every acquisition of this lock, by whomever, also across crashes and restores.
  public var token: Int64
  /// From this moment on others may take the lock. The holder stops earlier, by a safety margin.
  public var deadline: BootTime
  /// Names this acquisition; never 0. A renewal keeps it.
  public var acquisition: Int64
  /// Who took it.
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

/// What stands in the database about a lock.
public struct LockStatus: Hashable, Sendable {
  /// The lock.
  public var name: String
  /// Who took it last.
  public var ownerID: String
  /// The token of the last acquisition; 0 when another library took it before there were tokens.
  public var token: Int64
  /// How long the lock still holds; zero or negative once it has expired.
  public var remaining: Nanoseconds
  /// The wall time at which other libraries and other boots take it for expired.
  public var expiresAt: WallTime
  /// The boot under which it was taken; empty when another library took it.
  public var bootID: String
  /// The process that took it; `nil` when another library did.
  public var process: ProcessIdentity?
  /// The acquisition that holds it; 0 when another library took it.
  public var acquisition: Int64

  /// Whether anybody may take the lock now.
  public var isExpired: Bool { remaining <= .zero }
}

/// Under whose name locks are taken.
public enum LockOwner: Hashable, Sendable {
  /// A name of its own for every `LeaseLocks`.
  case random
  /// A name that a restarted process has again; no two live ones should share it.
  case stable(String)
}
