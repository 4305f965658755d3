import AssayModel
import Checkers
import Foundation
import Gate
import Platform
import Synchronization

/// Runs the blocks of a tuning: for each a fresh process on a fresh copy of one template.
final class CandidateBlocks {
  private let folder: RunFolder
  private let launcher: WorkerLauncher
  private let expectedSourceID: String?
  private let keepsEverything: Bool
  /// How long a candidate works before the next one does.
  private let slice: Nanoseconds
  private let time = SystemTime()
  private var templates: [String: String] = [:]
  private var blocks = 0
  private var blocksOf: [String: Int] = [:]
  /// What a worker said of the library.
  private(set) var library: WorkerReady?

  init(
    folder: RunFolder, launcher: WorkerLauncher, expectedSourceID: String?, keepsEverything: Bool,
    slice: Nanoseconds = RunOptions.usualSlice
  ) {
    self.slice = slice
    self.folder = folder
    self.launcher = launcher
    self.expectedSourceID = expectedSourceID
    self.keepsEverything = keepsEverything
  }

  /// A block with what it cost.
  struct Block {
    var measurement: BlockMeasurement
    /// Acknowledged operations by kind.
    var operations: [String: UInt64]
    /// Share of them that readers did; `nil` where there are no readers, or no writers.
    var readerShare: Double?
    /// From the first preparation to the last removal; in turns, its share of that.
    var elapsed: Nanoseconds
  }

  /// Of so many blocks of a candidate one is judged, the first among them.
  private static let judgedOneIn = 10
  /// Templates lie beside the blocks, whose index is 0.
  private static let templateIndex = 1

  /// Runs one block.
  ///
  /// - Parameter watchesDisk: whether the peak of all files together is looked for, as often as
  ///   can be, which costs a share of a processor.
  /// - Throws: `interrupted` when the user did not wait for its end; `input` when the settings
  ///   cannot be used.
  func run(
    _ cell: PlannedCell, _ shape: BlockShape, seed: Seed, watchesDisk: Bool = false
  ) throws(RunnerError) -> Block {
    let from = time.monotonicNow()
    let prepared = try prepare(cell, shape, seed: seed)
    defer { remove(prepared) }
    let watch = watchesDisk ? DiskWatch(database: prepared.run.databasePath) : nil
    defer { watch?.end() }
    let outcome = try prepared.run.run()
    var block = try block(of: prepared, outcome)
    if let watch {
      let known = block.measurement.resources["disk_bytes"] ?? 0
      block.measurement.resources["disk_bytes"] = max(known, watch.end())
    }
    block.elapsed = time.monotonicNow() - from
    return block
  }

  /// Whether blocks of this shape can run in turns.
  func canTakeTurns(_ cell: PlannedCell, _ shape: BlockShape) -> Bool {
    slice > .zero && library?.takesTurns == true
      && TurnedCells.canTakeTurns(shape.applied(to: cell, seed: cell.seed))
  }

  /// Runs a block of each of these in turns of a few milliseconds.
  ///
  /// - Returns: in the same order; a failure is of settings that cannot be used.
  func runInTurns(
    _ entries: [(cell: PlannedCell, shape: BlockShape)], seed: Seed
  ) throws(RunnerError) -> [Result<Block, RunnerError>] {
    let from = time.monotonicNow()
    let turns = try TurnedCells(
      path: "\(folder.path)/turns-\(blocks)",
      cells: entries.map { $0.shape.applied(to: $0.cell, seed: seed) }, slice: slice,
      number: blocks, time: time)
    var prepared: [Prepared] = []
    defer { for block in prepared { remove(block) } }
    for (side, entry) in entries.enumerated() {
      prepared.append(try prepare(entry.cell, entry.shape, seed: seed, seat: turns.seat(of: side)))
    }
    var results: [Result<Block, RunnerError>] = []
    for (block, outcome) in zip(prepared, try turns.run(prepared.map(\.run), first: 0)) {
      switch outcome {
      case .success(let outcome): results.append(.success(try self.block(of: block, outcome)))
      case .failure(let refusal): results.append(.failure(refusal))
      }
    }
    let share = Nanoseconds((time.monotonicNow() - from).rawValue / Int64(max(1, entries.count)))
    return results.map { result in
      result.map { block in
        var block = block
        block.elapsed = share
        return block
      }
    }
  }

