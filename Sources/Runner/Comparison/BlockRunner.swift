import AssayModel
import Checkers
import Foundation
import Glibc
import Platform

/// Runs the blocks of a comparison: for each a fresh process on a fresh copy of one template.
///
/// Everything of a cell's life is `CellRun`'s: workers, supervision, reading what is left. What a
/// block leaves is measured, judged and removed before the next one begins.
final class BlockRunner {
  let plan: VariantPlan
  let folder: RunFolder
  private let time = SystemTime()
  private let keepsEverything: Bool
  /// How long a side works before the other one does; zero for whole blocks one after the other.
  private let slice: Nanoseconds
  private var sides: [ComparisonSide: Side] = [:]
  private var blocks = 0

  /// What the workers of a side need.
  private struct Side {
    var cell: PlannedCell
    var launcher: WorkerLauncher
    var expectedSourceID: String?
    var template: String?
    /// Blocks so far.
    var blocks = 0
    /// What its workers said of their library.
    var library: WorkerReady?
  }

  /// Prepares both sides and builds their templates.
  ///
  /// - Throws: when a library or an executable is not what it should be, or the set-up fails.
  init(_ plan: VariantPlan, _ options: RunOptions, folder: RunFolder) throws(RunnerError) {
    self.plan = plan
    self.folder = folder
    keepsEverything = options.keepsEverything
    slice = options.slice
    for side in ComparisonSide.allCases {
      guard let cell = plan.cells[side], let variant = plan.variants[side] else { continue }
      sides[side] = try makeSide(side, cell, variant, options)
    }
    try buildTemplates()
  }

  /// What the workers of a side said of their library; `nil` before its first block.
  func library(of side: ComparisonSide) -> WorkerReady? { sides[side]?.library }

  // MARK: Preparation

  private func makeSide(
    _ side: ComparisonSide, _ cell: PlannedCell, _ variant: ComparisonVariant,
    _ options: RunOptions
  ) throws(RunnerError) -> Side {
    let own = "\(folder.path)/\(side.rawValue)"
    var library: LibraryFolder?
    var libraryFolder: String?
    if let path = variant.libraryPath ?? options.libraryPath {
      let other = try LibraryFolder(library: path)
      libraryFolder = try other.make(in: own)
      library = other
    }
    if let executable = variant.executable, unsafe access(executable, X_OK) != 0 {
      throw RunnerError(
        .environment, "\(side.letter): '\(executable)' is no program that can be run")
    }
    let executable = variant.executable.map {
      URL(fileURLWithPath: $0).standardizedFileURL.path
    }
    return Side(
      cell: cell,
      launcher: WorkerLauncher(
        executable: executable ?? options.workerExecutable, logFolder: "\(folder.path)/workers",
        libraryFolder: libraryFolder),
      expectedSourceID: library?.sourceID)
  }

  /// One template, or two where the files themselves must differ, as with another page size.
  private func buildTemplates() throws(RunnerError) {
    var made: [String: String] = [:]
    for side in ComparisonSide.allCases {
      guard let cell = sides[side]?.cell, !cell.storage.isInMemory else { continue }
      let key = Self.templateKey(cell)
      if made[key] == nil { made[key] = try buildTemplate(side, number: made.count) }
      sides[side]?.template = made[key]
    }
  }

  /// What decides the bytes of a database before the first block.
  private static func templateKey(_ cell: PlannedCell) -> String {
    SetUpWorker.formatPragmas(of: cell).map { "\($0.name)=\($0.value)" }.sorted()
      .joined(separator: ",")
  }

  private func buildTemplate(
    _ side: ComparisonSide, number: Int
  ) throws(RunnerError) -> String? {
    guard let side = sides[side] else { return nil }
    let run = CellRun(
      cell: side.cell, index: Self.templateIndex, repetition: number, folder: folder,
      launcher: side.launcher, time: time, expectedSourceID: side.expectedSourceID)
    try run.prepareDatabase()
    return run.databasePath
  }

  /// Of so many blocks of a side one is judged, the first among them. Reading the whole database
  /// after each of them would take a fifth of the time, and what is wrong with a side is wrong in
  /// all its blocks.
  private static let judgedOneIn = 10

  /// Templates lie beside the blocks, whose index is 0.
  private static let templateIndex = 1

  // MARK: Blocks

  /// What a block is apart from its measurement.
  struct Block {
    var measurement: BlockMeasurement
    /// From the first preparation to the last removal.
    var elapsed: Nanoseconds
    /// Acknowledged operations by kind.
    var operations: [String: UInt64]
    /// Share of them that readers did; `nil` where there are no readers, or no writers.
    var readerShare: Double?
  }

