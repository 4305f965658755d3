/// Who this process is, and whether another one still lives.
public protocol HostIdentity: AnyObject, Sendable {
  /// Identifies the current boot of this machine (Linux: `/proc/sys/kernel/random/boot_id`).
  var bootID: String { get }

  /// The process that asks.
  var ownProcess: ProcessIdentity { get }

  /// Whether a process of this boot still lives.
  func liveness(of process: ProcessIdentity) -> ProcessLiveness
}

/// A process of one boot. The start time tells a reused process id apart.
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

/// What is known about another process.
public enum ProcessLiveness: Equatable, Sendable {
  /// It exists, running or stopped.
  case alive
  /// It provably does not exist any more.
  case gone
  /// It cannot be seen from here, for example in another process-id namespace.
  case unknown
}
