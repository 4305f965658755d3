/// Detection limits of this machine from base against base, for each workload and metric.
public struct Calibration: Hashable, Codable, Sendable {
  /// Schema version that this code writes and reads.
  public static let schemaVersion = 2

  /// Schema version of this calibration.
  public var schema: Int
  /// Name of the scenario.
  public var scenario: String
  /// The machine.
  public var fingerprint: Fingerprint
  /// One entry per workload.
  public var workloads: [WorkloadCalibration]

  /// Creates a calibration.
  public init(scenario: String, fingerprint: Fingerprint, workloads: [WorkloadCalibration]) {
    schema = Self.schemaVersion
    self.scenario = scenario
    self.fingerprint = fingerprint
    self.workloads = workloads
  }

  /// Returns the reason why this calibration does not apply to a run, or `nil` if it does.
  public func mismatch(scenario: String, fingerprint: Fingerprint) -> GateError? {
    if schema != Self.schemaVersion {
      return GateError(
        .otherSchema, of: "calibration.schema", found: String(schema),
        allowed: String(Self.schemaVersion))
    }
    if self.scenario != scenario {
      return GateError(
        .otherScenario, of: "calibration.scenario", found: "'\(self.scenario)'",
        allowed: "'\(scenario)'")
    }
    let differences = fingerprint.differences(from: self.fingerprint)
    guard !differences.isEmpty else { return nil }
    return GateError(
      .otherMachine, of: "calibration.fingerprint", found: differences.joined(separator: ", "),
      allowed: "this machine's")
  }
}
