import AssayModel
import Gate
import Platform
import Reports
import Statistics
import Workloads

/// Compares what the results of two finished runs hold.
///
/// The two did not run in turn: whatever the machine did differently meanwhile is in their times,
/// and no number of repetitions takes it out again (all of A, then all of B gave 19 to 35 % false
/// alarms). So times are shown and stay inconclusive; exact counts of a script are decided.
public struct ResultComparison: Codable, Sendable {
  /// What was decided.
  public enum Verdict: String, CaseIterable, Codable, Sendable {
    case equivalent, regression, improvement, inconclusive
  }

  /// One cell that both runs have.
  public struct Cell: Codable, Sendable {
    /// Its id.
    public var id: String
    /// The times of both.
    public var times: [Time]
    /// Whether both counted the same script.
    public var isScripted: Bool
    /// Counts that differ.
    public var counts: [ComparedCount]
    /// What the counts decide; `inconclusive` where they cannot.
    public var verdict: Verdict
    /// Why.
    public var reason: String
  }

  /// A time of both.
  public struct Time: Codable, Sendable {
    /// Such as `throughput` or `p99(store)`.
    public var metric: String
    /// In A: operations a second, or nanoseconds.
    public var base: Double
    /// In B.
    public var head: Double
    /// Of A, lowest and highest repetition, where there are several.
    public var baseRange: [Double]
    /// Of B.
    public var headRange: [Double]

    /// B against A; `nil` when one of them did nothing.
    var change: Change? {
      guard base > 0, head > 0, let metric = try? Metric(metric) else { return nil }
      return Change(metric, ratio: head / base)
    }
  }

  /// A count of both.
  public struct ComparedCount: Codable, Sendable {
    /// Its name.
    public var name: String
    /// In A.
    public var base: UInt64
    /// In B.
    public var head: UInt64
  }

  /// Name of the scenario.
  public var scenario: String
  /// Run folder of A.
  public var base: String
  /// Run folder of B.
  public var head: String
  /// What is different about machine and library.
  public var differences: [String]
  /// The cells that both have.
  public var cells: [Cell]
  /// Cells that only one of them has.
  public var unmatched: [String]
  /// What the command exits with.
  public var exitCode: Int

  /// Reads both results.
  ///
  /// - Parameters:
  ///   - base: a run's folder, or its `result.json`.
  /// - Throws: an input error when one cannot be read, or the two did not do the same work.
  public init(base: String, head: String) throws(RunnerError) {
    let before = try Self.read(base)
    let after = try Self.read(head)
    try Self.verify(before, after)
    scenario = before.scenario
    self.base = before.run
    self.head = after.run
    differences = Self.differences(before.environment, after.environment)
    let pairs = Self.pairs(before, after)
    let isSamePlan = before.planDigest == after.planDigest
    cells = pairs.map { Self.compare($0, $1, isSamePlan: isSamePlan) }
    let matched = Set(pairs.flatMap { [$0.id, $1.id] })
    unmatched = (before.cells + after.cells).map(\.id).filter { !matched.contains($0) }
    guard !cells.isEmpty else {
      throw RunnerError(.input, "the two runs have no cell in common")
    }
    let failed = [before, after].filter { $0.exitCode == ExitStatus.incorrect.rawValue }
    let statuses = cells.map { cell -> ExitStatus in
      cell.verdict == .regression ? .tooSlow : .unknown
    }
    exitCode = ExitStatus.first(of: statuses + failed.map { _ in .incorrect }).rawValue
  }

  // MARK: Reading

  private static func read(_ path: String) throws(RunnerError) -> RunResult {
    let file = path.hasSuffix(".json") ? path : "\(path)/result.json"
    do {
      let text = try ByteFile.readText(file, limit: 1 << 30)
      return try ResultJSON.decode(text)
    } catch let error as ReportError {
      throw RunnerError(.input, "'\(file)' is not a result of a run: \(error.detail)")
    } catch {
      throw RunnerError(.input, "'\(file)' cannot be read: \(error)")
    }
  }

  private static func verify(_ base: RunResult, _ head: RunResult) throws(RunnerError) {
    for result in [base, head] where result.world != .real {
      throw RunnerError(
        .input, "'\(result.run)' is of the simulated world, where nothing has a speed")
    }
    guard base.workloadDigest != head.workloadDigest else { return }
    var reasons: [String] = []
    if base.scenario != head.scenario {
      reasons.append("the scenarios are '\(base.scenario)' and '\(head.scenario)'")
    }
    if base.seed != head.seed { reasons.append("the seeds are \(base.seed) and \(head.seed)") }
    if base.cells.count != head.cells.count {
      reasons.append("they have \(base.cells.count) and \(head.cells.count) cells")
    }
    if reasons.isEmpty { reasons.append("their loads are not the same") }
    throw RunnerError(
      .input,
      "the two runs did not do the same work (workload_digest differs): "
        + reasons.joined(separator: "; "))
  }

  private static func differences(
    _ base: RunEnvironment, _ head: RunEnvironment
  ) -> [String] {
    let parts: [(String, String, String)] = [
      ("processor", base.processor, head.processor),
      ("processors", "\(base.processors)", "\(head.processors)"),
      ("kernel", base.kernel, head.kernel), ("file system", base.fileSystem, head.fileSystem),
      ("SQLite", base.sqliteSourceID, head.sqliteSourceID),
      ("Assay", base.assayVersion, head.assayVersion),
    ]
    return parts.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.1) in A, \($0.2) in B" }
  }

  /// Cells of one id; of two runs with one cell each, these, whatever their ids are.
  private static func pairs(
    _ base: RunResult, _ head: RunResult
  ) -> [(CellResult, CellResult)] {
    if base.cells.count == 1, head.cells.count == 1 { return [(base.cells[0], head.cells[0])] }
    return base.cells.compactMap { cell in
      head.cells.first { $0.id == cell.id }.map { (cell, $0) }
    }
  }
}

