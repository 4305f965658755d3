import AssayModel
import Gate
import Reports

/// Which candidates reach a durability class, by the evidence of crash images: one exploration for
/// all candidates whose settings cannot differ in what a crash leaves.
struct TuneClasses {
  private let probe: DurabilityProbe
  private var known: [[String: String]: ClassEvidence] = [:]

  /// Knobs that may decide what a crash leaves; beside them all candidates are the same.
  private static let decisive: Set<String> = [
    "storage.journal_mode", "storage.synchronous", "storage.topology", "storage.profile",
    "storage.fullfsync", "storage.checkpoint_fullfsync", "storage.locking_mode",
    "storage.auto_vacuum", TuneSpace.profileKnob,
  ]

  init(_ probe: DurabilityProbe) {
    self.probe = probe
  }

  /// What was explored.
  var evidence: [ClassEvidence] { probe.evidence }

  private static func key(_ candidate: TuneCandidate) -> [String: String] {
    candidate.settings.filter { decisive.contains($0.key) }
  }

  /// Whether the evidence for a candidate is there already.
  func isKnown(_ candidate: TuneCandidate) -> Bool { known[Self.key(candidate)] != nil }

  /// The evidence for a candidate.
  mutating func evidence(
    for candidate: TuneCandidate, in space: inout TuneSpace
  ) throws(RunnerError) -> ClassEvidence {
    let key = Self.key(candidate)
    if let found = known[key] { return found }
    let found = try probe.evidence(for: try space.cell(candidate))
    known[key] = found
    return found
  }

  /// The class of exactly what would be recommended.
  func exactEvidence(for cell: PlannedCell) throws(RunnerError) -> ClassEvidence {
    try probe.exactEvidence(for: cell)
  }

  /// The number of explorations that candidates need at most.
  static func settings(_ candidates: [TuneCandidate]) -> Int { Set(candidates.map(key)).count }
}
