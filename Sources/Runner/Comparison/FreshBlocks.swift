import AssayModel
import Checkers
import Gate
import Platform

/// Runs blocks: each in fresh processes on a fresh copy of a template.
///
/// Everything of a cell's life is `CellRun`'s: workers, supervision, reading what is left. What a
/// block leaves is measured, judged and removed before the next one begins.
final class FreshBlocks {
  let folder: RunFolder
  private let time = SystemTime()
  private let keepsEverything: Bool
  /// Whether something depends on how large files get, which is then looked at as often as can be.
  var watchesSizes = false
  private let limits: SupervisionLimits
  private let notice: (String) -> Void
  private let otherRuns: OtherRuns
  private var templates: [String: String] = [:]
  private var libraries: [WorkerLauncher: WorkerReady] = [:]
  /// Blocks so far, by the name of their subject.
  private var counts: [String: Int] = [:]
  private var count = 0

  init(_ options: RunOptions, folder: RunFolder) {
    self.folder = folder
    keepsEverything = options.keepsEverything
    limits = options.limits
    notice = options.notice
    otherRuns = OtherRuns(scenario: folder.scenario, time: time, notice: options.notice)
  }

  /// A block with what it cost.
  struct Block {
    var measurement: BlockMeasurement
    /// From the first preparation to the last removal; in turns, its share of that.
    var elapsed: Nanoseconds
    /// Acknowledged operations by kind.
    var operations: [String: UInt64]
    /// Share of them that readers did; `nil` where there are no readers, or no writers.
    var readerShare: Double?
    /// Jumps of time while it ran.
    var jumps: [TimeJump] = []
    /// How long its operations outlast a turn.
    var residual: TurnLength.Evidence
  }

  /// Blocks that run together: one of each subject.
  typealias Entry = (subject: BlockSubject, shape: BlockShape)

  /// What workers said of their library; `nil` before their first block.
  func library(of launcher: WorkerLauncher) -> WorkerReady? { libraries[launcher] }

  // MARK: Blocks

  /// Runs one block.
  ///
  /// - Parameters:
  ///   - seed: what it draws from.
  ///   - watchesSizes: whether this block's sizes matter, as if `watchesSizes` were set.
  /// - Throws: `interrupted` when the user did not wait for its end; `input` when the settings
  ///   cannot be used.
  func run(
    _ subject: BlockSubject, _ shape: BlockShape, seed: Seed, watchesSizes: Bool = false
  ) throws(RunnerError) -> Block {
    try withoutJumps({ [$0] }) { () throws(RunnerError) in
      try runOnce(subject, shape, seed: seed, watchesSizes: watchesSizes)
    }
  }

  private func runOnce(
    _ subject: BlockSubject, _ shape: BlockShape, seed: Seed, watchesSizes: Bool
  ) throws(RunnerError) -> Block {
    let from = time.monotonicNow()
    // The same before each, whatever a block before this one left to be written.
    let readings = MachineReadings(folder: folder.dataPath, time: time)
    let prepared = try prepare((subject, shape), seed: seed)
    defer { remove(prepared) }
    if watchesSizes { prepared.run.sizeInterval = SizeWatch.close }
    let outcome = try prepared.run.run()
    var block = try block(of: prepared, outcome, readings.finish())
    block.elapsed = time.monotonicNow() - from
    return block
  }

  /// Whether blocks can run in turns of such a length: known after the first block of their
  /// workers.
  func canTakeTurns(_ entries: [Entry], of slice: Nanoseconds) -> Bool {
    slice > .zero
      && entries.allSatisfy { subject, shape in
        libraries[subject.launcher]?.takesTurns == true
          && TurnedCells.canTakeTurns(shape.applied(to: subject.cell, seed: subject.cell.seed))
      }
  }

  /// Runs a block of each of these in turns, the first one first.
  ///
  /// - Returns: in the same order; a failure is of settings that cannot be used.
  func runInTurns(
    _ entries: [Entry], of slice: Nanoseconds, seed: Seed
  ) throws(RunnerError) -> [Result<Block, RunnerError>] {
    try withoutJumps({ $0.compactMap { try? $0.get() } }) { () throws(RunnerError) in
      try runInTurnsOnce(entries, of: slice, seed: seed)
    }
  }

  private func runInTurnsOnce(
    _ entries: [Entry], of slice: Nanoseconds, seed: Seed
  ) throws(RunnerError) -> [Result<Block, RunnerError>] {
    let from = time.monotonicNow()
    let readings = MachineReadings(folder: folder.dataPath, time: time)
    let turns = try TurnedCells(
      path: "\(folder.path)/turns-\(count)",
      cells: entries.map { $0.shape.applied(to: $0.subject.cell, seed: seed) }, slice: slice,
      number: count / entries.count, time: time)
    var prepared: [Prepared] = []
    defer { for block in prepared { remove(block) } }
    for (place, entry) in entries.enumerated() {
      prepared.append(try prepare(entry, seed: seed, seat: turns.seat(of: place)))
    }
    let outcomes = try turns.run(prepared.map(\.run), first: 0)
    let environment = readings.finish()
    var results: [Result<Block, RunnerError>] = []
    for (block, outcome) in zip(prepared, outcomes) {
      switch outcome {
      case .success(let outcome):
        results.append(.success(try self.block(of: block, outcome, environment)))
      case .failure(let refusal): results.append(.failure(refusal))
      }
    }
    return shared(results, time.monotonicNow() - from)
  }

