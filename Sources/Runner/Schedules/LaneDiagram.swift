import AssayModel
import FaultVFS

/// A run as people read a race: a column an actor, a line a call, a wait, or a beginning or end of
/// an operation, with the locks that each holds.
///
/// Barriers, sizes and the like are steps too, but have no line unless an actor is preempted there.
struct LaneDiagram {
  /// Equal calls in a row beyond which only the first and the last are shown.
  private static let foldLimit = 3

  private let words: LaneWords
  private let items: [LaneItem]
  /// Numbers of the actors that have a column.
  private let lanes: [Int]
  private let table: LaneTable
  private let names: [String]
  private(set) var lines: [String] = []

  /// What each open file holds, and who used it last.
  private var held: [Int32: (actor: Int, locks: HeldLocks)] = [:]
  private var log: LogState?
  private var current: Int?
  /// Who has begun an operation.
  private var begun: Set<Int> = []
  /// The last step of each actor: what it was about to do.
  private var lastStep: [Int: StepKind] = [:]
  private var pending: [Row] = []
  /// Actors of processes that were killed.
  private var dead: Set<Int> = []

  private struct Row {
    var actor: Int
    var text: String
    /// Rows of one fold have the same; `nil` stands alone.
    var fold: String?
    var mark = " "
    var held: [Int: String]
    var log: String
  }

  /// - Parameters:
  ///   - items: in their order.
  ///   - names: of all actors, by number.
  init(_ items: [LaneItem], names: [String], words: LaneWords) {
    self.items = items
    self.words = words
    self.names = names
    lanes = Set(items.filter { !$0.isStep && !$0.isFault }.map(\.actor)).sorted()
    table = LaneTable(lanes: lanes.count)
    draw()
  }

  // MARK: Rows

  private mutating func draw() {
    lines.append(
      "> another actor goes on, ! an actor is preempted, * the shared memory says what cannot be, "
        + "# a fault")
    lines.append(
      "[held locks: UPPER alone, lower shared]; log: frames in the database/frames of the log")
    let heads = lanes.map { names.indices.contains($0) ? names[$0] : "actor \($0)" }
    lines += table.lines(" ", heads, "log")
    lines.append(String(repeating: "-", count: lines[2].count))
    for (index, item) in items.enumerated() where !dead.contains(item.actor) {
      switch item.kind {
      case .fault(let fault): add(fault)
      case .operation(let text):
        begun.insert(item.actor)
        add(item.actor, text, at: index)
      case .call(let call): add(call, by: item.actor, at: index)
      case .step(let step): note(step, of: item.actor, at: index)
      }
    }
    flush()
  }

  private mutating func note(_ step: StepKind, of actor: Int, at index: Int) {
    lastStep[actor] = step
    guard lanes.contains(actor) else { return }
    switch step {
    case .sleep where begun.contains(actor): add(actor, "sleeps", at: index)
    case .park: add(actor, "waits to be woken", at: index)
    case .join: add(actor, "waits for another's end", at: index)
    case .call, .statement, .sleep, .end: break
    }
  }

  /// A line across all lanes; the locks of the dead vanish.
  private mutating func add(_ fault: LaneFault) {
    flush()
    lines.append("# \(fault.text)")
    guard !fault.died.isEmpty else { return }
    dead.formUnion(fault.died)
    let gone = held.values.filter { fault.died.contains($0.actor) }
      .flatMap { LaneWords.words($0.locks) }
    held = held.filter { !fault.died.contains($0.value.actor) }
    if let current, fault.died.contains(current) { self.current = nil }
    if !gone.isEmpty { lines.append("# its locks vanish: \(gone.joined(separator: " "))") }
  }

  /// Whether an item is the last call of an actor whose process dies in it: then what it holds
  /// after the call is nothing, and vanishes a line later.
  private func isLast(_ index: Int, of actor: Int) -> Bool {
    guard index + 1 < items.count, case .fault(let fault) = items[index + 1].kind else {
      return false
    }
    return fault.followsCall && fault.died.contains(actor)
  }

