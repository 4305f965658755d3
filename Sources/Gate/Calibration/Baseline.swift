public import AssayModel

/// Recorded blocks of a base on one machine, for comparison with later heads. The blocks are raw,
/// so that a later version can judge them again.
///
/// Its address is the digest of its content: SHA-256 of canonical JSON (sorted keys, no spaces) of
/// the baseline with an empty digest. The digest is computed by the code that reads the file.
public struct Baseline: Hashable, Codable, Sendable {
  /// Schema version that this code writes and reads.
  public static let schemaVersion = 2

  /// Blocks of one workload.
  public struct Workload: Hashable, Codable, Sendable {
    /// Its name.
    public var name: String
    /// Digest of the workload that the blocks ran; only a head with the same digest may be
    /// compared.
    public var workloadDigest: String
    /// Blocks of timed runs by session, in the order of measurement. A session is one call of the
    /// command; the state of the machine on that day affects all of its blocks alike.
    public var sessions: [[BlockMeasurement]]
    /// Repetitions of the counted, scripted run; at least two, or none.
    public var counted: [BlockMeasurement]
    /// Arrival rate in the sessions' blocks, in operations per second; `nil` if the load's own loop
    /// was closed.
    public var rate: Double?

    /// Creates a workload's part.
    public init(
      name: String, workloadDigest: String, sessions: [[BlockMeasurement]],
      counted: [BlockMeasurement] = [], rate: Double? = nil
    ) {
      self.rate = rate
      self.name = name
      self.workloadDigest = workloadDigest
      self.sessions = sessions
      self.counted = counted
    }
  }

  /// Schema version of this baseline.
  public var schema: Int
  /// Name of the scenario.
  public var scenario: String
  /// The machine.
  public var fingerprint: Fingerprint
  /// One entry per workload.
  public var workloads: [Workload]
  /// Address of the baseline; empty until it is computed.
  public var digest: String

  /// Creates a baseline without a digest.
  public init(scenario: String, fingerprint: Fingerprint, workloads: [Workload]) {
    schema = Self.schemaVersion
    self.scenario = scenario
    self.fingerprint = fingerprint
    self.workloads = workloads
    digest = ""
  }

  /// The baseline with an empty digest: the content that the digest covers.
  public var content: Baseline {
    var content = self
    content.digest = ""
    return content
  }
}
