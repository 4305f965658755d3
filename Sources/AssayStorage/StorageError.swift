public import AssayModel
public import SQLiteDriver

/// Errors thrown by storage.
public enum StorageError: Error, Equatable, Sendable {
  /// SQLite refused the operation; nothing was committed.
  case sqlite(SQLiteError)
  /// No connection, or no place in a group, became free within the acquire timeout.
  case acquireTimedOut(waited: Nanoseconds)
  /// A statement ran longer than the query timeout or the caller's deadline; nothing was committed.
  case queryTimedOut(SQLiteError)
  /// COMMIT failed in a way that leaves open whether the transaction is in the database.
  case commitOutcomeUnknown(SQLiteError)
  /// The database was closed.
  case closed
  /// A configuration that cannot work; the text names the value found and the values allowed.
  case invalidConfiguration(String)
  /// A key or lock name that is empty, or empty once normalised.
  case invalidKey(String)
  /// The key does not exist.
  case notFound(String)
  /// Another owner still held the lock at the caller's deadline.
  case lockTimedOut(String)
  /// The lock is not held under this lease: it was never taken, or has already been released.
  case lockNotHeld(String)
  /// The lease is over: it expired, or another holder has the lock.
  case leaseLost(String)
  /// The actor was stopped while it waited; it must not continue.
  case stopped
}

extension StorageError: SQLiteErrorConvertible {
  /// Classifies a failure of SQLite: interrupted by a deadline, by the end of the actor, or
  /// refused.
  public init(_ error: SQLiteError) {
    switch error.cutShort {
    case .actorStopped: self = .stopped
    case .deadline, .stepLimit: self = .queryTimedOut(error)
    case nil: self = .sqlite(error)
    }
  }
}

extension StorageError {
  /// Classifies an error of `Database.read`, `Database.write` and related functions.
  ///
  /// - Returns: `nil` for the caller's own errors.
  public init?(_ error: any Error) {
    switch error {
    case let error as StorageError: self = error
    case let error as SQLiteError: self = StorageError(error)
    case is ActorStopped: self = .stopped
    default: return nil
    }
  }

  /// True if a write that ended with this error may be in the database anyway.
  ///
  /// The outcome is not known for a stopped actor, so its writes count as unknown.
  public var outcomeIsUnknown: Bool {
    switch self {
    case .commitOutcomeUnknown, .stopped: true
    default: false
    }
  }

  /// True if another connection was in the way.
  public var isBusy: Bool {
    switch self {
    case .sqlite(let error), .queryTimedOut(let error): error.isBusy
    default: false
    }
  }

  /// The underlying SQLite failure, if any.
  public var sqliteError: SQLiteError? {
    switch self {
    case .sqlite(let error), .queryTimedOut(let error), .commitOutcomeUnknown(let error): error
    default: nil
    }
  }
}

extension StorageError: CustomStringConvertible {
  /// One-line description for users.
  public var description: String {
    switch self {
    case .sqlite(let error): "\(error)"
    case .acquireTimedOut(let waited):
      "no connection came free within \(waited.millisecondsRoundedUp) ms"
    case .queryTimedOut(let error): "a time limit passed: \(error)"
    case .commitOutcomeUnknown(let error): "whether COMMIT took effect is unknown: \(error)"
    case .closed: "the database is closed"
    case .invalidConfiguration(let reason): "invalid configuration: \(reason)"
    case .invalidKey(let key): "'\(key)' is not a key"
    case .notFound(let key): "key '\(key)' not found"
    case .lockTimedOut(let name): "lock '\(name)' was still held at the deadline"
    case .lockNotHeld(let name): "lock '\(name)' is not held under this lease"
    case .leaseLost(let name): "the lease of lock '\(name)' is over"
    case .stopped: "the actor was stopped"
    }
  }
}
