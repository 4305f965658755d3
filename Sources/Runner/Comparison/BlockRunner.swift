import AssayModel
import Foundation
import Gate
import Glibc

/// Runs the blocks of the two sides of a comparison.
final class BlockRunner {
  let plan: VariantPlan
  private let blocks: FreshBlocks
  private var sides: [ComparisonSide: BlockSubject] = [:]

  /// Prepares both sides and builds their templates.
  ///
  /// - Throws: when a library or an executable is not what it should be, or the set-up fails.
  init(_ plan: VariantPlan, _ options: RunOptions, folder: RunFolder) throws(RunnerError) {
    self.plan = plan
    blocks = FreshBlocks(options, folder: folder)
    for side in ComparisonSide.allCases {
      guard let cell = plan.cells[side], let variant = plan.variants[side] else { continue }
      sides[side] = try makeSide(side, cell, variant, options)
    }
    for side in ComparisonSide.allCases {
      try blaming(side) { () throws(RunnerError) in _ = try blocks.template(of: subject(side)) }
    }
  }

  /// A program that was named for a side and never became a worker is a mistake of usage: what
  /// fails before its first worker was ready is its own fault.
  private func blaming<Value>(
    _ side: ComparisonSide, _ body: () throws(RunnerError) -> Value
  ) throws(RunnerError) -> Value {
    do throws(RunnerError) {
      return try body()
    } catch {
      guard error.code == .harness, let path = plan.variants[side]?.executable,
        library(of: side) == nil
      else { throw error }
      throw RunnerError(
        .input,
        "\(plan.names.name(of: side)): '\(path)' does not run as a worker, expected a build of "
          + "assay: \(error.message)")
    }
  }

  /// Where everything lies.
  var folder: RunFolder { blocks.folder }

  /// What the workers of a side said of their library; `nil` before its first block.
  func library(of side: ComparisonSide) -> WorkerReady? {
    sides[side].flatMap { blocks.library(of: $0.launcher) }
  }

  private func makeSide(
    _ side: ComparisonSide, _ cell: PlannedCell, _ variant: ComparisonVariant,
    _ options: RunOptions
  ) throws(RunnerError) -> BlockSubject {
    let own = "\(folder.path)/\(side.rawValue)"
    var library: LibraryFolder?
    var libraryFolder: String?
    if let path = variant.libraryPath ?? options.libraryPath {
      let other = try LibraryFolder(library: path)
      libraryFolder = try other.make(in: own)
      library = other
    }
    let executable = try variant.executable.map { path throws(RunnerError) in
      try SideExecutable.path(of: path, side: plan.names.name(of: side))
    }
    return BlockSubject(
      name: side.rawValue, cell: cell,
      launcher: WorkerLauncher(
        executable: executable ?? options.workerExecutable, logFolder: "\(folder.path)/workers",
        libraryFolder: libraryFolder),
      expectedSourceID: library?.sourceID)
  }

  private func subject(_ side: ComparisonSide) throws(RunnerError) -> BlockSubject {
    guard let subject = sides[side] else {
      throw RunnerError(.harness, "the comparison has no side \(side.rawValue)")
    }
    return subject
  }

  /// Runs one block of one side.
  ///
  /// - Parameter seed: what it draws from; the two blocks of a pair have the same one.
  /// - Throws: `interrupted` when the user did not wait for its end.
  func run(
    _ side: ComparisonSide, _ shape: BlockShape, seed: Seed
  ) throws(RunnerError) -> FreshBlocks.Block {
    try blaming(side) { () throws(RunnerError) in
      try blocks.run(subject(side), shape, seed: seed)
    }
  }

  /// Whether the blocks of a pair can run in turns: known after the first block of each side.
  func canTakeTurns(_ shape: BlockShape, of slice: Nanoseconds) -> Bool {
    blocks.canTakeTurns(sides.values.map { ($0, shape) }, of: slice)
  }

  /// Runs the two blocks of a pair in turns.
  ///
  /// - Parameters:
  ///   - slice: length of a turn.
  ///   - first: the side that has the first turn.
  func runInTurns(
    _ shape: BlockShape, of slice: Nanoseconds, seed: Seed, first: ComparisonSide
  ) throws(RunnerError) -> [ComparisonSide: FreshBlocks.Block] {
    let order = [first] + ComparisonSide.allCases.filter { $0 != first }
    var entries: [FreshBlocks.Entry] = []
    for side in order { entries.append((try subject(side), shape)) }
    var measured: [ComparisonSide: FreshBlocks.Block] = [:]
    for (side, result) in zip(order, try blocks.runInTurns(entries, of: slice, seed: seed)) {
      measured[side] = try result.get()
    }
    return measured
  }

  /// Says by what the sides are compared: sizes of files are looked at more closely for it.
  func compares(_ metrics: [Metric]) {
    blocks.watchesSizes = metrics.contains(where: \.isFileSize)
  }

  /// Removes what nobody needs after the comparison.
  func cleanUp() { blocks.cleanUp() }
}
