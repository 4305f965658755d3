public import AssayModel

/// What the layer over real files does in one process.
public struct RealFileSystemSettings: Hashable, Sendable {
  /// One fault and its place in the scenario's list.
  public struct NumberedFault: Hashable, Sendable {
    /// Its place; names its seed and comes back in `InjectedFault`.
    public var number: Int
    /// The fault.
    public var fault: FaultSpecification

    /// Creates a numbered fault.
    public init(number: Int, fault: FaultSpecification) {
      self.number = number
      self.fault = fault
    }
  }

  /// Whether calls are timed as well as counted: two readings of the clock for each.
  public var measuresTime = false
  /// What methods take longer than the device underneath, from the first call on.
  public var latencies: [DiskSettings.Latency] = []
  /// What may happen to this process between `arm` and `disarm`; only faults whose
  /// `isOfFileSystem` is true have an effect.
  public var faults: [NumberedFault] = []
  /// From which probabilities and positions are drawn.
  public var seed = Seed(0)
  /// Whether the process returned after a death: what happens at one operation has happened.
  public var isRestarted = false
  /// A file to which injections are appended, so that they outlast the process; `nil` for none.
  public var logPath: String?

  /// Creates settings that only count.
  public init() {}
}

/// Why the layer cannot be put in place.
public struct RealFileSystemError: Error, Equatable, Sendable {
  /// What went wrong.
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

  /// What went wrong.
  public var code: Code
  /// SQLite's code or `errno`.
  public var cause: Int32
  /// The name or path that it is about.
  public var subject: String
}