  private mutating func add(_ call: DiskCall, by actor: Int, at index: Int) {
    let mark = turn(to: actor, at: index)
    if call.handle > 0, !isLast(index, of: actor) { held[call.handle] = (actor, call.held) }
    if let state = call.log { log = state }
    let text = words.text(of: call)
    var fold: String?
    let beginsLog = call.method == .write && call.file == .wal && call.offset == 0
    if call.method == .read || call.method == .write, !beginsLog {
      let copies = held.values.contains {
        $0.actor == actor && $0.locks.exclusiveSlots & LaneWords.checkpointSlot != 0
      }
      fold = copies ? "checkpoint" : "\(call.method.rawValue) \(call.file?.rawValue ?? "")"
    }
    // A frame is written in two parts.
    if let last = pending.last, last.actor == actor, last.text == text, fold != nil { return }
    pending.append(row(actor, text, fold: fold, mark: mark))
    guard let fault = call.fault else { return }
    flush()
    lines.append(
      "* the shared memory says: \(fault.checkpointed) frames are in the database, of a log that "
        + "holds \(fault.frames)")
  }

  private mutating func add(_ actor: Int, _ text: String, at index: Int) {
    let mark = turn(to: actor, at: index)
    pending.append(row(actor, text, mark: mark))
  }

  /// Notes who goes on, and what the last one was about to do if it could have.
  ///
  /// - Returns: the mark of the next row.
  private mutating func turn(to actor: Int, at index: Int) -> String {
    defer { current = actor }
    guard let current, current != actor else { return " " }
    if let waiting = preemption(of: current, at: index) {
      pending.append(row(current, "preempted before \(waiting)", mark: "!"))
    }
    flush()
    return ">"
  }

  /// What an actor was about to do when another one went on; `nil` when it waits or has ended.
  private func preemption(of actor: Int, at index: Int) -> String? {
    guard let step = lastStep[actor] else { return nil }
    switch step {
    case .park, .sleep, .join, .end: return nil
    case .statement: return words.text(of: step)
    case .call(let method, let file):
      for item in items[index...] where item.actor == actor {
        if case .call(let call) = item.kind, call.method == method, call.file == file {
          return words.text(of: call)
        }
        if case .step = item.kind { break }
      }
      return words.text(of: step)
    }
  }

  private func row(
    _ actor: Int, _ text: String, fold: String? = nil, mark: String = " "
  ) -> Row {
    var holding: [Int: String] = [:]
    for lane in lanes {
      let locks = held.sorted { $0.key < $1.key }.filter { $0.value.actor == lane }
        .flatMap { LaneWords.words($0.value.locks) }
      if !locks.isEmpty { holding[lane] = "[\(locks.joined(separator: " "))]" }
    }
    return Row(
      actor: actor, text: text, fold: fold, mark: mark, held: holding,
      log: log.map { "\($0.checkpointed)/\($0.frames)" } ?? "")
  }

  // MARK: Lines

  /// Writes what has come together, with long series folded.
  private mutating func flush() {
    var start = 0
    while start < pending.count {
      var end = start + 1
      while end < pending.count, let fold = pending[start].fold, pending[end].fold == fold {
        end += 1
      }
      if end - start > Self.foldLimit {
        append(pending[start])
        var middle = pending[start + 1]
        middle.text = "... \(end - start - 2) more"
        append(middle)
        append(pending[end - 1])
      } else {
        for row in pending[start..<end] { append(row) }
      }
      start = end
    }
    pending = []
  }

  private mutating func append(_ row: Row) {
    let cells = lanes.map { lane in
      let locks = row.held[lane]
      if lane != row.actor { return locks ?? "." }
      return [row.text, locks].compactMap { $0 }.joined(separator: " ")
    }
    lines += table.lines(row.mark, cells, row.log)
  }
}
