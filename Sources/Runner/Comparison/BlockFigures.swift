import AssayModel
import Checkers
import Statistics

/// Turns what a block left into its measurement.
struct BlockFigures {
  private let cell: PlannedCell
  private let analysed: AnalysedRepetition
  private let result: CellResult

  init(_ cell: PlannedCell, _ analysed: AnalysedRepetition) {
    self.cell = cell
    self.analysed = analysed
    result = CellFigures(cell, [analysed]).result
  }

  /// The block, without what the machine did meanwhile.
  func block() -> FreshBlocks.Block {
    let load = result.operations.filter { !OperationKind.namesOutsideLoad.contains($0.key) }
    let operations = load.mapValues(\.count)
    let figures = CountedNames.of(result.counts)
    var measurement = BlockMeasurement(
      operations: operations.values.reduce(0, +),
      duration: Nanoseconds(Int64((result.measuredSeconds * 1e9).rounded())),
      latencies: load.mapValues(\.service.everyWait).filter { $0.value.total > 0 },
      counts: cell.isScripted ? figures : [:], resources: cell.isScripted ? [:] : figures)
    if !measurement.counts.isEmpty {
      measurement.resources["bytes_written"] = bytesWritten(figures)
    }
    measurement.resources["wal_peak_bytes"] = result.sizes?.walPeak
    measurement.resources["disk_peak_bytes"] = result.sizes?.diskPeak
    measurement.resources["peak_resident_bytes"] = result.memory.peakResident
    measurement.isOverloaded = OpenLoop.isOverloaded(cell, analysed)
    measurement.violations = violations
    measurement.attempts = attempts
    return FreshBlocks.Block(
      measurement: measurement, elapsed: .zero, operations: operations,
      readerShare: Capacity.readerShare(cell.load, analysed.activity),
      residual: TurnLength.Evidence(
        cell, measurement, fewest: result.actors.map(\.operations).min()))
  }

  private func bytesWritten(_ figures: [String: UInt64]) -> UInt64 {
    figures.filter { $0.key.hasPrefix("vfs.write.") && $0.key.hasSuffix(".bytes") }
      .values.reduce(0, +)
  }

  private var attempts: [String: BlockAttempts]? {
    guard let tried = result.attempts else { return nil }
    let errors = (result.errors ?? []).filter(\.isAnswer)
    return tried.reduce(into: [:]) { all, row in
      let own = errors.filter { $0.operation == row.operation }
      all[row.operation] = BlockAttempts(
        acknowledged: row.acknowledged, failed: row.failed,
        errors: own.map(\.count).reduce(0, +), code: own.max { $0.count < $1.count }?.code,
        hasSucceeded: row.hasSucceeded)
    }
  }

  /// Checks whose violation means that the figures are of a system that does not do its work.
  private static let correctness: Set<CheckName> = [
    .integrity, .durability, .atomicity, .isolation, .mutualExclusion, .invariants,
  ]

  private var violations: [String] {
    let verdicts = Judgement.verdicts(
      of: cell, checks: analysed.checks, figures: [result],
      library: analysed.outcome.record.library)
    let broken = verdicts.filter { verdict in
      Self.correctness.contains(verdict.check) && verdict.status == .violated
        && (!verdict.met || verdict.expected == nil)
    }
    let dead = analysed.outcome.incidents.map { "a worker exited unexpectedly: \($0.exit)" }
    return dead
      + broken.map { verdict in
        ([verdict.check.rawValue + ": " + verdict.evidence] + verdict.witness.prefix(3))
          .joined(separator: "; ")
      }
  }
}

extension LatencyResult {
  /// The distribution with the ages of the operations that were not acknowledged.
  fileprivate var everyWait: HistogramCounts {
    censoredHistogram.map { histogram.merged(with: $0) } ?? histogram
  }
}

extension PlannedCell {
  /// Whether everything it does follows from its seed, so that two runs count the same: one actor
  /// that does a number of operations, one after the other, and nothing that goes by the clock.
  var isScripted: Bool {
    guard case .operations = load.extent, load.rate == .closed, faults.isEmpty else { return false }
    return load.processes * (load.writers + load.readers) == 1 && probe != .none
  }
}
