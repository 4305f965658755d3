import AssayModel
import Foundation
import Glibc
import Platform

/// Runs cells side by side in turns of a few milliseconds, so that all of them meet the same
/// machine: at any time one of them works and the others stand.
///
/// Everything else of a cell's life is `CellRun`'s. All of it happens on the calling thread.
struct TurnedCells {
  private let turns: SharedTurns
  private let path: String
  private let processor: Int?
  private let time: any TimeSource

  /// Makes the file of the turns.
  ///
  /// - Parameters:
  ///   - path: must not exist.
  ///   - cells: by side; all end after a duration.
  ///   - number: of the cells that are run in turns, so that processors take turns as well.
  init(
    path: String, cells: [PlannedCell], slice: Nanoseconds, number: Int, time: any TimeSource
  ) throws(RunnerError) {
    self.path = path
    self.time = time
    let actors = cells.map { $0.load.processes * ($0.load.writers + $0.load.readers) }
    // Of several actors all processors are; a single one would stay on whichever was free first,
    // which is another one for each side.
    let isAlone = actors.allSatisfy { $0 == 1 }
    processor = isAlone ? number % max(1, ProcessInfo.processInfo.activeProcessorCount) : nil
    do {
      turns = try SharedTurns(creating: path, actors: actors, slice: slice)
    } catch {
      throw RunnerError(.harness, "the file of the turns cannot be made: \(error)")
    }
  }

  /// The place of a side's processes.
  func seat(of side: Int) -> TurnSeat { TurnSeat(path: path, side: side, processor: processor) }

  /// Whether a cell can work in turns: it ends with its time, nothing happens to it from outside,
  /// and nothing in it is measured by the machine's clock.
  static func canTakeTurns(_ cell: PlannedCell) -> Bool {
    guard case .duration = cell.load.extent else { return false }
    return cell.faults.isEmpty && cell.probe != .times
      && cell.load.writers + cell.load.readers > 0
  }

  /// Runs all of them, from set-up to observation. A side that cannot start is left out.
  ///
  /// - Parameters:
  ///   - runs: by side, each with its seat.
  ///   - first: the side that has the first turn.
  /// - Throws: what concerns more than one side, such as an interruption.
  func run(
    _ runs: [CellRun], first: Int
  ) throws(RunnerError) -> [Result<CellOutcome, RunnerError>] {
    defer { _ = unsafe unlink(path) }
    // A stop strikes in the wait of one of them, and concerns all.
    if let watch = runs.first?.watch { for run in runs { run.watch = watch } }
    var refusals: [Int: RunnerError] = [:]
    for (side, run) in runs.enumerated() {
      refusals[side] = try Self.refusal(of: run) { run throws(RunnerError) in
        try run.prepareDatabase()
        try run.launchAll()
      }
    }
    for (side, run) in runs.enumerated() where refusals[side] == nil {
      refusals[side] = try Self.refusal(of: run) { run throws(RunnerError) in
        try run.awaitReadiness()
      }
    }
    for side in refusals.keys { turns.abandon(side) }
    let present = runs.indices.filter { refusals[$0] == nil }
    guard let fallback = present.first else {
      return runs.indices.compactMap { refusals[$0] }.map { .failure($0) }
    }
    let length = Nanoseconds(present.reduce(0) { $0 + Self.length(of: runs[$1].cell).rawValue })
    let start = CellRun.soon(time)
    turns.begin(at: start, first: present.contains(first) ? first : fallback)
    for side in present { runs[side].begin(at: start, further: length) }
    try supervise(present.map { ($0, runs[$0]) }, expectedEnd: start + length)
    var outcomes: [Result<CellOutcome, RunnerError>] = []
    for (side, run) in runs.enumerated() {
      if let refusal = refusals[side] {
        outcomes.append(.failure(refusal))
      } else {
        outcomes.append(.success(try run.finish()))
      }
    }
    return outcomes
  }

  /// Why a side cannot do something, when that is its own fault.
  private static func refusal(
    of run: CellRun, _ body: (CellRun) throws(RunnerError) -> Void
  ) throws(RunnerError) -> RunnerError? {
    do throws(RunnerError) {
      try body(run)
      return nil
    } catch {
      guard error.code == .input else { throw error }
      return error
    }
  }

  private static func length(of cell: PlannedCell) -> Nanoseconds {
    guard case .duration(let span) = cell.load.extent else { return .zero }
    return cell.load.warmUp + span
  }

  /// How often news are looked for: seldom while everybody works, often when all are about to end.
  private static let seldom = Nanoseconds.milliseconds(50)
  private static let often = Nanoseconds.milliseconds(1)

  private func supervise(
    _ runs: [(side: Int, run: CellRun)], expectedEnd: MonotonicTime
  ) throws(RunnerError) {
    while runs.contains(where: \.run.isBusy) {
      let patience = time.monotonicNow() < expectedEnd ? Self.seldom : Self.often
      for (side, run) in runs {
        if run.isBusy { try run.supervise(patience: patience) }
        // Of one that died nobody will hand its turn on.
        if !run.isBusy || !run.incidents.isEmpty { turns.abandon(side) }
      }
    }
  }
}