  /// Attempts at a block; one in which time jumped measures the jump.
  private static let attempts = 3

  /// Runs blocks until time does not jump in them. What a block shows about correctness counts
  /// whatever time did.
  private func withoutJumps<Outcome>(
    _ blocks: (Outcome) -> [Block], _ run: () throws(RunnerError) -> Outcome
  ) throws(RunnerError) -> Outcome {
    for _ in 0..<Self.attempts {
      let outcome = try run()
      let all = blocks(outcome)
      guard let jump = all.flatMap(\.jumps).first,
        all.allSatisfy(\.measurement.violations.isEmpty)
      else { return outcome }
      notice("time jumped by \(jump.length.seconds) s while a block ran: it is run again")
    }
    throw RunnerError(
      .environment,
      "time jumped in each of \(Self.attempts) attempts at a block: the harness or the machine was "
        + "stopped; try again on a machine that runs without stops")
  }

  /// Shares evenly among blocks what all of them took together.
  private func shared(
    _ results: [Result<Block, RunnerError>], _ elapsed: Nanoseconds
  ) -> [Result<Block, RunnerError>] {
    let share = Nanoseconds(elapsed.rawValue / Int64(max(1, results.count)))
    return results.map { result in
      result.map { block in
        var block = block
        block.elapsed = share
        return block
      }
    }
  }

  // MARK: A block's life

  /// Of so many blocks of a subject one is judged, the first among them. Reading the whole database
  /// after each of them would take a fifth of the time, and what is wrong with a subject is wrong
  /// in all its blocks.
  private static let judgedOneIn = 10

  /// A block that is about to run.
  private struct Prepared {
    var launcher: WorkerLauncher
    var number: Int
    var judges: Bool
    var run: CellRun
  }

  private func prepare(
    _ entry: Entry, seed: Seed, seat: TurnSeat? = nil
  ) throws(RunnerError) -> Prepared {
    let subject = entry.subject
    let template = try template(of: subject)
    let number = count
    count += 1
    let judges = counts[subject.name, default: 0] % Self.judgedOneIn == 0
    counts[subject.name, default: 0] += 1
    let run = CellRun(
      cell: entry.shape.applied(to: subject.cell, seed: seed), index: 0, repetition: number,
      folder: folder, launcher: subject.launcher, time: time,
      expectedSourceID: subject.expectedSourceID ?? libraries[subject.launcher]?.sourceID,
      template: template, observes: judges, seat: seat, limits: limits,
      watch: TimeWatch(time, limit: limits.jump) { [otherRuns] in otherRuns.lookAgain() })
    if watchesSizes { run.sizeInterval = SizeWatch.close }
    return Prepared(launcher: subject.launcher, number: number, judges: judges, run: run)
  }

  private func block(
    of prepared: Prepared, _ outcome: CellOutcome, _ environment: BlockEnvironment
  ) throws(RunnerError) -> Block {
    guard !outcome.wasInterrupted else { throw RunnerError(.interrupted, "interrupted") }
    libraries[prepared.launcher] = outcome.library
    let run = prepared.run
    let analysed = try CellAnalysis.analyse(
      outcome, historyFolder: run.historyFolder, judges: prepared.judges)
    var block = BlockFigures(run.cell, analysed).block()
    block.measurement.environment = environment
    block.jumps = outcome.jumps
    return block
  }

  private func remove(_ prepared: Prepared) {
    guard !keepsEverything else { return }
    try? Folder.remove(prepared.run.historyFolder)
    try? Folder.remove(folder.data(cell: 0, repetition: prepared.number))
  }

  // MARK: Templates

  /// Templates lie beside the blocks, whose index is 0.
  private static let templateIndex = 1

  /// The quiet database that all blocks of a subject begin with; `nil` in memory.
  ///
  /// Subjects share one, but where the files themselves must differ, as with another page size.
  func template(of subject: BlockSubject) throws(RunnerError) -> String? {
    guard !subject.cell.storage.isInMemory else { return nil }
    let key = SetUpWorker.formatPragmas(of: subject.cell).map { "\($0.name)=\($0.value)" }
      .sorted().joined(separator: ",")
    if let known = templates[key] { return known }
    let run = CellRun(
      cell: subject.cell, index: Self.templateIndex, repetition: templates.count, folder: folder,
      launcher: subject.launcher, time: time, expectedSourceID: subject.expectedSourceID)
    try run.prepareDatabase()
    templates[key] = run.databasePath
    return run.databasePath
  }

  /// Removes what nobody needs after the last block.
  func cleanUp() {
    guard !keepsEverything else { return }
    for name in ["workers", "histories"] { try? Folder.remove("\(folder.path)/\(name)") }
    try? Folder.remove(folder.dataPath)
  }
}
