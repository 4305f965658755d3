/// Identity of this process, and liveness of others.
public protocol HostIdentity: AnyObject, Sendable {
  /// Identifies the current boot of this machine (Linux: `/proc/sys/kernel/random/boot_id`).
  var bootID: String { get }

  /// Identity of the calling process.
  var ownProcess: ProcessIdentity { get }

  /// Returns the liveness of a process of this boot.
  func liveness(of process: ProcessIdentity) -> ProcessLiveness
}

/// A process of one boot. The start time distinguishes reuses of a process id.
public struct ProcessIdentity: Hashable, Codable, Sendable {
  /// The process id as seen in `namespace`.
  public var processID: Int32
  /// Start time in clock ticks since boot (Linux: field 22 of `/proc/<pid>/stat`).
  public var startTicks: UInt64
  /// Identifies the process-id namespace (Linux: inode of `/proc/self/ns/pid`).
  public var namespace: UInt64

  /// Creates an identity.
  public init(processID: Int32, startTicks: UInt64, namespace: UInt64) {
    self.processID = processID
    self.startTicks = startTicks
    self.namespace = namespace
  }
}

/// Liveness of another process.
public enum ProcessLiveness: Equatable, Sendable {
  /// The process exists, running or stopped.
  case alive
  /// The process provably no longer exists.
  case gone
  /// The process is not visible from here, for example because it is in another process-id
  /// namespace.
  case unknown
}
