public import AssayModel
import Checkers
import Glibc
import Platform
import Reports
import SQLiteDriver

/// Runs a plan in the real world, from the first cell to `result.json`.
public final class ScenarioRun {
  let plan: Plan
  /// The plan's cells with every rate as it is run.
  private var cells: [PlannedCell]
  let options: RunOptions
  let time = SystemTime()
  /// Other runs on the machine; `nil` before this one has begun.
  private var otherRuns: OtherRuns?
  /// Cells of the simulated world that the user interrupted.
  var cutShort: Set<Int> = []
  private var repetitions: [[AnalysedRepetition]]
  var library: WorkerReady?
  var otherLibrary: LibraryFolder?
  /// What was explored of each cell of the simulated world.
  var explored: [Int: ExploredCell] = [:]
  var findingPaths: [Int: [String]] = [:]
  private var incidentPaths: [Int: [String]] = [:]
  private var incidentCount = 0
  /// How the rates of cells were found.
  private var searches: [Int: RateSearchResult] = [:]

  /// - Throws: an input error when this version can't run the plan.
  public init(_ plan: Plan, _ options: RunOptions) throws(RunnerError) {
    try Capabilities.verify(plan)
    try ScenarioVerification.verify(plan, compiles: options.libraryPath == nil)
    self.plan = plan
    cells = plan.cells
    self.options = options
    repetitions = Array(repeating: [], count: plan.cells.count)
  }

  /// A finished run.
  public struct Finished: Sendable {
    /// What was found.
    public var result: RunResult
    /// Path of the run's folder.
    public var folder: String
  }

  /// Runs every repetition of every cell, judges, and writes the result.
  public func run() throws(RunnerError) -> Finished {
    Interruption.install()
    otherLibrary = try options.libraryPath.map { (path) throws(RunnerError) in
      try LibraryFolder(library: path)
    }
    let otherRuns = OtherRuns(scenario: plan.scenario.name, time: time, notice: options.notice)
    self.otherRuns = otherRuns
    defer { self.otherRuns = nil }
    let started = time.wallNow()
    let from = time.monotonicNow()
    let folder = try RunFolder(
      results: options.resultsFolder, scenario: plan.scenario.name,
      run: RunFolder.newRunID(now: started, seed: plan.seed), data: options.dataFolder)
    do {
      if plan.scenario.world == .simulated {
        try exploreCells(folder)
      } else {
        try runCells(folder)
      }
    } catch {
      // Nothing was wrong with the harness: there is nothing to look at.
      let isRefusal = [.input, .environment].contains(error.code)
      if isRefusal, repetitions.allSatisfy(\.isEmpty), explored.isEmpty, !options.keepsEverything {
        folder.remove()
      }
      throw error
    }
    let result = try makeResult(
      folder, run: folder.run, started: started, elapsed: time.monotonicNow() - from)
    try write(result, folder)
    cleanUp(folder, result)
    return Finished(result: result, folder: folder.path)
  }

  // MARK: Running

  /// Cells are interleaved: all of them once, then all of them again, each time beginning with
  /// another one, so that a drift of the machine hits none of them alone.
  private func runCells(_ folder: RunFolder) throws(RunnerError) {
    let launcher = WorkerLauncher(
      executable: options.workerExecutable, logFolder: "\(folder.path)/workers",
      libraryFolder: try otherLibrary?.make(in: folder.path))
    do {
      try resolveRates(folder, launcher)
    } catch {
      if error.code == .interrupted { return }
      throw error
    }
    let total = plan.cells.count * plan.scenario.repetitions
    var done = 0
    var clock = RunClock(
      planned: (0..<plan.scenario.repetitions).flatMap { repetition in
        cells.indices.map { RunClock.planned(cells[($0 + repetition) % cells.count]) }
      })
    for repetition in 0..<plan.scenario.repetitions {
      for offset in plan.cells.indices {
        guard !Interruption.isRequested else { return }
        let index = (offset + repetition) % plan.cells.count
        done += 1
        // Another repetition would end as this one did.
        if repetitions[index].contains(where: { $0.outcome.endedEarly != nil }) { continue }
        let place = place(of: index, number: done, total: total)
        options.progress(place.text)
        let from = time.monotonicNow()
        try runCell(index, repetition, folder, launcher) { cellRun in
          cellRun.onLook = self.onLook(place, clock)
        }
        clock?.finish(taking: time.monotonicNow() - from)
      }
    }
  }

  /// Finds the capacity of the first cell whose rate is a share of it, and gives all such cells
  /// rates of that one capacity: what they are asked for is the same. A highest rate is each cell's
  /// own.
  private func resolveRates(
    _ folder: RunFolder, _ launcher: WorkerLauncher
  ) throws(RunnerError) {
    let pilot = RatePilot(
      folder: folder, launcher: launcher, time: time, expectedSourceID: otherLibrary?.sourceID,
      index: cells.count, limits: options.limits)
    if let first = cells.first(where: { $0.load.needsCapacity }) {
      options.progress("\(plan.scenario.name): finding the capacity of \(first.id)")
      let capacity = try pilot.capacity(of: first)
      for index in cells.indices {
        cells[index].load = cells[index].load.resolved(capacity: capacity)
      }
    }
    for index in cells.indices {
      guard case .highest(let goal) = cells[index].load.rate else { continue }
      let name = "\(plan.scenario.name), \(cells[index].id)"
      let found = try pilot.search(goal, of: cells[index]) { options.progress("\(name): \($0)") }
      cells[index].load = found.load
      searches[index] = found.result
    }
  }

