/// Where the simulated disk and the scheduler meet without knowing each other: the disk announces
/// every call, and whoever holds the baton may let another actor run first.
///
/// Called on the thread of the actor that makes the call. Never called from `xRandomness`, where
/// SQLite holds a mutex.
public protocol YieldPoint: AnyObject, Sendable {
  /// Announces a call that is about to take effect; other actors may run before this returns.
  ///
  /// - Returns: `false` when the calling actor's process has died: the call must then answer with
  ///   an I/O error and leave the disk alone (decision 4 of the design).
  func reached(_ method: VFSMethod, _ file: FileKind?) -> Bool

  /// Lets virtual time pass for the calling actor (`xSleep`).
  ///
  /// - Returns: `false` when its process has died.
  func sleep(for span: Nanoseconds) -> Bool

  /// The virtual wall clock (`xCurrentTimeInt64`).
  func wallNow() -> WallTime

  /// Number of the simulated process that the calling actor belongs to.
  var currentProcess: Int { get }

  /// Number of the calling actor over all processes, from 0; -1 for none.
  var currentActor: Int { get }
}
