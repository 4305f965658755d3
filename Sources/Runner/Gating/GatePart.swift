import AssayModel
import Gate
import Reports
import Workloads

/// Metrics of a workload that are measured in the same blocks.
struct GatePart {
  /// What is measured.
  var rules: [MetricRule]
  /// In which blocks.
  var shape: BlockShape
  /// Operations a second that arrive; `nil` in a closed loop.
  var targetRate: Double?
  /// The length of a turn that the user asked for; `nil` to choose it.
  private let slice: Nanoseconds?
  /// The load with its rate as it was asked for.
  private let load: LoadSettings
  private let pilot: BlockPilot

  /// Splits the metrics of a workload: percentiles are measured at a fixed rate, since in a closed
  /// loop they improve when throughput falls; the rest as the load says.
  ///
  static func split(
    _ rules: [MetricRule], of subject: GateSubject, _ cell: PlannedCell, _ pilot: BlockPilot,
    slice: Nanoseconds?
  ) -> [GatePart] {
    var paced = cell.load
    paced.rate = subject.settings.rate ?? (paced.rate == .closed ? .ofCapacity(0.7) : paced.rate)
    func part(_ rules: [MetricRule], _ load: LoadSettings) -> [GatePart] {
      rules.isEmpty ? [] : [GatePart(rules, load, pilot, slice)]
    }
    guard paced.rate != cell.load.rate else { return part(rules, cell.load) }
    let percentiles = rules.filter(\.isPercentile)
    let others = rules.filter { !$0.isPercentile }
    return part(others, cell.load) + part(percentiles, paced)
  }

  /// How the blocks of a pair share the machine.
  var turns: TurnChoice { pilot.turns(slice, in: shape) }

  private init(
    _ rules: [MetricRule], _ load: LoadSettings, _ pilot: BlockPilot, _ slice: Nanoseconds?,
    capacity: Capacity? = nil
  ) {
    self.rules = rules
    self.slice = slice
    self.load = load
    self.pilot = pilot
    let resolved = load.resolved(capacity: capacity ?? pilot.baseCapacity)
    var target: Double?
    if case .perSecond(let rate) = resolved.rate { target = rate }
    targetRate = target
    shape = BlockShape(
      resolved, length: pilot.length(for: rules.map(\.metric), at: target))
  }

  /// The same metrics at a share of the capacity that the base's blocks of a closed loop showed:
  /// there are many of them, and the pilot has two.
  func afterBlocks(of base: [BlockMeasurement]?) -> GatePart {
    guard let base, !base.isEmpty, case .ofCapacity = load.rate else { return self }
    let sorted = base.map(\.arrivalsPerSecond).sorted()
    var capacity = pilot.baseCapacity
    capacity.perSecond = sorted[sorted.count / 2]
    return GatePart(rules, load, pilot, slice, capacity: capacity)
  }

  /// The same metrics in blocks like those of a baseline.
  func like(_ stored: Baseline.Workload) -> GatePart {
    var part = self
    if let rate = stored.rate, targetRate != nil {
      part.targetRate = rate
      part.shape.rate = .perSecond(rate)
    }
    if case .duration = shape.extent, let length = stored.sessions.first?.first?.duration {
      part.shape.extent = .duration(length)
    }
    return part
  }

  /// Name of its entry in a baseline.
  func name(in workload: String) -> String {
    targetRate == nil ? workload : "\(workload) at a rate"
  }

  func record(_ pairs: [BlockPair], elapsed: Nanoseconds) -> GateRecord.Part {
    var part = record(base: pairs.map(\.base), head: pairs.map(\.head), elapsed: elapsed)
    part.turns = turns
    return part
  }

  func record(
    base: [BlockMeasurement], head: [BlockMeasurement], elapsed: Nanoseconds
  ) -> GateRecord.Part {
    var length = Nanoseconds.zero
    if case .duration(let span) = shape.extent { length = span }
    var part = GateRecord.Part(
      targetRate: targetRate, blockLength: length, metrics: rules.map(\.metric), base: base,
      head: head)
    part.elapsed = elapsed
    return part
  }
}

extension MetricRule {
  fileprivate var isPercentile: Bool {
    if case .percentile = metric { return true }
    return false
  }
}

extension GateSubject {
  /// Tries how fast the workload is, and plans its parts.
  ///
  /// - Parameter slice: length of a turn that the user asked for; `nil` to choose it.
  func parts(
    _ runner: BlockRunner, slice: Nanoseconds?
  ) throws(RunnerError) -> [GatePart] {
    guard let cell = plan.cells[.base] else { throw RunnerError(.harness, "no base") }
    let pilot = try BlockPilot(runner)
    let entry = WorkloadCatalog.entry(cell.load.workload)
    let rules = try rules(mainKind: pilot.mainKind(entry?.mainOperation.name))
    for rule in rules {
      guard case .percentile(_, let kind?) = rule.metric, pilot.rates[kind] == nil else { continue }
      throw RunnerError(
        .input,
        "\(name): \(rule.metric): the load has no operation '\(kind)'; it has "
          + pilot.rates.keys.sorted().joined(separator: ", "))
    }
    return GatePart.split(rules, of: self, cell, pilot, slice: slice)
  }
}
