import AssayModel
import Gate

/// Runs the pairs of blocks that a comparison asks for, until it has decided, the time is over or
/// the user interrupts.
struct PairedRun {
  let runner: BlockRunner
  let shape: BlockShape
  /// How the two blocks of a pair share the machine.
  let turns: TurnChoice
  /// What each block must hold.
  var needs = BlockNeeds()
  let time: any TimeSource
  /// No further pair starts after this time.
  let deadline: MonotonicTime?
  let progress: @Sendable (String) -> Void

  /// What running cost, and how it ended.
  struct Outcome {
    /// What the blocks cost beyond what they measured, added up.
    var overhead = Nanoseconds.zero
    /// Blocks that ran to their end.
    var blocks = 0
    var wasInterrupted = false
  }

  /// Drives the comparison to its end.
  ///
  /// A pair that was under way when the user interrupted is left out.
  func run(_ comparison: inout PairedComparison) throws(RunnerError) -> Outcome {
    var outcome = Outcome()
    while case .run(let round) = comparison.next() {
      var pairs: [BlockPair] = []
      for (offset, order) in round.orders.enumerated() {
        if let reason = reasonToStop {
          outcome.wasInterrupted = Interruption.isRequested
          try end(&comparison, pairs, reason)
          return outcome
        }
        let number = round.firstPair + offset
        progress(status(number, of: round, comparison))
        do throws(RunnerError) {
          pairs.append(try runPair(number, order, &outcome))
        } catch {
          guard error.code == .interrupted else { throw error }
          outcome.wasInterrupted = true
          comparison.stop(keeping: pairs, because: "interrupted")
          return outcome
        }
      }
      do throws(GateError) {
        try comparison.add(pairs)
      } catch {
        throw RunnerError(.harness, "\(error)")
      }
    }
    return outcome
  }

  /// The end of the time is no news about the pairs, so that they are judged; an interruption may
  /// be.
  private func end(
    _ comparison: inout PairedComparison, _ pairs: [BlockPair], _ reason: String
  ) throws(RunnerError) {
    guard !Interruption.isRequested else {
      return comparison.stop(keeping: pairs, because: reason)
    }
    do throws(GateError) {
      try comparison.close(with: pairs, because: reason)
    } catch {
      throw RunnerError(.harness, "\(error)")
    }
  }

  var reasonToStop: String? {
    if Interruption.isRequested { return "interrupted" }
    guard let deadline, time.monotonicNow() >= deadline else { return nil }
    return "out of time"
  }

  private func status(
    _ number: Int, of round: PairedComparison.Round, _ comparison: PairedComparison
  ) -> String {
    let open = comparison.result.metrics.filter { $0.look == 0 }.map(\.rule.metric.description)
    return "\(runner.plan.scenario.name): pair \(number + 1) of \(round.firstPair + round.pairs) "
      + "before the next look; open: \(open.joined(separator: ", "))"
  }

  func runPair(
    _ number: Int, _ order: PairOrder, _ outcome: inout Outcome
  ) throws(RunnerError) -> BlockPair {
    // Both blocks of a pair draw the same numbers, and no two pairs do.
    let seed = runner.plan.seed.derived("comparison").derived("pair", number)
    let first = order == .baseFirst ? ComparisonSide.base : .head
    let blocks =
      try runner.canTakeTurns(shape, of: turns.slice)
      ? runInTurns(first, seed, &outcome) : runOneByOne(first, seed, &outcome)
    guard let base = blocks[.base], let head = blocks[.head] else {
      throw RunnerError(.harness, "pair \(number) has one side only")
    }
    return BlockPair(order: order, base: base, head: head)
  }

  private func runOneByOne(
    _ first: ComparisonSide, _ seed: Seed, _ outcome: inout Outcome
  ) throws(RunnerError) -> [ComparisonSide: BlockMeasurement] {
    var blocks: [ComparisonSide: BlockMeasurement] = [:]
    for side in [first] + ComparisonSide.allCases.filter({ $0 != first }) {
      blocks[side] = try inParts(seed, &outcome) { seed throws(RunnerError) in
        [side: try runner.run(side, shape, seed: seed)]
      }[side]
    }
    return blocks
  }

  private func runInTurns(
    _ first: ComparisonSide, _ seed: Seed, _ outcome: inout Outcome
  ) throws(RunnerError) -> [ComparisonSide: BlockMeasurement] {
    try inParts(seed, &outcome) { seed throws(RunnerError) in
      try runner.runInTurns(shape, of: turns.slice, seed: seed, first: first)
    }
  }

  /// Blocks, and as many parts more of all of them as it takes to hold what each must.
  private func inParts(
    _ seed: Seed, _ outcome: inout Outcome,
    _ run: (Seed) throws(RunnerError) -> [ComparisonSide: FreshBlocks.Block]
  ) throws(RunnerError) -> [ComparisonSide: BlockMeasurement] {
    var whole: [ComparisonSide: BlockMeasurement] = [:]
    for part in 0..<BlockNeeds.mostParts {
      let blocks = try run(part == 0 ? seed : seed.derived("part", part))
      for (side, block) in blocks {
        outcome.overhead = outcome.overhead + (block.elapsed - block.measurement.duration)
        whole[side] = whole[side]?.extended(by: block.measurement) ?? block.measurement
      }
      if whole.values.allSatisfy({ needs.areMet(by: $0) }) { break }
    }
    outcome.blocks += whole.count
    return whole
  }
}
