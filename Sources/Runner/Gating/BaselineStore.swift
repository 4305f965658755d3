import Gate
import Platform

/// Baselines as files under `<results>/Baselines/<scenario>/<digest>.json`.
struct BaselineStore {
  let results: String

  func folder(of scenario: String) -> String { "\(results)/Baselines/\(scenario)" }

  /// The baseline of a scenario that fits best: one of this machine, or one of another.
  ///
  /// - Returns: the baseline with its path and with why its times cannot be used, or `nil` when
  ///   there is none at all.
  /// - Throws: an input error for one that is damaged, or of another schema or workload, when no
  ///   other one can be used.
  func find(
    for subject: GateSubject, on fingerprint: Fingerprint
  ) throws(RunnerError) -> Found? {
    let folder = folder(of: subject.name)
    guard Folder.isFolder(folder) else { return nil }
    let names: [String]
    do {
      names = try Folder.list(folder).filter { $0.hasSuffix(".json") }.sorted()
    } catch {
      throw RunnerError(.input, "'\(folder)' cannot be read: \(error)")
    }
    var others: [Found] = []
    var refusal: RunnerError?
    for name in names {
      do throws(RunnerError) {
        let found = try read("\(folder)/\(name)", for: subject, on: fingerprint)
        if found.differences == nil { return found }
        others.append(found)
      } catch {
        refusal = refusal ?? error
      }
    }
    if let other = others.first { return other }
    if let refusal { throw refusal }
    return nil
  }

  /// A baseline that was read.
  struct Found {
    var baseline: Baseline
    var path: String
    /// In what the machine differs; `nil` when in nothing.
    var differences: String?
    /// Whether it is of the same SQLite, so that counts can be compared.
    var isSameLibrary: Bool

    /// The entry of a part.
    func workload(_ name: String) -> Baseline.Workload? {
      baseline.workloads.first { $0.name == name }
    }
  }

  /// Reads one baseline.
  ///
  /// - Throws: an input error for one that is damaged, of another scenario, schema or workload.
  func read(
    _ path: String, for subject: GateSubject, on fingerprint: Fingerprint
  ) throws(RunnerError) -> Found {
    let baseline = try GateFile.read(Baseline.self, "baseline", from: path)
    let purpose = Baseline.Purpose(
      scenario: subject.name, fingerprint: fingerprint,
      workloadDigests: [subject.name: subject.plan.workloadDigest],
      contentDigest: try Digests.digest(baseline.content))
    var found = Found(
      baseline: baseline, path: path, differences: nil,
      isSameLibrary: baseline.fingerprint.sqliteSourceID == fingerprint.sqliteSourceID)
    guard let mismatch = baseline.mismatch(against: purpose) else { return found }
    guard mismatch.code == .otherMachine else {
      throw RunnerError(
        .input, "'\(path)': \(mismatch); --update-baseline stores one that fits")
    }
    found.differences = mismatch.found
    return found
  }

  /// Writes a baseline under its digest and removes the one that it came from.
  ///
  /// - Returns: its path.
  func write(_ baseline: Baseline, replacing old: String?) throws(RunnerError) -> String {
    var baseline = baseline
    baseline.digest = try Digests.digest(baseline.content)
    let path = "\(folder(of: baseline.scenario))/\(baseline.digest).json"
    try GateFile.store(baseline, to: path)
    if let old, old != path { try? Folder.remove(old) }
    return path
  }
}
