public import AssayModel

/// Settings of the layer over real files in one process.
public struct RealFileSystemSettings: Hashable, Sendable {
  /// One fault and its place in the scenario's list.
  public struct NumberedFault: Hashable, Sendable {
    /// Place in the list; determines the seed and is reported in `InjectedFault`.
    public var number: Int
    /// The fault.
    public var fault: FaultSpecification

    /// Creates a numbered fault.
    public init(number: Int, fault: FaultSpecification) {
      self.number = number
      self.fault = fault
    }
  }

  /// Indicates that calls are timed as well as counted, at two readings of the clock per call.
  public var measuresTime = false
  /// Time that methods take in addition to the device underneath, from the first call on.
  public var latencies: [DiskSettings.Latency] = []
  /// Faults that may hit this process between `arm` and `disarm`; only faults whose
  /// `isOfFileSystem` is true have an effect.
  public var faults: [NumberedFault] = []
  /// Seed from which probabilities and positions are drawn.
  public var seed = Seed(0)
  /// True if the process was restarted after a death: faults at a single operation are over.
  public var isRestarted = false
  /// File to which injections are appended, so that they outlast the process; `nil` for none.
  public var logPath: String?

  /// Creates settings that only count.
  public init() {}
}

/// Failure to install the layer.
public struct RealFileSystemError: Error, Equatable, Sendable {
  /// Reason for the failure.
  public enum Code: Hashable, Sendable {
    /// SQLite has no file system layer of its own.
    case noBase
    /// The name is registered already.
    case nameTaken
    /// SQLite refused the registration.
    case refused
    /// The log of injections cannot be opened.
    case log
  }

  /// Reason for the failure.
  public var code: Code
  /// SQLite's code or `errno`.
  public var cause: Int32
  /// Name or path concerned.
  public var subject: String
}
