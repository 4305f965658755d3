import AssayModel
import Reports

/// Chooses how long a turn lasts, from what a pilot shows of the operations.
///
/// No operation is cut, so at the end of a turn the actors of a side that finish first wait for
/// the last one, while the side's clock runs on. With turns of 10 ms and a reader that takes 100 ms
/// its writers work for a tenth of the time that their throughput is divided by. A turn therefore
/// lasts so long that this wait is a small share of it; where that leaves too few turns in a block,
/// whole blocks run one after the other.
///
/// What remains under way at the end of a turn is the residual of an operation at a moment drawn
/// at random: E[L^2] / 2 E[L] of its length L.
/// Source: the residual life of a renewal process; Cox, "Renewal Theory", 5.1.
enum TurnLength {
  /// What a block shows of operations that may outlast a turn.
  struct Evidence: Hashable, Sendable {
    /// Mean time that an operation under way still takes, of the kind where it is longest.
    var residual: Nanoseconds
    /// That kind; `nil` where operations last as long as the block.
    var kind: String?
    /// Actors of a side: a single one keeps nobody waiting.
    var actors: Int
  }

  /// A turn is at least so many residuals long: the wait is then at most 2.5 % of it, and both
  /// sides have theirs.
  static let residuals: Int64 = 40
  /// Fewer turns in a block do not average the machine's comings and goings.
  static let leastTurns: Int64 = 4

  /// Chooses.
  ///
  /// - Parameters:
  ///   - asked: what the user asked for; zero for whole blocks.
  ///   - evidence: one entry a side, or more.
  ///   - block: length of a block.
  static func choose(
    asked: Nanoseconds?, _ evidence: [Evidence], block: Nanoseconds
  ) -> TurnChoice {
    if let asked {
      guard asked > .zero else { return whole("as asked for") }
      return TurnChoice(slice: asked, reason: "in turns of \(text(asked)), as asked for")
    }
    let usual = RunOptions.usualSlice
    let crowded = evidence.filter { $0.actors > 1 }
    guard let longest = crowded.max(by: { $0.residual < $1.residual }) else {
      return TurnChoice(slice: usual, reason: "in turns of \(text(usual))")
    }
    let needed = Nanoseconds(longest.residual.rawValue * residuals)
    guard needed > usual else {
      return TurnChoice(slice: usual, reason: "in turns of \(text(usual))")
    }
    let cause =
      longest.kind.map {
        "since a '\($0)' under way still takes \(text(longest.residual)) on average"
      } ?? "since operations last as long as a block"
    guard needed.rawValue * leastTurns <= block.rawValue else { return whole(cause) }
    return TurnChoice(slice: needed, reason: "in turns of \(text(needed)), \(cause)")
  }

  private static func whole(_ cause: String) -> TurnChoice {
    TurnChoice(slice: .zero, reason: "one whole block after the other, \(cause)")
  }

  private static func text(_ span: Nanoseconds) -> String { Figures.span(span.rawValue) }
}

extension TurnLength.Evidence {
  /// What a block of a cell shows.
  ///
  /// - Parameters:
  ///   - cell: as the block ran it.
  ///   - measurement: its operations.
  ///   - fewest: operations of the actor that did the fewest; `nil` when that is not known.
  init(_ cell: PlannedCell, _ measurement: BlockMeasurement, fewest: UInt64?) {
    let load = cell.load
    actors = load.processes * (load.writers + load.readers)
    (residual, kind) = (.zero, "operation")
    for (name, histogram) in measurement.latencies.sorted(by: { $0.key < $1.key }) {
      let own = Self.residual(of: histogram)
      if own > residual { (residual, kind) = (own, name) }
    }
    // An operation that did not end in the block is missing from the histograms, unless its actor
    // was only waiting for the next one to be due.
    let isBusy = load.rate == .closed && load.think == .zero
    guard isBusy, let fewest, fewest < 2 else { return }
    let half = Nanoseconds(measurement.duration.rawValue / 2)
    if half > residual { (residual, kind) = (half, nil) }
  }

  /// E[L^2] / 2 E[L].
  static func residual(of histogram: HistogramCounts) -> Nanoseconds {
    var sum = 0.0
    var squares = 0.0
    for (value, count) in zip(histogram.values, histogram.counts) {
      sum += Double(value) * Double(count)
      squares += Double(value) * Double(value) * Double(count)
    }
    guard sum > 0 else { return .zero }
    return Nanoseconds(Int64((squares / (2 * sum)).rounded()))
  }

  /// Of several blocks of one side the one with the shortest residual: a single stall of the
  /// machine is in one of them, what the load does is in all.
  static func steady(_ blocks: [TurnLength.Evidence]) -> [TurnLength.Evidence] {
    blocks.min { $0.residual < $1.residual }.map { [$0] } ?? []
  }
}
