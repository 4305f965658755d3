import AssayModel
import Gate
import Reports
import Testing

@Suite("The report of a comparison")
struct ComparisonReportTests {
  /// Forty pairs of which the head does `ratio` times the base's operations.
  private func record(
    ratio: Double, isOverloaded: Bool = false, violations: [String] = [],
    counts: [CountComparison] = [], deciding: [String] = [], wasInterrupted: Bool = false
  ) throws -> ComparisonRecord {
    let environment = RunEnvironment(
      processor: "X", processors: 2, memoryBytes: 1, kernel: "6", fileSystem: "ext4",
      sqliteVersion: "3.40.1", sqliteSourceID: "id", compileOptions: [], assayVersion: "1")
    let rules = [try MetricRule(.throughput), try MetricRule(.percentile(.p99, of: "store"))]
    var comparison = PairedComparison(
      try ComparisonPlan(rules: rules, question: .difference, seed: Seed(1)))
    while case .run(let round) = comparison.next(), comparison.pairs.count < 40 {
      try comparison.add(
        round.orders.enumerated().map { number, order in
          let jitter = Double(number % 7)
          var head = block((1_000 + jitter) * ratio)
          head.isOverloaded = isOverloaded
          head.violations = violations
          return BlockPair(order: order, base: block(1_000 + Double(number % 5)), head: head)
        })
    }
    return ComparisonRecord(
      scenario: "sample", question: "Is it slower?", run: "run",
      started: WallTime(milliseconds: 0), elapsed: .seconds(60), seed: Seed(1),
      workloadDigest: "digest",
      base: ComparisonRecord.Side(label: "as it was", environment: environment),
      head: ComparisonRecord.Side(label: "changed", environment: environment),
      blockLength: .milliseconds(250), blockOverhead: .milliseconds(100),
      result: comparison.result, counts: counts, decidingCounts: deciding,
      countedOperations: counts.isEmpty ? 0 : 1_000, pairs: comparison.pairs,
      wasInterrupted: wasInterrupted)
  }

  private func block(_ operations: Double) -> BlockMeasurement {
    let count = UInt64(operations)
    return BlockMeasurement(
      operations: count, duration: .milliseconds(250),
      latencies: [
        "store": HistogramCounts(values: [40_000], counts: [1_000], min: 40_000, max: 40_000)
      ])
  }

  @Test("Failed operations stand below the table with their side, share and most frequent code")
  func failures() throws {
    var found = try record(ratio: 1)
    for index in found.pairs.indices {
      found.pairs[index].head.attempts = [
        "store": BlockAttempts(
          acknowledged: 75, failed: 25, errors: 30, code: "SQLITE_BUSY", hasSucceeded: true),
        "load": BlockAttempts(acknowledged: 5, hasSucceeded: true),
      ]
    }
    let text = ComparisonReport.text(found)
    #expect(text.contains("B: store: 500 of 2,000 failed, mostly with SQLITE_BUSY"), "\(text)")
    #expect(!text.contains("A: store") && !text.contains("load:"), "\(text)")
  }

  @Test("Counts that could not be compared are undecided with their reason, never the same")
  func incomparableCounts() throws {
    let error = GateError(
      .results, of: "counts", found: "'prune' of the base never succeeded", allowed: "others")
    let counts = [CountComparison.incomparable(error)]
    let found = try record(
      ratio: 1, counts: counts, deciding: [CountComparison.incomparableName])
    #expect(found.exitCode == 4)
    let sentence = ComparisonReport.sentence(found)
    #expect(sentence.contains("counts: undecided") && sentence.contains("prune"), "\(sentence)")
    #expect(!sentence.contains("the same"))
    #expect(ComparisonReport.text(found).contains("not compared"))
  }

  /// Three syncs before, four now.
  private func moreSyncs() throws -> CountComparison {
    func counted(_ syncs: UInt64) -> BlockMeasurement {
      BlockMeasurement(operations: 1_000, duration: .seconds(1), counts: ["syncs": syncs])
    }
    return try #require(
      try ExactCounts.compare(base: [counted(3)], head: [counted(4)]).first)
  }

  @Test("A regression stands in the table with its ratio and interval, and exits with 3")
  func regression() throws {
    let record = try record(ratio: 0.8)
    #expect(record.exitCode == 3)
    let text = ComparisonReport.text(record)
    #expect(text.contains("A: as it was"))
    #expect(text.contains("B: changed"))
    #expect(text.contains("throughput"))
    #expect(text.contains("regression"))
    #expect(text.contains("-20.0 %") && !text.contains("worse"))
    #expect(text.hasSuffix("\n"))
    #expect(text == ComparisonReport.text(record))
  }

  @Test("The same speed is equivalent and exits with 0; counts that are only shown change nothing")
  func equivalent() throws {
    #expect(try record(ratio: 1).exitCode == 0)
    let shown = try record(ratio: 1, counts: [try moreSyncs()])
    #expect(shown.exitCode == 0)
    #expect(ComparisonReport.text(shown).contains("syncs"))
    let decided = try record(ratio: 1, counts: [try moreSyncs()], deciding: ["syncs"])
    #expect(decided.exitCode == 3)
    #expect(ComparisonReport.sentence(decided).contains("counts(syncs): regression (3 to 4)"))
  }

  @Test("A violated check beats a regression, and an interruption beats both")
  func precedence() throws {
    let violated = try record(ratio: 0.8, violations: ["durability: 1 store is missing"])
    #expect(violated.exitCode == 2)
    #expect(ComparisonReport.sentence(violated).contains("1 store is missing"))
    #expect(try record(ratio: 0.8, wasInterrupted: true).exitCode == 130)
  }

  @Test("An overloaded side has no percentile, but a word")
  func overloaded() throws {
    let text = ComparisonReport.text(try record(ratio: 0.8, isOverloaded: true))
    #expect(text.contains("overloaded"))
    #expect(text.contains("B cannot keep the rate"))
    #expect(!text.contains("A cannot keep the rate"))
  }
}
