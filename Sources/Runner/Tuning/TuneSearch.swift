import AssayModel
import Gate
import Platform
import Reports

/// Runs the common blocks that a race asks for, until it is decided, the time is over or the user
/// interrupts; then measures the best for the front.
final class TuneSearch {
  let owner: TuneRun
  let blocks: CandidateBlocks
  private(set) var race: TuneRace
  /// What everything is compared with.
  let incumbent: TuneCandidate
  let length: Nanoseconds
  /// How the candidates of a round share the machine; turns only get longer.
  var turns: TurnChoice
  /// What the rounds so far showed of operations that outlast a turn.
  private var recent: [[TurnLength.Evidence]] = []
  private static let steadyRounds = 3
  /// Operations a second at which percentiles are measured; `nil` for the load's own rate.
  let rate: Double?
  /// Share of them that the readers have; `nil` for as many for each actor.
  private let readerShare: Double?
  /// What each candidate gave in blocks of full length.
  var kept: [TuneCandidate: [BlockMeasurement]] = [:]
  private var failures = CandidateFailures()
  private var cost: Double
  private var spent = Nanoseconds.zero
  private var overhead = Nanoseconds.zero
  private var count = 0

  /// Measures the default, which tells how long blocks must be, and plans the race.
  init(
    _ owner: TuneRun, _ candidates: [TuneCandidate], _ blocks: CandidateBlocks
  ) throws(RunnerError) {
    self.owner = owner
    self.blocks = blocks
    let profiles = owner.space.references.map(\.candidate)
    let points = Set(owner.space.candidates)
    let own = candidates.filter { points.contains($0) }
    let incumbent = Self.incumbent(owner.space.fallback, own)
    self.incumbent = incumbent
    owner.record.incumbent = incumbent
    let pilot = try Self.pilot(owner, incumbent, blocks)
    let first = owner.objectives[0]
    let cell = try owner.space.cell(incumbent)
    let keepsRate = cell.load.rate == .closed && cell.load.think == .zero
    rate = keepsRate ? max(1, pilot.throughput * Self.share) : nil
    readerShare = pilot.readerShare
    length = Self.length(first, owner.options.effort, rate ?? pilot.throughput)
    turns = TurnLength.choose(asked: owner.options.run.slice, pilot.residuals, block: length)
    cost = (length + pilot.overhead).seconds
    var effort = owner.options.effort.plan
    // Half a block holds half the operations: too few for a percentile.
    if first.isPercentile { effort.screeningShare = 1 }
    Self.fit(&effort, owner, cost, candidates.count, profiles.count)
    do throws(GateError) {
      race = TuneRace(
        try TunePlan(
          candidates: candidates, incumbent: incumbent,
          references: profiles.filter { candidates.contains($0) && $0 != incumbent },
          outsiders: Set(candidates).subtracting(points).intersection(profiles)
            .subtracting([incumbent]),
          objective: first.metric, effort: effort, seed: owner.space.seed.derived("tune")))
    } catch {
      throw RunnerError(.input, "\(error)")
    }
    owner.record.blockLength = length
    owner.record.turns = turns
  }

  /// Share of the default's capacity at which percentiles are measured.
  private static let share = 0.7

  /// The default, or of the class the nearest to it.
  private static func incumbent(
    _ fallback: TuneCandidate, _ candidates: [TuneCandidate]
  ) -> TuneCandidate {
    if candidates.contains(fallback) { return fallback }
    let nearest = candidates.enumerated().min { one, other in
      let (mine, theirs) = (
        one.element.differences(from: fallback).count,
        other.element.differences(from: fallback).count
      )
      return (mine, one.offset) < (theirs, other.offset)
    }
    return nearest?.element ?? fallback
  }

