import AssayModel

/// Runs the blocks of a tuning's candidates, all with the same workers.
struct CandidateBlocks {
  let blocks: FreshBlocks
  let launcher: WorkerLauncher
  let expectedSourceID: String?

  /// What a worker said of the library; `nil` before the first block.
  var library: WorkerReady? { blocks.library(of: launcher) }

  private func subject(_ cell: PlannedCell) -> BlockSubject {
    BlockSubject(
      name: cell.id, cell: cell, launcher: launcher, expectedSourceID: expectedSourceID)
  }

  /// The quiet database that all blocks of a cell begin with; `nil` in memory.
  func template(of cell: PlannedCell) throws(RunnerError) -> String? {
    try blocks.template(of: subject(cell))
  }

  /// Runs one block; see `FreshBlocks.run`.
  func run(
    _ cell: PlannedCell, _ shape: BlockShape, seed: Seed, watchesSizes: Bool = false
  ) throws(RunnerError) -> FreshBlocks.Block {
    try blocks.run(subject(cell), shape, seed: seed, watchesSizes: watchesSizes)
  }

  /// Whether blocks of this shape can run in turns.
  func canTakeTurns(_ cell: PlannedCell, _ shape: BlockShape, of slice: Nanoseconds) -> Bool {
    blocks.canTakeTurns([(subject(cell), shape)], of: slice)
  }

  /// Runs a block of each of these in turns.
  ///
  /// - Returns: in the same order; a failure is of settings that cannot be used.
  func runInTurns(
    _ entries: [(cell: PlannedCell, shape: BlockShape)], of slice: Nanoseconds, seed: Seed
  ) throws(RunnerError) -> [Result<FreshBlocks.Block, RunnerError>] {
    try blocks.runInTurns(entries.map { (subject($0.cell), $0.shape) }, of: slice, seed: seed)
  }
}
