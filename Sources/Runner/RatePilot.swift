import AssayModel
import Platform
import Statistics
import Workloads

/// Rates that are found out before the cells run: shares of a capacity, and the highest that hold.
struct RatePilot {
  let folder: RunFolder
  let launcher: WorkerLauncher
  let time: any TimeSource
  let expectedSourceID: String?
  /// Beside the folders of the cells.
  let index: Int
  var limits = SupervisionLimits()

  /// What a cell does in a closed loop.
  func capacity(of cell: PlannedCell) throws(RunnerError) -> Capacity {
    var pilot = cell
    pilot.load = cell.load.forPilot
    pilot.faults = []
    return Capacity(pilot, try run(pilot))
  }

  /// The highest rate at which a percentile of the response time holds.
  func search(
    _ goal: RateGoal, of cell: PlannedCell, _ progress: (String) -> Void
  ) throws(RunnerError) -> (load: LoadSettings, result: RateSearchResult) {
    let capacity = try capacity(of: cell)
    var bisection = RateBisection(capacity: max(0.01, capacity.perSecond))
    var result = RateSearchResult(
      goal: goal, capacity: capacity.perSecond, highest: nil, steps: [])
    var lowest = capacity.perSecond
    while let rate = bisection.next {
      progress("trying \(Int(rate))/s of \(Int(capacity.perSecond))/s")
      let step = try step(goal, rate, cell, capacity)
      result.steps.append(step)
      lowest = min(lowest, rate)
      let isNear = step.percentile.map { Double($0) < 2 * Double(goal.bound.rawValue) } ?? true
      bisection.add(holds: step.holds, isNear: isNear)
    }
    result.highest = bisection.highest
    return (cell.load.paced(bisection.highest ?? lowest, as: capacity), result)
  }

  /// The longest that a rate is tried; a percentile that takes more operations is not known.
  private static let longest = Nanoseconds.seconds(5)

  private func step(
    _ goal: RateGoal, _ rate: Double, _ cell: PlannedCell, _ capacity: Capacity
  ) throws(RunnerError) -> RateSearchResult.Step {
    var trial = cell
    trial.load = cell.load.forPilot.paced(rate, as: capacity)
    let needed = Double(PercentileCapacity.operationsNeeded(goal.fraction))
    let seconds = min(Self.longest.seconds, max(1, 1.5 * needed / rate))
    trial.load.extent = .duration(Nanoseconds(Int64(seconds * 1e9)))
    trial.faults = []
    let analysed = try run(trial)
    let result = CellFigures(trial, [analysed]).result
    let main = WorkloadCatalog.entry(cell.load.workload)?.mainOperation.name
    let all = result.operations.filter { !OperationKind.namesOutsideLoad.contains($0.key) }
      .mapValues(\.response.withCensored).filter { $0.value.total > 0 }
    let histogram = main.flatMap { all[$0] } ?? HistogramCounts.merged(all.values)
    let isKnown = Double(histogram.total) >= needed / 2
    let found = isKnown ? histogram.percentile(goal.fraction) : nil
    let holds =
      !OpenLoop.isOverloaded(trial, analysed)
      && found.map { Int64(clamping: $0) <= goal.bound.rawValue } ?? false
    return RateSearchResult.Step(rate: rate, percentile: found, holds: holds)
  }

  /// Attempts at a measurement; one in which time jumped is of no use.
  private static let attempts = 3

  private func run(_ cell: PlannedCell) throws(RunnerError) -> AnalysedRepetition {
    for _ in 0..<Self.attempts {
      let analysed = try runOnce(cell)
      if analysed.outcome.jumps.isEmpty { return analysed }
    }
    throw RunnerError(
      .environment,
      "time jumped in each of \(Self.attempts) attempts to find a rate for \(cell.id): the harness "
        + "or the machine was stopped; try again on a machine that runs without stops")
  }

  private func runOnce(_ cell: PlannedCell) throws(RunnerError) -> AnalysedRepetition {
    let run = CellRun(
      cell: cell, index: index, repetition: 0, folder: folder, launcher: launcher, time: time,
      expectedSourceID: expectedSourceID, observes: false, limits: limits)
    defer {
      try? Folder.remove(run.historyFolder)
      try? Folder.remove(folder.data(cell: index, repetition: 0))
    }
    let outcome = try run.run()
    guard !outcome.wasInterrupted else { throw RunnerError(.interrupted, "interrupted") }
    return try CellAnalysis.analyse(outcome, historyFolder: run.historyFolder, judges: false)
  }
}
