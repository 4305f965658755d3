public import AssayModel
public import Gate

/// Result of `assay gate` with the data behind the decision: `gate.json`.
///
/// The blocks themselves are next to it in `pairs.json`.
public struct GateRecord: Codable, Equatable, Sendable {
  /// Schema version of this record.
  public var schema = 1
  /// Name of the run's folder.
  public var run: String
  /// Start time, in Unix milliseconds.
  public var started: WallTime
  /// Duration of the gate.
  public var elapsed: Nanoseconds
  /// The base seed.
  public var seed: Seed
  /// True if the base was measured in this run; otherwise it was read from a stored baseline.
  public var isInterleaved: Bool
  /// One entry per workload.
  public var workloads: [Workload]
  /// The decision.
  public var decision: GateDecision
  /// The decision in one sentence, with its cause.
  public var sentence: String
  /// Exit code of the command.
  public var exitCode: Int

  /// Creates a record of a decision.
  public init(
    run: String, started: WallTime, elapsed: Nanoseconds, seed: Seed, isInterleaved: Bool,
    workloads: [Workload], decision: GateDecision
  ) {
    self.run = run
    self.started = started
    self.elapsed = elapsed
    self.seed = seed
    self.isInterleaved = isInterleaved
    self.workloads = workloads
    self.decision = decision
    sentence = decision.sentence + "."
    exitCode = decision.status.rawValue
  }

  /// Data of a workload in addition to the decision; in the decision's order.
  public struct Workload: Codable, Equatable, Sendable {
    /// Name of the workload, which is the scenario's.
    public var name: String
    /// The scenario's question.
    public var question: String
    /// Digest of load, seeds and template, equal for both sides.
    public var workloadDigest: String
    /// The base that the head was compared with.
    public var base: ComparisonRecord.Side
    /// The head, which was judged.
    public var head: ComparisonRecord.Side
    /// Number of operations of the counted script; 0 if nothing was counted.
    public var countedOperations: Int
    /// Groups of metrics that were measured together, such as all at one rate.
    public var parts: [Part]
    /// Detection limits of this machine, if it was calibrated.
    public var calibration: [MetricCalibration]
    /// Path of the scenario file as given on the command line; `nil` if there is none.
    public var file: String?
    /// Line of that file with the definition of the gate.
    public var line: Int?
    /// Metrics that the scenario asks for, under its own names, whether or not they could be
    /// measured: the same in every run.
    public var metrics: [String] = []
    /// Duration of the counting.
    public var counting = Nanoseconds.zero

    /// Creates an entry.
    public init(
      name: String, question: String, workloadDigest: String, base: ComparisonRecord.Side,
      head: ComparisonRecord.Side, countedOperations: Int, parts: [Part] = [],
      calibration: [MetricCalibration] = []
    ) {
      self.name = name
      self.question = question
      self.workloadDigest = workloadDigest
      self.base = base
      self.head = head
      self.countedOperations = countedOperations
      self.parts = parts
      self.calibration = calibration
    }

    /// Returns the part in which a metric was measured.
    public func part(of metric: Metric) -> Part? {
      parts.first { $0.figures.contains { $0.metric == metric } }
    }
  }

  /// Blocks with the same rate and length.
  public struct Part: Codable, Equatable, Sendable {
    /// Arrival rate in operations per second; `nil` in a closed loop.
    public var targetRate: Double?
    /// Measured length of a block.
    public var blockLength: Nanoseconds
    /// Number of blocks of the base.
    public var baseBlocks: Int
    /// Number of blocks of the head.
    public var headBlocks: Int
    /// Metrics that were measured in this part.
    public var figures: [Figure]
    /// The way in which base and head shared the machine; `nil` if the base was stored.
    public var turns: TurnChoice?
    /// Duration of its blocks, including their overhead.
    public var elapsed = Nanoseconds.zero

    /// Creates a part.
    public init(
      targetRate: Double?, blockLength: Nanoseconds, metrics: [Metric], base: [BlockMeasurement],
      head: [BlockMeasurement]
    ) {
      self.targetRate = targetRate
      self.blockLength = blockLength
      baseBlocks = base.count
      headBlocks = head.count
      figures = metrics.map { metric in
        Figure(
          metric: metric, base: Self.median(metric, base), head: Self.median(metric, head))
      }
    }

    private static func median(_ metric: Metric, _ blocks: [BlockMeasurement]) -> Double? {
      let values = blocks.compactMap { block -> Double? in
        guard case .value(let value) = metric.reading(in: block) else { return nil }
        return value
      }.sorted()
      return values.isEmpty ? nil : values[values.count / 2]
    }
  }

  /// The medians of a metric.
  public struct Figure: Codable, Equatable, Sendable {
    /// The metric.
    public var metric: Metric
    /// Median of the base's blocks; `nil` if they do not hold the metric.
    public var base: Double?
    /// Median of the head's blocks; `nil` if they do not hold the metric.
    public var head: Double?

    /// Creates a figure.
    public init(metric: Metric, base: Double?, head: Double?) {
      self.metric = metric
      self.base = base
      self.head = head
    }
  }
}
