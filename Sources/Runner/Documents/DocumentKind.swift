import AssayModel
import Gate
public import Reports
import ScenarioFiles

/// The documents that Assay reads or writes, by the names under which `assay schema` shows them.
public enum DocumentKind: String, CaseIterable, Sendable {
  case scenario, result, finding, incident, comparison, gate, calibration, tune
  case pairs, baseline
  case storedCalibration = "stored-calibration"
  case baselineUpdate = "baseline-update"
  case replay, doctor, check, list
  case dryRun = "dry-run"
  case initialisation = "init"
  case clean, error

  /// What it is and where it appears.
  public var summary: String {
    switch self {
    case .scenario: "a scenario file (YAML)"
    case .result: "result.json of a run; run --json"
    case .finding: "findings/finding-<n>.json of a run of the simulated world"
    case .incident: "incidents/incident-<n>.json of a run"
    case .comparison: "comparison.json of compare; compare --json"
    case .gate: "gate.json of gate; gate --json"
    case .calibration: "calibration.json of calibrate; calibrate --json"
    case .tune: "tune.json of tune; tune --json"
    case .pairs: "pairs.json of gates and calibrations"
    case .baseline: "Baselines/<scenario>/<digest>.json"
    case .storedCalibration: "Calibrations/<machine>/<scenario>.json"
    case .baselineUpdate: "gate --update-baseline --json"
    case .replay: "replay --json"
    case .doctor: "doctor --json"
    case .check: "check --json"
    case .list: "list --json"
    case .dryRun: "run --dry-run --json"
    case .initialisation: "init --json"
    case .clean: "clean --json"
    case .error: "any command with --json that could not do what it was asked for"
    }
  }

  /// The JSON Schema as text.
  public var schemaText: String { schema?.text ?? JSONSchema.text() }

  /// The schema of a document that Assay writes; `nil` for scenarios, whose schema is made of the
  /// definitions of their keys.
  public var schema: DocumentSchema? {
    guard let node else { return nil }
    return DocumentSchema(
      title: "Assay \(rawValue): \(summary)", node: node, descriptions: descriptions)
  }

  private var node: SchemaNode? {
    switch self {
    case .scenario: nil
    case .result: SchemaProbe.node(of: RunResult.self, keys: .snake)
    case .finding: FindingSchema.node
    case .incident: SchemaProbe.node(of: Incident.self, keys: .snake)
    case .comparison:
      .oneOf([
        SchemaProbe.node(of: ComparisonRecord.self, keys: .snake),
        SchemaProbe.node(of: ResultComparison.self, keys: .snake),
      ])
    case .gate: SchemaProbe.node(of: GateRecord.self, keys: .snake)
    case .calibration: SchemaProbe.node(of: CalibrationRecord.self, keys: .snake)
    case .tune: SchemaProbe.node(of: TuneRecord.self, keys: .snake)
    case .pairs: SchemaProbe.node(of: PairRecording.self, keys: .plain)
    case .baseline: SchemaProbe.node(of: Baseline.self, keys: .plain)
    case .storedCalibration: SchemaProbe.node(of: Calibration.self, keys: .plain)
    case .baselineUpdate: SchemaProbe.node(of: [BaselineUpdate.Stored].self, keys: .snake)
    case .replay: SchemaProbe.node(of: ReplayReport.self, keys: .plain)
    case .doctor: SchemaProbe.node(of: DoctorReport.self, keys: .snake)
    case .check: SchemaProbe.node(of: [CheckedScenario].self, keys: .plain)
    case .list: SchemaProbe.node(of: ListDocument.self, keys: .plain)
    case .dryRun: SchemaProbe.node(of: DryRunDocument.self, keys: .snake)
    case .initialisation: SchemaProbe.node(of: ScenarioCopy.self, keys: .snake)
    case .clean: SchemaProbe.node(of: CleanDocument.self, keys: .snake)
    case .error: SchemaProbe.node(of: ErrorDocument.self, keys: .snake)
    }
  }
}