  /// A block that is about to run.
  private struct Prepared {
    var number: Int
    var judges: Bool
    var run: CellRun
  }

  private func prepare(
    _ cell: PlannedCell, _ shape: BlockShape, seed: Seed, seat: TurnSeat? = nil
  ) throws(RunnerError) -> Prepared {
    let template = try template(of: cell)
    let number = blocks
    blocks += 1
    let judges = blocksOf[cell.id, default: 0] % Self.judgedOneIn == 0
    blocksOf[cell.id, default: 0] += 1
    let run = CellRun(
      cell: shape.applied(to: cell, seed: seed), index: 0, repetition: number, folder: folder,
      launcher: launcher, time: time, expectedSourceID: expectedSourceID ?? library?.sourceID,
      template: template, observes: judges, seat: seat)
    return Prepared(number: number, judges: judges, run: run)
  }

  private func block(
    of prepared: Prepared, _ outcome: CellOutcome
  ) throws(RunnerError) -> Block {
    guard !outcome.wasInterrupted else { throw RunnerError(.interrupted, "interrupted") }
    library = outcome.library
    let run = prepared.run
    let analysed = try CellAnalysis.analyse(
      outcome, historyFolder: run.historyFolder, judges: prepared.judges)
    let figures = BlockFigures(run.cell, analysed).block(databasePath: run.databasePath)
    var measurement = figures.measurement
    let written = measurement.counts.filter {
      $0.key.hasPrefix("vfs.write.") && $0.key.hasSuffix(".bytes")
    }
    if !measurement.counts.isEmpty {
      measurement.resources["bytes_written"] = written.values.reduce(0, +)
    }
    return Block(
      measurement: measurement, operations: figures.operations,
      readerShare: figures.readerShare, elapsed: .zero)
  }

  /// One template, or several where the files themselves must differ, as with other page sizes.
  private func template(of cell: PlannedCell) throws(RunnerError) -> String? {
    let key = SetUpWorker.formatPragmas(of: cell).map { "\($0.name)=\($0.value)" }.sorted()
      .joined(separator: ",")
    if let known = templates[key] { return known }
    let run = CellRun(
      cell: cell, index: Self.templateIndex, repetition: templates.count, folder: folder,
      launcher: launcher, time: time, expectedSourceID: expectedSourceID)
    try run.prepareDatabase()
    templates[key] = run.databasePath
    return run.databasePath
  }

  private func remove(_ prepared: Prepared) {
    guard !keepsEverything else { return }
    try? Folder.remove(prepared.run.historyFolder)
    try? Folder.remove(folder.data(cell: 0, repetition: prepared.number))
  }

  /// Removes what nobody needs after the tuning.
  func cleanUp() {
    guard !keepsEverything else { return }
    for name in ["workers", "histories"] { try? Folder.remove("\(folder.path)/\(name)") }
    try? Folder.remove(folder.dataPath)
  }
}

/// Looks for the most bytes that a database and the files beside it take together.
private final class DiskWatch: Sendable {
  private struct State {
    var peak: UInt64 = 0
    var isOver = false
  }

  private let state = Mutex(State())

  init(database: String) {
    let paths = ["", "-wal", "-journal", "-shm"].map { database + $0 }
    Thread.detachNewThread { [self] in
      while !look(paths) { Thread.sleep(forTimeInterval: 0.001) }
    }
  }

  /// Adds the lengths up; returns whether it was the last time.
  private func look(_ paths: [String]) -> Bool {
    let sum = paths.reduce(UInt64(0)) { sum, path in
      sum + UInt64(max(0, (try? ByteFile.size(of: path)) ?? 0))
    }
    return state.withLock { state in
      state.peak = max(state.peak, sum)
      return state.isOver
    }
  }

  /// Ends it; returns the most that was seen.
  @discardableResult
  func end() -> UInt64 {
    state.withLock { state in
      state.isOver = true
      return state.peak
    }
  }
}
