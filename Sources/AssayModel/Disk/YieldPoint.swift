/// Interface between the simulated disk and the scheduler, which do not know each other: the disk
/// announces every call, and the actor that holds the baton may let another one run first.
///
/// Called on the thread of the actor that makes the call. Never called from `xRandomness`, where
/// SQLite holds a mutex.
public protocol YieldPoint: AnyObject, Sendable {
  /// Announces a call that is about to take effect; other actors may run before this returns.
  ///
  /// - Returns: `false` if the calling actor's process has died: the call must then return an I/O
  ///   error and leave the disk alone (decision 4 of the design).
  func reached(_ method: VFSMethod, _ file: FileKind?) -> Bool

  /// Advances virtual time for the calling actor (`xSleep`).
  ///
  /// - Returns: `false` if its process has died.
  func sleep(for span: Nanoseconds) -> Bool

  /// Reads the virtual wall clock (`xCurrentTimeInt64`).
  func wallNow() -> WallTime

  /// Number of the simulated process to which the calling actor belongs.
  var currentProcess: Int { get }

  /// Number of the calling actor over all processes, from 0; -1 for none.
  var currentActor: Int { get }
}
