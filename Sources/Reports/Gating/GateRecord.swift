public import AssayModel
public import Gate

/// What `assay gate` found, and what it was decided by: `gate.json`.
///
/// The blocks themselves lie beside it in `pairs.json`.
public struct GateRecord: Codable, Equatable, Sendable {
  /// Version of this form.
  public var schema = 1
  /// Name of the run's folder.
  public var run: String
  /// When it began, in Unix milliseconds.
  public var started: WallTime
  /// How long it took.
  public var elapsed: Nanoseconds
  /// The base seed.
  public var seed: Seed
  /// Whether the base was measured in this run; otherwise it was read from a stored baseline.
  public var isInterleaved: Bool
  /// One entry a workload.
  public var workloads: [Workload]
  /// What was decided.
  public var decision: GateDecision
  /// That in one sentence, with its cause.
  public var sentence: String
  /// What the command exited with.
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

  /// What is known of a workload beside the decision; in the decision's order.
  public struct Workload: Codable, Equatable, Sendable {
    /// Its name: the scenario's.
    public var name: String
    /// The scenario's question.
    public var question: String
    /// Names load, seeds and template, equal for both sides.
    public var workloadDigest: String
    /// What it was compared with.
    public var base: ComparisonRecord.Side
    /// What was judged.
    public var head: ComparisonRecord.Side
    /// Operations of the script that was counted; 0 when nothing was.
    public var countedOperations: Int
    /// What was measured together, such as everything at one rate.
    public var parts: [Part]
    /// What this machine can tell, where it was calibrated.
    public var calibration: [MetricCalibration]
    /// Path of the scenario file as the command line named it; `nil` when it has none.
    public var file: String?
    /// Line of that file which says what is gated.
    public var line: Int?
    /// What the scenario asks for, as it names it, whether it could be measured or not: the same
    /// in every run.
    public var metrics: [String] = []
    /// How long counting took.
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

    /// The part that a metric was measured in.
    public func part(of metric: Metric) -> Part? {
      parts.first { $0.figures.contains { $0.metric == metric } }
    }
  }

  /// Blocks of one shape.
  public struct Part: Codable, Equatable, Sendable {
    /// Operations a second that arrived; `nil` in a closed loop.
    public var targetRate: Double?
    /// How long a block was measured.
    public var blockLength: Nanoseconds
    /// Blocks of the base.
    public var baseBlocks: Int
    /// Blocks of the head.
    public var headBlocks: Int
    /// The metrics that were measured in it.
    public var figures: [Figure]
    /// How base and head shared the machine; `nil` when the base was stored.
    public var turns: TurnChoice?
    /// How long its blocks took, with what they cost beyond measuring.
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
    /// Median of the base's blocks; `nil` when they do not hold it.
    public var base: Double?
    /// Median of the head's blocks.
    public var head: Double?

    /// Creates a figure.
    public init(metric: Metric, base: Double?, head: Double?) {
      self.metric = metric
      self.base = base
      self.head = head
    }
  }
}
