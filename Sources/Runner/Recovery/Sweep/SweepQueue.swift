import AssayModel

/// What is left to do of one program's sweep, and what was found so far. Pure.
///
/// Each line is cut into blocks of fixed size, so that the same blocks run, and the same findings
/// come, however many workers there are.
struct SweepQueue {
  /// Runs in one block: long enough that messages cost nothing, short enough to share out.
  static let blockLength = 32

  /// One line of the sweep.
  private struct Progress {
    var line: SweepFault.Line
    /// First call that no block has taken.
    var next = 1
    /// Blocks under way.
    var open = 0
    /// Blocks to run again.
    var again: [SweepBlock] = []
    var result = SweepBlockResult()

    var hasWork: Bool { !again.isEmpty || !result.isExhausted }
  }

  private let program: Int
  private var lines: [Progress]

  init(program: Int, lines: [SweepFault.Line]) {
    self.program = program
    self.lines = lines.map { Progress(line: $0) }
  }

  /// Whether every line has come to a run that passed untouched, and all blocks are back.
  var isOver: Bool { lines.allSatisfy { !$0.hasWork && $0.open == 0 } }

  /// What was found, line by line.
  var results: [(line: SweepFault.Line, result: SweepBlockResult)] {
    lines.map { progress in
      var result = progress.result
      result.bad.sort { $0.call < $1.call }
      return (progress.line, result)
    }
  }

  /// Runs in which a fault hit, so far.
  var faults: UInt64 { lines.reduce(0) { $0 + $1.result.faults } }

  /// Takes the next block; `nil` when there is none for now.
  mutating func next() -> SweepBlock? {
    var best: Int?
    for index in lines.indices where lines[index].hasWork {
      if let best, lines[best].open <= lines[index].open { continue }
      best = index
    }
    guard let best else { return nil }
    lines[best].open += 1
    if let block = lines[best].again.popLast() { return block }
    defer { lines[best].next += Self.blockLength }
    return SweepBlock(
      program: program, line: lines[best].line, first: lines[best].next, count: Self.blockLength)
  }

  /// Takes the result of a block.
  mutating func finished(_ block: SweepBlock, _ result: SweepBlockResult) {
    guard let index = index(of: block) else { return }
    lines[index].open -= 1
    lines[index].result.add(result)
  }

  /// Takes back a block whose worker has died; it runs again, run by run.
  mutating func died(_ block: SweepBlock) {
    guard let index = index(of: block) else { return }
    lines[index].open -= 1
    var again = block
    again.isCareful = true
    lines[index].again.append(again)
  }

  /// Takes back a careful block whose worker has died at a call: what is before and after it runs
  /// again, and the death is what was found there.
  mutating func died(_ block: SweepBlock, at call: Int, _ problem: SweepProblem) {
    guard let index = index(of: block) else { return }
    lines[index].open -= 1
    var death = SweepBlockResult()
    death.add(
      SweepRunResult(hits: 1, isReported: false, acknowledged: 0, problems: [problem]), call: call)
    lines[index].result.add(death)
    let end = block.first + block.count
    for (first, count) in [(call + 1, end - call - 1), (block.first, call - block.first)]
    where count > 0 {
      var rest = block
      (rest.first, rest.count) = (first, count)
      lines[index].again.append(rest)
    }
  }

  private func index(of block: SweepBlock) -> Int? {
    lines.firstIndex { $0.line == block.line }
  }
}
