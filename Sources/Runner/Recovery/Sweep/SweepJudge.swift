import AssayModel
import Checkers
import SQLiteDriver

/// Judges the content after one run with the checkers of the real world.
struct SweepJudge {
  private let cell: PlannedCell

  /// - Parameter cell: its workload decides what can be judged; whatever can be, is.
  init(_ cell: PlannedCell) {
    var cell = cell
    let workload = cell.load.workload
    cell.expectations = []
    cell.furtherChecks = [.integrity, .durability, .atomicity].filter {
      Self.canJudge($0, workload)
    }
    cell.faults = []
    self.cell = cell
  }

  /// Whether the content and the history of a workload show anything of a check.
  static func canJudge(_ check: CheckName, _ workload: LoadSettings.Workload) -> Bool {
    switch check {
    case .durability: workload != .sql
    case .atomicity: [.ledger, .mixed].contains(workload)
    case .invariants: workload == .sql
    default: true
    }
  }

  /// What is wrong; nothing for a run as it should be.
  ///
  /// - Parameters:
  ///   - start: when the run began.
  ///   - ended: when its actors had ended: nothing of theirs takes effect later.
  ///   - now: when everybody who tried again had ended.
  func problems(
    events: [Event], rows: [ContentRow], observation: Observation, from start: MonotonicTime,
    ended: MonotonicTime, now: MonotonicTime
  ) throws -> [SweepProblem] {
    let processes = (0..<cell.load.processes).flatMap { process in
      (0...2).map { incarnation in
        ProcessRecord(
          process: process, incarnation: incarnation, owner: "", started: start, ready: start,
          ended: incarnation == 0 ? ended : now, wasKilled: false, peakResidentBytes: 0)
      }
    }
    let record = CellRecord(
      cell: cell, repetition: 0, measuredFrom: start, measuredUntil: now, processes: processes,
      faults: [], observation: observation,
      library: LibraryVersion(number: SQLiteLibrary.versionNumber))
    var stream = Recorded(elements: events)
    var content: Recorded<ContentRow>? =
      observation.failure == nil ? Recorded(elements: rows) : nil
    let findings = try CheckSuite(record: record).run(events: &stream, content: &content)
    var problems = findings.results.filter { $0.status == .violated }.map {
      SweepProblem(check: $0.check, lines: $0.witness)
    }
    let broken = observation.invariants.filter { !$0.holds && $0.unknownReason == nil }
    if !broken.isEmpty {
      let lines = broken.map { "'\($0.query)' gave \($0.answer) instead of '\($0.expected)'" }
      problems.append(SweepProblem(check: .invariants, lines: lines))
    }
    return problems
  }
}

/// A stream of values that stand in memory.
private struct Recorded<Element> {
  var elements: [Element]
  private var position = 0

  init(elements: [Element]) { self.elements = elements }

  mutating func next() -> Element? {
    guard position < elements.count else { return nil }
    defer { position += 1 }
    return elements[position]
  }
}

extension Recorded: EventStream where Element == Event {}
extension Recorded: ContentStream where Element == ContentRow {}
