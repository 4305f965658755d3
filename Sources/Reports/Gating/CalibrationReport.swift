import AssayModel
public import Gate

/// Result of `assay calibrate` for one scenario.
public struct CalibrationRecord: Codable, Equatable, Sendable {
  /// Schema version of this record.
  public var schema = 1
  /// Name of the scenario.
  public var scenario: String
  /// The machine.
  public var fingerprint: Fingerprint
  /// Result of base against base; `nil` if the head was another candidate.
  public var calibration: WorkloadCalibration?
  /// Detection results between base and head; empty if both are the same.
  public var power: [Power]
  /// Readable difference of the head from the base.
  public var head: String
  /// Path of the recorded pairs.
  public var recording: String
  /// Path of the calibration, which gates read; `nil` if it was not stored.
  public var stored: String?
  /// Exit code of the command.
  public var exitCode: Int

  /// Creates a record.
  public init(
    scenario: String, fingerprint: Fingerprint, calibration: WorkloadCalibration?,
    power: [Power], head: String, recording: String, stored: String?
  ) {
    self.scenario = scenario
    self.fingerprint = fingerprint
    self.calibration = calibration
    self.power = power
    self.head = head
    self.recording = recording
    self.stored = stored
    let isGateable = calibration?.metrics.allSatisfy(\.isGateable) ?? true
    let isHeld = power.allSatisfy { $0.obstacle == nil }
    exitCode = isGateable && isHeld ? 0 : ExitStatus.unknown.rawValue
  }

  /// Detection results of the rule for one metric in recorded pairs of base and head.
  public struct Power: Codable, Equatable, Sendable {
    /// The metric with its margin and effect.
    public var rule: MetricRule
    /// Number of recorded pairs.
    public var pairs: Int
    /// Median worsening of the head in the recording, as a share; negative if the head is better.
    public var worsening: Double?
    /// Outcomes of the played gates.
    public var tally: ResampledGate.Tally
    /// Reason why no gate could be played.
    public var obstacle: String?

    /// Creates an entry.
    public init(
      rule: MetricRule, pairs: Int, worsening: Double? = nil,
      tally: ResampledGate.Tally = .init(), obstacle: String? = nil
    ) {
      self.rule = rule
      self.pairs = pairs
      self.worsening = worsening
      self.tally = tally
      self.obstacle = obstacle
    }
  }
}

/// A calibration as a table.
public enum CalibrationReport {
  /// Returns the text, with a newline at the end.
  public static func text(
    _ record: CalibrationRecord, style: TerminalReport.Style = TerminalReport.Style()
  ) -> String {
    var lines = [Paint.bold("\(record.scenario): what this machine can tell", style)]
    let machine = record.fingerprint
    lines.append(
      "\(machine.processor), \(Figures.count(machine.cores, "processor")), \(machine.kernel), "
        + machine.fileSystem)
    if let calibration = record.calibration { lines += quiet(calibration) }
    if !record.power.isEmpty { lines += power(record) }
    if let stored = record.stored { lines += ["", "Gates on this machine read \(stored)"] }
    lines += ["", Paint.paint(sentence(record), record.exitCode == 0 ? "32" : "33", style)]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Returns the decision in one sentence.
  public static func sentence(_ record: CalibrationRecord) -> String {
    let obstacles =
      (record.calibration?.metrics ?? []).compactMap { metric in
        metric.obstacle.map { "\(metric.rule.metric): \($0)" }
      }
      + record.power.compactMap { entry in
        entry.obstacle.map { "\(entry.rule.metric): \($0)" }
      }
    if !obstacles.isEmpty { return obstacles.joined(separator: "; ") + "." }
    if record.calibration == nil {
      let found = record.power.map { entry in
        "\(entry.rule.metric) in \(GateReport.percent(entry.tally.regressionShare))"
      }
      return "The rule finds the head: \(found.joined(separator: ", ")) of gates."
    }
    return "Everything can be gated here."
  }

  private static func quiet(_ calibration: WorkloadCalibration) -> [String] {
    var rows = [
      [
        "metric", "blocks", "lag 1", "pairs", "n", "false alarms", "at most", "finds effect",
        "finds at best", "gateable",
      ]
    ]
    for metric in calibration.metrics {
      rows.append([
        "\(metric.rule.metric)", GateReport.percent(metric.blockSpread),
        Figures.decimal(metric.autocorrelation, places: 2), GateReport.percent(metric.pairSpread),
        "\(calibration.pairs)", "\(metric.falseAlarms) of \(Figures.count(metric.gates))",
        GateReport.percent(metric.falseAlarmBound),
        "\(GateReport.percent(metric.rule.effect)): \(GateReport.percent(metric.power))",
        metric.smallestDetectable.map(GateReport.percent) ?? "-", metric.isGateable ? "yes" : "no",
      ])
    }
    return ["", "Base against base (spreads are robust standard deviations):"]
      + Columns.lines(rows, left: [0, 9])
  }

  private static func power(_ record: CalibrationRecord) -> [String] {
    var rows = [
      ["metric", "head", "n", "gates", "found", "equivalent", "inconclusive", "pairs"]
    ]
    for entry in record.power {
      let tally = entry.tally
      func share(_ count: Int) -> String {
        tally.gates > 0 ? GateReport.percent(Double(count) / Double(tally.gates)) : "-"
      }
      rows.append([
        "\(entry.rule.metric)", change(entry) ?? "-", "\(entry.pairs)",
        Figures.count(tally.gates), share(tally.regressions), share(tally.equivalent),
        share(tally.inconclusive), Figures.decimal(tally.pairsPerGate, places: 1),
      ])
    }
    return ["", "Base against head (\(record.head)), resampled:"] + Columns.lines(rows, left: [0])
  }

  /// Returns the median change of the head in the recording.
  private static func change(_ entry: CalibrationRecord.Power) -> String? {
    let metric = entry.rule.metric
    return entry.worsening.map { share in
      Change(metric, ratio: metric.isBetterHigher ? 1 / (1 + share) : 1 + share).estimate
    }
  }
}