  /// Runs one block of one side.
  ///
  /// - Parameter seed: what it draws from; the two blocks of a pair have the same one.
  /// - Throws: `interrupted` when the user did not wait for its end.
  func run(
    _ side: ComparisonSide, _ shape: BlockShape, seed: Seed
  ) throws(RunnerError) -> Block {
    let from = time.monotonicNow()
    // The same of both, whatever a block before this one left to be written.
    let readings = MachineReadings(folder: folder.dataPath, time: time)
    let prepared = try prepare(side, shape, seed: seed)
    defer { remove(prepared) }
    let outcome = try prepared.run.run()
    return try block(of: prepared, outcome, readings.finish(), since: from)
  }

  /// Whether the blocks of a pair can run in turns: known after the first block of each side.
  func canTakeTurns(_ shape: BlockShape) -> Bool {
    slice > .zero
      && ComparisonSide.allCases.allSatisfy { side in
        guard let own = sides[side], own.library?.takesTurns == true else { return false }
        return TurnedCells.canTakeTurns(shape.applied(to: own.cell, seed: own.cell.seed))
      }
  }

  /// Runs the two blocks of a pair in turns of a few milliseconds.
  ///
  /// - Parameter first: the side that has the first turn.
  func runInTurns(
    _ shape: BlockShape, seed: Seed, first: ComparisonSide
  ) throws(RunnerError) -> [ComparisonSide: Block] {
    let from = time.monotonicNow()
    let readings = MachineReadings(folder: folder.dataPath, time: time)
    let order = [first] + ComparisonSide.allCases.filter { $0 != first }
    let turns = try TurnedCells(
      path: "\(folder.path)/turns-\(blocks)",
      cells: order.compactMap { sides[$0]?.cell }.map { shape.applied(to: $0, seed: seed) },
      slice: slice, number: blocks / order.count, time: time)
    var prepared: [Prepared] = []
    defer { for block in prepared { remove(block) } }
    for (place, side) in order.enumerated() {
      prepared.append(try prepare(side, shape, seed: seed, seat: turns.seat(of: place)))
    }
    let outcomes = try turns.run(prepared.map(\.run), first: 0)
    let environment = readings.finish()
    var blocks: [ComparisonSide: Block] = [:]
    for (block, outcome) in zip(prepared, outcomes) {
      blocks[block.side] = try self.block(of: block, outcome.get(), environment, since: from)
    }
    return blocks
  }

  /// A block that is about to run.
  private struct Prepared {
    var side: ComparisonSide
    var number: Int
    var judges: Bool
    var run: CellRun
  }

  private func prepare(
    _ side: ComparisonSide, _ shape: BlockShape, seed: Seed, seat: TurnSeat? = nil
  ) throws(RunnerError) -> Prepared {
    guard let own = sides[side] else {
      throw RunnerError(.harness, "the comparison has no side \(side.rawValue)")
    }
    let number = blocks
    blocks += 1
    let judges = own.blocks % Self.judgedOneIn == 0
    sides[side]?.blocks += 1
    let run = CellRun(
      cell: shape.applied(to: own.cell, seed: seed), index: 0, repetition: number, folder: folder,
      launcher: own.launcher, time: time,
      expectedSourceID: own.expectedSourceID ?? own.library?.sourceID, template: own.template,
      observes: judges, seat: seat)
    return Prepared(side: side, number: number, judges: judges, run: run)
  }

  private func block(
    of prepared: Prepared, _ outcome: CellOutcome, _ environment: BlockEnvironment,
    since from: MonotonicTime
  ) throws(RunnerError) -> Block {
    guard !outcome.wasInterrupted else { throw RunnerError(.interrupted, "interrupted") }
    sides[prepared.side]?.library = outcome.library
    let run = prepared.run
    let analysed = try CellAnalysis.analyse(
      outcome, historyFolder: run.historyFolder, judges: prepared.judges)
    var block = BlockFigures(run.cell, analysed).block(databasePath: run.databasePath)
    block.measurement.environment = environment
    block.elapsed = time.monotonicNow() - from
    return block
  }

  private func remove(_ prepared: Prepared) {
    guard !keepsEverything else { return }
    try? Folder.remove(prepared.run.historyFolder)
    try? Folder.remove(folder.data(cell: 0, repetition: prepared.number))
  }

  /// Removes what nobody needs after the comparison.
  func cleanUp() {
    guard !keepsEverything else { return }
    for name in ["workers", "histories"] { try? Folder.remove("\(folder.path)/\(name)") }
    try? Folder.remove(folder.dataPath)
  }
}
