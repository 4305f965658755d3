public import AssayModel

/// What a base gave on one machine, to compare later heads with: raw blocks, so that a later
/// version can judge them anew.
///
/// Its address is the digest of its content: SHA-256 of canonical JSON (sorted keys, no spaces) of
/// the baseline with an empty digest. The digest is computed outside, where files are read.
public struct Baseline: Hashable, Codable, Sendable {
  /// The schema version that this code writes and reads.
  public static let schemaVersion = 2

  /// Blocks of one workload.
  public struct Workload: Hashable, Codable, Sendable {
    /// Its name.
    public var name: String
    /// What the blocks ran; only a head with the same may be compared.
    public var workloadDigest: String
    /// Blocks of timed runs by session, in the order of measuring. A session is one call of the
    /// command: what all of its blocks have in common is the mood of the machine that day.
    public var sessions: [[BlockMeasurement]]
    /// Repetitions of the scripted run that was counted; at least two, or none.
    public var counted: [BlockMeasurement]
    /// Operations a second that arrived in the sessions' blocks; `nil` where the load's own loop
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

  /// Version of this form.
  public var schema: Int
  /// Name of the scenario.
  public var scenario: String
  /// The machine.
  public var fingerprint: Fingerprint
  /// One entry a workload.
  public var workloads: [Workload]
  /// Its address; empty before it is computed.
  public var digest: String

  /// Creates a baseline without a digest.
  public init(scenario: String, fingerprint: Fingerprint, workloads: [Workload]) {
    schema = Self.schemaVersion
    self.scenario = scenario
    self.fingerprint = fingerprint
    self.workloads = workloads
    digest = ""
  }

  /// What the digest is computed of.
  public var content: Baseline {
    var content = self
    content.digest = ""
    return content
  }
}
