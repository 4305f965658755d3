import AssayModel
public import Gate

/// What `assay calibrate` found of one scenario.
public struct CalibrationRecord: Codable, Equatable, Sendable {
  /// Version of this form.
  public var schema = 1
  /// Name of the scenario.
  public var scenario: String
  /// The machine.
  public var fingerprint: Fingerprint
  /// What base against base showed; `nil` when the head was another one.
  public var calibration: WorkloadCalibration?
  /// What the rule finds between base and head; empty when both are the same.
  public var power: [Power]
  /// What is different about the head, for people.
  public var head: String
  /// Where the pairs lie.
  public var recording: String
  /// Where the calibration lies, for gates to read; `nil` when it was not stored.
  public var stored: String?
  /// What the command exits with.
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

  /// What the rule finds of one metric in recorded pairs of base and head.
  public struct Power: Codable, Equatable, Sendable {
    /// The metric with its margin and effect.
    public var rule: MetricRule
    /// Pairs that were recorded.
    public var pairs: Int
    /// Median worsening of the head in the recording, as a share; negative is better.
    public var worsening: Double?
    /// Gates that were played.
    public var tally: ResampledGate.Tally
    /// Why nothing could be played.
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

  /// The decision in one sentence.
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

  /// The median change of the head in the recording.
  private static func change(_ entry: CalibrationRecord.Power) -> String? {
    let metric = entry.rule.metric
    return entry.worsening.map { share in
      Change(metric, ratio: metric.isBetterHigher ? 1 / (1 + share) : 1 + share).estimate
    }
  }
}