  private func runCell(
    _ index: Int, _ repetition: Int, _ folder: RunFolder, _ launcher: WorkerLauncher,
    prepare: (CellRun) -> Void
  ) throws(RunnerError) {
    let cellRun = CellRun(
      cell: cells[index], index: index, repetition: repetition, folder: folder,
      launcher: launcher, time: time, expectedSourceID: otherLibrary?.sourceID ?? library?.sourceID,
      limits: options.limits, watch: makeWatch())
    prepare(cellRun)
    let outcome: CellOutcome
    do {
      outcome = try cellRun.run()
    } catch {
      if error.code == .interrupted { return }
      throw error
    }
    library = outcome.library
    for incident in outcome.incidents { try write(incident, cell: index, folder) }
    let from = time.monotonicNow()
    var analysed = try CellAnalysis.analyse(outcome, historyFolder: cellRun.historyFolder)
    analysed.elapsed = time.monotonicNow() - from
    repetitions[index].append(analysed)
    // A history that cannot be packed stays longer than it need be, and is as good.
    try? Packing.pack(folder: cellRun.historyFolder)
    if !options.keepsEverything, analysed.checks.allSatisfy({ $0.status != .violated }) {
      try? Folder.remove(folder.data(cell: index, repetition: repetition))
    }
  }

  /// What notices jumps of time while a cell runs, and other runs.
  private func makeWatch() -> TimeWatch {
    TimeWatch(time, limit: options.limits.jump) { [otherRuns] in otherRuns?.lookAgain() }
  }

  // MARK: Judging

  private func makeResult(
    _ folder: RunFolder, run: String, started: WallTime, elapsed: Nanoseconds
  ) throws(RunnerError) -> RunResult {
    let isSimulated = plan.scenario.world == .simulated
    let finished = plan.cells.indices.filter {
      isSimulated ? explored[$0] != nil : !repetitions[$0].isEmpty
    }
    var figures = finished.map { index in
      isSimulated
        ? exploredResult(index) : CellFigures(cells[index], repetitions[index]).result
    }
    let version = LibraryVersion(number: library?.libraryNumber ?? SQLiteLibrary.versionNumber)
    for (position, index) in finished.enumerated() {
      figures[position].openLoop?.search = searches[index]
      let checks =
        explored[index]?.checks
        ?? CheckResult.merged(repetitions: repetitions[index].map(\.checks))
      figures[position].verdicts = Judgement.verdicts(
        of: plan.cells[index], checks: checks, figures: figures, library: version)
      figures[position].incidents = incidentPaths[index] ?? []
    }
    let exitCode = ExitCode.of(
      verdicts: figures.flatMap(\.verdicts), incidents: incidentCount,
      timeJumped: figures.contains { $0.timeJumps != nil },
      wasInterrupted: Interruption.isRequested)
    var environment = RunEnvironment.current(dataPath: folder.dataPath, library: library)
    otherRuns?.lookAgain()
    environment.otherRuns = otherRuns?.found
    var result = RunResult(
      scenario: plan.scenario.name, question: plan.scenario.question, world: plan.scenario.world,
      planDigest: try Digests.plan(plan), workloadDigest: try Digests.workload(plan),
      seed: plan.seed, run: run, started: started, elapsed: elapsed,
      environment: environment,
      cells: figures, outcome: exitCode.outcome, finding: "",
      exitCode: exitCode.rawValue)
    result.plannedCells = plan.cells.count
    result.plannedRepetitions = plan.scenario.repetitions
    result.show = plan.scenario.show
    result.finding = Headline.text(result)
    return result
  }

  // MARK: Writing

  private func write(_ result: RunResult, _ folder: RunFolder) throws(RunnerError) {
    let text: String
    do {
      text = try ResultJSON.encode(result)
    } catch {
      throw RunnerError(.harness, "the result cannot be encoded: \(error)")
    }
    try writeFile("\(folder.path)/result.json", [UInt8](text.utf8))
  }

  func write(
    _ incident: Incident, cell: Int, _ folder: RunFolder
  ) throws(RunnerError) {
    incidentCount += 1
    let name = "incidents/incident-\(incidentCount).json"
    incidentPaths[cell, default: []].append(name)
    do {
      try Folder.create("\(folder.path)/incidents")
    } catch {
      throw RunnerError(.harness, "an incident cannot be written: \(error)")
    }
    try writeFile("\(folder.path)/\(name)", try ResultFile.encode(incident))
  }

  /// Writes aside and renames: a reader sees the whole file or none.
  func writeFile(_ path: String, _ bytes: [UInt8]) throws(RunnerError) {
    do {
      try ByteFile.replace(path, with: bytes)
    } catch {
      throw RunnerError(.harness, "'\(path)' cannot be written: \(error)")
    }
  }

  /// Removes what nobody needs any more; failures are left lying, the result is safe.
  private func cleanUp(_ folder: RunFolder, _ result: RunResult) {
    guard !options.keepsEverything else { return }
    try? Folder.remove("\(folder.path)/workers")
    // Fails where a violated cell has left its database, which people will want to look at.
    _ = unsafe rmdir(folder.dataPath)
  }
}

/// Assay's own version.
public enum AssayVersion {
  /// As `--version` prints it.
  public static let text = "0.1.0"
}
