import AssayModel
public import Reports
import Foundation
import Gate
import Statistics

/// Pairs of a workload, recorded so that the decision rule can be played on them again and again.
public struct PairRecording: Codable, Sendable {
  static let schemaVersion = 1

  var schema: Int
  var scenario: String
  var fingerprint: Fingerprint
  var workloadDigest: String
  var seed: Seed
  /// Whether both sides are the same.
  var isSame: Bool
  /// What is different about the head, for people.
  var head: String
  var parts: [GateWork.RecordedPart]

  init(subject: GateSubject, fingerprint: Fingerprint, parts: [GateWork.RecordedPart]) {
    schema = Self.schemaVersion
    scenario = subject.name
    self.fingerprint = fingerprint
    workloadDigest = subject.plan.workloadDigest
    seed = subject.plan.seed
    isSame = subject.plan.variants[.base] == subject.plan.variants[.head]
    head = subject.plan.variants[.head]?.label ?? ""
    self.parts = parts
  }

  /// Reads a recording.
  ///
  /// - Throws: an input error for a file that is none, or of another schema.
  public init(path: String) throws(RunnerError) {
    self = try GateFile.read(PairRecording.self, "recording of pairs", from: path)
    guard schema == Self.schemaVersion else {
      throw RunnerError(
        .input, "'\(path)' has schema \(schema), this version reads \(Self.schemaVersion)")
    }
  }

  /// A violated check; what is wrong has no speed.
  var violation: String? {
    for pair in parts.flatMap(\.pairs) {
      for (side, block) in [("base", pair.base), ("head", pair.head)] {
        if let violation = block.violations.first { return "\(scenario), \(side): \(violation)" }
      }
    }
    return nil
  }

  /// Plays gates on the pairs.
  ///
  /// - Parameters:
  ///   - gates: how many for each metric.
  ///   - path: of the recording.
  public func judged(gates: Int, path: String) throws(RunnerError) -> CalibrationRecord {
    do throws(GateError) {
      return CalibrationRecord(
        scenario: scenario, fingerprint: fingerprint,
        calibration: isSame ? try calibration(gates) : nil, power: isSame ? [] : try power(gates),
        head: head, recording: path, stored: nil)
    } catch {
      throw RunnerError(
        error.code == .results ? .undecided : .input,
        "\(scenario): \(error); more time (--budget) or a smaller load records more pairs")
    }
  }

  private var limits: LimitTable {
    LimitTable(
      looks: ComparisonPlan.usualLooks, alpha: ComparisonPlan.usualAlpha,
      questions: max(1, parts.reduce(0) { $0 + $1.rules.count }))
  }

  private func calibration(_ gates: Int) throws(GateError) -> WorkloadCalibration {
    var all: WorkloadCalibration?
    let limits = limits
    for part in parts {
      let plan = try ComparisonPlan(
        rules: part.rules, question: .worsening, limits: limits, seed: seed)
      let own = try WorkloadCalibration(
        name: scenario, workloadDigest: workloadDigest, plan: plan, pairs: part.pairs,
        gates: gates)
      if var known = all {
        known.metrics += own.metrics
        known.pairs = min(known.pairs, own.pairs)
        all = known
      } else {
        all = own
      }
    }
    guard let all else {
      throw GateError(.results, of: "calibration", found: "no metrics", allowed: "at least one")
    }
    return all
  }

  private func power(_ gates: Int) throws(GateError) -> [CalibrationRecord.Power] {
    let limits = limits
    var entries: [CalibrationRecord.Power] = []
    for part in parts {
      guard part.pairs.count >= 20 else {
        throw GateError(
          .results, of: "recording", found: "\(part.pairs.count) pairs", allowed: "at least 20")
      }
      for rule in part.rules {
        entries.append(try power(rule, part.pairs, limits, gates))
      }
    }
    return entries
  }

  private func power(
    _ rule: MetricRule, _ pairs: [BlockPair], _ limits: LimitTable, _ gates: Int
  ) throws(GateError) -> CalibrationRecord.Power {
    switch LogRatios(rule.metric, of: pairs) {
    case .notHeld(let reason):
      return CalibrationRecord.Power(rule: rule, pairs: pairs.count, obstacle: reason)
    case .values(let differences):
      let gate = try ResampledGate(
        rules: [rule], question: .worsening, limits: limits, series: [differences])
      let seed = seed.derived("power").derived(rule.metric.description)
      return CalibrationRecord.Power(
        rule: rule, pairs: pairs.count,
        worsening: expm1(HodgesLehmann(differences).estimate),
        tally: gate.play(gates: gates, seed: seed))
    }
  }
}