  private static func pilot(
    _ owner: TuneRun, _ incumbent: TuneCandidate, _ blocks: CandidateBlocks
  ) throws(RunnerError) -> Pilot {
    owner.options.run.progress("\(owner.record.scenario): trying how long a block must be")
    let cell = try owner.space.cell(incumbent)
    let shape = BlockShape(cell.load, length: BlockShape.shortest)
    var throughput = Double.infinity
    var overhead = Nanoseconds.zero
    var readerShare: Double?
    var residuals: [TurnLength.Evidence] = []
    for number in 0..<2 {
      let block = try blocks.run(
        cell, shape, seed: owner.space.seed.derived("pilot", number))
      if let violation = block.measurement.violations.first {
        owner.hasBrokenDefault = true
        owner.record.stopped = violation
      }
      throughput = min(throughput, block.measurement.arrivalsPerSecond)
      readerShare = block.readerShare
      residuals.append(block.residual)
      overhead = max(overhead, block.elapsed - block.measurement.duration)
    }
    guard throughput > 0 else {
      throw RunnerError(.input, "the default did not complete one operation in a block")
    }
    return Pilot(
      throughput: throughput, readerShare: readerShare, overhead: overhead,
      residuals: TurnLength.Evidence.steady(residuals))
  }

  /// What two blocks of the default tell.
  private struct Pilot {
    var throughput: Double
    var readerShare: Double?
    var overhead: Nanoseconds
    var residuals: [TurnLength.Evidence]
  }

  static func length(
    _ objective: TuneSettings.Objective, _ effort: TuneOptions.Effort, _ rate: Double
  ) -> Nanoseconds {
    let needed = Double(objective.metric.operationsNeeded) * 1.5 / rate
    let seconds = min(BlockPilot.longest.seconds, max(needed, effort.blockLength.seconds))
    return Nanoseconds(Int64(seconds * 1e9))
  }

  /// Makes the effort fit what is left of the time.
  private static func fit(
    _ effort: inout TunePlan.Effort, _ owner: TuneRun, _ cost: Double, _ candidates: Int,
    _ profiles: Int
  ) {
    func least() -> Double {
      Double(
        min(candidates, 4 + profiles) * effort.confirmationRounds + 2 * effort.firstRounds)
    }
    effort.budget = max(effort.budget, least())
    if owner.options.effort == .exhaustive {
      // The rounds of all, and the confirmation: nothing is left for a second stage.
      effort.budget = Double(candidates * effort.firstRounds) + least()
    }
    guard let deadline = owner.deadline else { return }
    let affordable = (deadline - owner.time.monotonicNow()).seconds / max(1e-3, cost)
    if affordable < least() * 2 { effort.confirmationRounds = 8 }
    effort.budget = max(least(), min(effort.budget, affordable))
  }

  // MARK: The race

  /// Runs it to its end; a round that was under way when it had to stop is left out.
  func run() throws(RunnerError) {
    guard !owner.hasBrokenDefault else { return }
    defer { owner.record.blockOverhead = Nanoseconds(overhead.rawValue / Int64(max(1, count))) }
    while case .run(let round) = race.next() {
      guard let measured = try run(round) else { return }
      do throws(GateError) {
        try race.add(measured)
      } catch {
        owner.record.stopped = error.found
        owner.hasBrokenDefault = measured.contains { !$0.violations.isEmpty }
        return
      }
      guard round.share == 1 || round.phase != .screening else { continue }
      for (place, block) in zip(round.entrants, measured) where block.violations.isEmpty {
        kept[race.plan.candidates[place], default: []].append(block)
      }
    }
  }

  private func run(_ round: TuneRace.Round) throws(RunnerError) -> [BlockMeasurement]? {
    var measured: [BlockMeasurement] = []
    for group in try groups(round) {
      if let reason = reasonToStop {
        owner.record.stopped = reason
        owner.record.wasInterrupted = Interruption.isRequested
        return nil
      }
      owner.options.run.progress(status(round))
      do throws(RunnerError) {
        measured += try run(group, round)
      } catch {
        guard error.code == .interrupted else { throw error }
        owner.record.stopped = "interrupted"
        owner.record.wasInterrupted = true
        return nil
      }
    }
    return measured
  }

  private typealias Entry = (candidate: TuneCandidate, cell: PlannedCell, shape: BlockShape)

  /// Who runs together: all of a round in turns, or, where a block cannot take turns, each alone.
  private func groups(_ round: TuneRace.Round) throws(RunnerError) -> [[Entry]] {
    var entries: [Entry] = []
    for place in round.entrants {
      let candidate = race.plan.candidates[place]
      let cell = try owner.space.cell(candidate)
      entries.append((candidate, cell, shape(cell, owner.objectives[0], share: round.share)))
    }
    let takeTurns = entries.allSatisfy {
      blocks.canTakeTurns($0.cell, $0.shape, of: turns.slice)
    }
    return takeTurns ? [entries] : entries.map { [$0] }
  }

