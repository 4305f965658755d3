public import AssayModel
public import SQLiteDriver

/// What storage throws.
public enum StorageError: Error, Equatable, Sendable {
  /// SQLite refused; nothing was committed.
  case sqlite(SQLiteError)
  /// No connection, or no place in a group, came free within the acquire timeout.
  case acquireTimedOut(waited: Nanoseconds)
  /// A statement ran longer than the query timeout or the caller's deadline allowed; nothing was
  /// committed.
  case queryTimedOut(SQLiteError)
  /// COMMIT failed in a way that leaves open whether the transaction is in the database.
  case commitOutcomeUnknown(SQLiteError)
  /// The database was closed.
  case closed
  /// A configuration that cannot work; the text says what was found and what is allowed.
  case invalidConfiguration(String)
  /// A key or lock name that is empty, or empty once normalised.
  case invalidKey(String)
  /// There is no such key.
  case notFound(String)
  /// The lock was still held by another one when the caller's deadline came.
  case lockTimedOut(String)
  /// The lock is not held under this lease: it was never taken, or was released already.
  case lockNotHeld(String)
  /// The lease is over: it expired, or another holder has the lock.
  case leaseLost(String)
  /// The actor was stopped while it waited; it must do nothing more.
  case stopped
}

extension StorageError: SQLiteErrorConvertible {
  /// Sorts a failure of SQLite: cut short by a deadline, by the end of the actor, or refused.
  public init(_ error: SQLiteError) {
    switch error.cutShort {
    case .actorStopped: self = .stopped
    case .deadline, .stepLimit: self = .queryTimedOut(error)
    case nil: self = .sqlite(error)
    }
  }
}

extension StorageError {
  /// Sorts an error of `Database.read`, `Database.write` and their relatives.
  ///
  /// - Returns: `nil` for an error of the caller's own.
  public init?(_ error: any Error) {
    switch error {
    case let error as StorageError: self = error
    case let error as SQLiteError: self = StorageError(error)
    case is ActorStopped: self = .stopped
    default: return nil
    }
  }

  /// Whether a write that ended with this error may be in the database all the same.
  ///
  /// A stopped actor cannot say, so its writes count as unknown.
  public var outcomeIsUnknown: Bool {
    switch self {
    case .commitOutcomeUnknown, .stopped: true
    default: false
    }
  }

  /// Whether another connection was in the way.
  public var isBusy: Bool {
    switch self {
    case .sqlite(let error), .queryTimedOut(let error): error.isBusy
    default: false
    }
  }

  /// The failure of SQLite behind this error, if there is one.
  public var sqliteError: SQLiteError? {
    switch self {
    case .sqlite(let error), .queryTimedOut(let error), .commitOutcomeUnknown(let error): error
    default: nil
    }
  }
}

extension StorageError: CustomStringConvertible {
  /// One line for people.
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