// MARK: - One cell

extension ResultComparison {
  private static func compare(
    _ base: CellResult, _ head: CellResult, isSamePlan: Bool
  ) -> Cell {
    var cell = Cell(
      id: base.id == head.id ? base.id : "\(base.id) | \(head.id)", times: times(base, head),
      isScripted: isScripted(base, head), counts: [], verdict: .inconclusive,
      reason: "not interleaved: the two ran one after the other")
    guard cell.isScripted else { return cell }
    let before = CountedNames.of(base.counts)
    let after = CountedNames.of(head.counts)
    cell.counts = Set(before.keys).union(after.keys).sorted().compactMap { name in
      let (left, right) = (before[name] ?? 0, after[name] ?? 0)
      return left == right ? nil : ComparedCount(name: name, base: left, head: right)
    }
    // Other settings count otherwise: only under the same ones is more a regression.
    guard isSamePlan else { return cell }
    let more = cell.counts.filter { $0.head > $0.base }.map(\.name)
    let fewer = cell.counts.filter { $0.head < $0.base }.map(\.name)
    if !more.isEmpty {
      (cell.verdict, cell.reason) = (.regression, "more \(more.joined(separator: ", "))")
    } else if !fewer.isEmpty {
      (cell.verdict, cell.reason) = (.improvement, "fewer \(fewer.joined(separator: ", "))")
    } else {
      (cell.verdict, cell.reason) = (.equivalent, "all \(before.count) exact counts are the same")
    }
    return cell
  }

  /// One actor, the same operations, and calls of the file system counted: then counts are exact.
  private static func isScripted(_ base: CellResult, _ head: CellResult) -> Bool {
    func operations(_ cell: CellResult) -> [String: UInt64] {
      cell.operations.mapValues(\.count)
        .filter { !OperationKind.namesOutsideLoad.contains($0.key) }
    }
    return [base, head].allSatisfy { $0.actors.count == $0.repetitions && $0.faults.isEmpty }
      && base.repetitions == head.repetitions && operations(base) == operations(head)
      && base.counts.keys.contains { $0.contains(".") }
  }

  private static func times(_ base: CellResult, _ head: CellResult) -> [Time] {
    let (before, after) = (throughputs(base), throughputs(head))
    var times = [
      Time(
        metric: "throughput", base: base.throughput, head: head.throughput,
        baseRange: range(before), headRange: range(after))
    ]
    for kind in base.operations.keys.sorted()
    where !OperationKind.namesOutsideLoad.contains(kind) {
      guard let left = base.operations[kind]?.response.p99,
        let right = head.operations[kind]?.response.p99
      else { continue }
      times.append(
        Time(
          metric: "p99(\(kind))", base: Double(left), head: Double(right), baseRange: [],
          headRange: []))
    }
    return times
  }

  /// Operations a second of each repetition: all of them measured for the same time.
  private static func throughputs(_ cell: CellResult) -> [Double] {
    guard cell.repetitions > 1, cell.measuredSeconds > 0 else { return [] }
    let seconds = cell.measuredSeconds / Double(cell.repetitions)
    return (0..<cell.repetitions).map { repetition in
      let operations = cell.actors.filter { $0.repetition == repetition }
        .reduce(UInt64(0)) { $0 + $1.operations }
      return Double(operations) / seconds
    }
  }

  private static func range(_ values: [Double]) -> [Double] {
    guard let lowest = values.min(), let highest = values.max() else { return [] }
    return [lowest, highest]
  }
}

// MARK: - Text

extension ResultComparison {
  /// What was decided, in one sentence.
  public var sentence: String {
    let decided = cells.filter { $0.verdict != .inconclusive }
    let times = "times are inconclusive: the runs were not interleaved"
    guard !decided.isEmpty else { return times.prefix(1).uppercased() + times.dropFirst() + "." }
    let parts = decided.map { "\($0.id): counts \($0.verdict.rawValue) (\($0.reason))" }
    return (parts + [times]).joined(separator: "; ") + "."
  }

  /// The report, with a newline at the end.
  public var text: String {
    var lines = ["\(scenario): A \(base), B \(head)"] + differences
    for cell in cells {
      lines += ["", cell.id]
      lines += cell.times.map { "  " + Self.line($0) }
      lines += cell.counts.map {
        "  \($0.name): \(Figures.count($0.base)) in A, \(Figures.count($0.head)) in B"
      }
      lines.append("  \(cell.verdict.rawValue): \(cell.reason)")
    }
    if !unmatched.isEmpty {
      lines += ["", "only in one of them: \(unmatched.joined(separator: ", "))"]
    }
    return (lines + ["", sentence]).joined(separator: "\n") + "\n"
  }

  private static func line(_ time: Time) -> String {
    let isRate = time.metric == "throughput"
    func text(_ value: Double) -> String {
      isRate ? "\(Figures.rate(value))/s" : Figures.span(UInt64(value))
    }
    func side(_ value: Double, _ range: [Double]) -> String {
      guard range.count == 2 else { return text(value) }
      return "\(text(value)) (repetitions \(text(range[0])) to \(text(range[1])))"
    }
    let change = time.change.map { ", \($0.estimate)" } ?? ""
    return "\(time.metric): \(side(time.base, time.baseRange)) in A, "
      + "\(side(time.head, time.headRange)) in B\(change)"
  }
}