  private func run(
    _ group: [Entry], _ round: TuneRace.Round
  ) throws(RunnerError) -> [BlockMeasurement] {
    var results: [Result<FreshBlocks.Block, RunnerError>] = []
    if group.count > 1 {
      results = try blocks.runInTurns(
        group.map { ($0.cell, $0.shape) }, of: turns.slice, seed: round.seed)
      lengthenTurns(results)
    } else if let entry = group.first {
      do throws(RunnerError) {
        results = [
          .success(
            try blocks.run(
              entry.cell, entry.shape, seed: round.seed,
              watchesSizes: owner.objectives[0] == .disk))
        ]
      } catch {
        guard error.code == .input else { throw error }
        results = [.failure(error)]
      }
    }
    var measured: [BlockMeasurement] = []
    for (entry, result) in zip(group, results) { measured.append(try note(result, of: entry)) }
    return measured
  }

  /// Others than the default may have longer operations: the next round's turns last long enough
  /// for those of this one. Within a round all have the same.
  private func lengthenTurns(_ results: [Result<FreshBlocks.Block, RunnerError>]) {
    recent.append(results.compactMap { try? $0.get().residual })
    guard recent.count >= Self.steadyRounds else { return }
    func longest(_ round: [TurnLength.Evidence]) -> Nanoseconds {
      round.map(\.residual).max() ?? .zero
    }
    // A stall of the machine is in one of the last rounds, what a load does is in all.
    let steady = recent.suffix(Self.steadyRounds).min { longest($0) < longest($1) } ?? []
    let choice = TurnLength.choose(asked: owner.options.run.slice, steady, block: length)
    guard choice.slice == .zero || choice.slice > turns.slice else { return }
    turns = choice
    owner.record.turns = choice
  }

  /// Adds up what a block cost; one whose settings cannot be used is no reason to give up the
  /// others.
  private func note(
    _ result: Result<FreshBlocks.Block, RunnerError>, of entry: Entry
  ) throws(RunnerError) -> BlockMeasurement {
    switch result {
    case .failure(let error):
      guard entry.candidate != incumbent else { throw error }
      return BlockMeasurement(
        operations: 0, duration: length, violations: ["cannot be used: \(error.message)"])
    case .success(let block):
      spent = spent + block.elapsed
      overhead = overhead + (block.elapsed - block.measurement.duration)
      count += 1
      cost = spent.seconds / Double(count)
      var measured = block.measurement
      if let reason = failures.add(measured, of: entry.candidate) {
        measured.violations.append(reason)
      }
      // A stall as long as a short block is bad luck, and no reason to leave for good.
      if owner.objectives[0] == .throughput { measured.operations = max(1, measured.operations) }
      return measured
    }
  }

  func shape(
    _ cell: PlannedCell, _ objective: TuneSettings.Objective, share: Double
  ) -> BlockShape {
    if objective.isOfScript {
      return BlockShape(scriptOf: owner.options.effort.scriptedOperations)
    }
    var shape = BlockShape(
      cell.load, length: Nanoseconds(Int64(Double(length.rawValue) * share)))
    if case .operations(let number) = cell.load.extent {
      shape.extent = .operations(max(1, Int(Double(number) * share)))
    }
    if objective.isPercentile, let rate {
      shape.rate = .perSecond(rate)
      shape.readerShare = readerShare
    }
    return shape
  }

  private var reasonToStop: String? {
    if Interruption.isRequested { return "interrupted" }
    guard let deadline = owner.deadline, owner.time.monotonicNow() >= deadline else { return nil }
    return "out of time"
  }

  private func status(_ round: TuneRace.Round) -> String {
    var left = race.blocksLeft * cost
    if let deadline = owner.deadline {
      left = min(left, max(0, (deadline - owner.time.monotonicNow()).seconds))
    }
    return "\(owner.record.scenario): \(round.phase.rawValue), round \(round.number + 1), "
      + "\(round.entrants.count) settings; at most \(Figures.span(Int64(left * 1e9))) left"
  }
}
