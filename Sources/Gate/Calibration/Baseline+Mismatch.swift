import AssayModel

extension Baseline {
  /// The use that a baseline is checked for: scenario, machine and workloads of a run.
  public struct Purpose: Hashable, Sendable {
    /// Name of the scenario.
    public var scenario: String
    /// The machine.
    public var fingerprint: Fingerprint
    /// Digest of each workload, by its name.
    public var workloadDigests: [String: String]
    /// Digest of the baseline's content, computed when it was read.
    public var contentDigest: String

    /// Creates a purpose.
    public init(
      scenario: String, fingerprint: Fingerprint, workloadDigests: [String: String],
      contentDigest: String
    ) {
      self.scenario = scenario
      self.fingerprint = fingerprint
      self.workloadDigests = workloadDigests
      self.contentDigest = contentDigest
    }
  }

  /// Returns the reason why this baseline can't be used, or `nil` if it can.
  ///
  /// Checks in this order: schema, damage, scenario, workload (all exit 64), machine (exit 5; its
  /// counts can still be compared, unless SQLite differs as well).
  public func mismatch(against purpose: Purpose) -> GateError? {
    unreadable(purpose) ?? otherWork(purpose) ?? otherMachine(purpose)
  }

  private func unreadable(_ purpose: Purpose) -> GateError? {
    if schema != Self.schemaVersion {
      return GateError(
        .otherSchema, of: "baseline.schema", found: String(schema),
        allowed: String(Self.schemaVersion))
    }
    if digest != purpose.contentDigest {
      return GateError(
        .damaged, of: "baseline.digest", found: "content \(purpose.contentDigest)",
        allowed: digest.isEmpty ? "a digest" : digest)
    }
    for workload in workloads {
      for block in workload.sessions.joined() where block.duration <= .zero {
        return GateError(
          .damaged, of: "baseline.\(workload.name)", found: "a block without duration",
          allowed: "above 0")
      }
    }
    return nil
  }

  private func otherWork(_ purpose: Purpose) -> GateError? {
    if scenario != purpose.scenario {
      return GateError(
        .otherScenario, of: "baseline.scenario", found: "'\(scenario)'",
        allowed: "'\(purpose.scenario)'")
    }
    for (name, digest) in purpose.workloadDigests.sorted(by: { $0.key < $1.key }) {
      let found = workloads.first { $0.name == name }?.workloadDigest
      if found != digest {
        return GateError(
          .otherWorkload, of: "baseline.\(name).workload_digest", found: found ?? "none",
          allowed: digest)
      }
    }
    return nil
  }

  private func otherMachine(_ purpose: Purpose) -> GateError? {
    let differences = purpose.fingerprint.differences(from: fingerprint)
    guard !differences.isEmpty else { return nil }
    return GateError(
      .otherMachine, of: "baseline.fingerprint", found: differences.joined(separator: ", "),
      allowed: "this machine's")
  }
}
