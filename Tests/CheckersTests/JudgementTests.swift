import AssayModel
import Testing

@testable import Checkers

@Suite("From findings and expectations to verdicts and exit codes")
struct JudgementTests {
  private static let library = LibraryVersion(number: 3_040_001)

  private func expecting(
    _ check: CheckName, _ rules: ExpectationRule...,
    workload: LoadSettings.Workload = .kv
  ) -> PlannedCell {
    cell(workload, checks: []) {
      $0.expectations = [Expectation(check: check, rules: rules)]
    }
  }

  private func verdict(
    _ cell: PlannedCell, _ checks: [CheckResult] = [], _ figures: [CellResult] = []
  ) -> Verdict? {
    Judgement.verdicts(of: cell, checks: checks, figures: figures, library: Self.library).first
  }

  /// A bound such as `max: ttl + 400ms` from its value in milliseconds or plain.
  private func bound(
    min: Double? = nil, max: Double? = nil, _ change: (inout Bound) -> Void = { _ in }
  ) -> ExpectationRule {
    func expression(_ value: Double) -> BoundExpression {
      BoundExpression(terms: [.init(factor: value)], text: Words.decimal(value))
    }
    var bound = Bound(min: min.map(expression), max: max.map(expression))
    change(&bound)
    return ExpectationRule(requirement: .bound(bound))
  }

  private func figures(
    _ id: String = "default", _ parameters: [String: String] = [:],
    operations: [String: OperationResult] = [:], takeovers: [Int64] = []
  ) -> CellResult {
    CellResult(
      id: id, parameters: parameters, verdicts: [], operations: operations, throughput: 0,
      measuredSeconds: 2, repetitions: 1, actors: [], series: [], counts: [:], faults: [],
      takeovers: takeovers.map {
        TakeoverResult(
          lock: 0, from: nil, to: "p0.0/a0", token: 1, repetition: 0, sinceRenewal: $0,
          sinceKill: nil, isReentry: false)
      }, incidents: [], memory: MemoryResult(peakResident: 0))
  }

  private func operation(
    p99: UInt64? = nil, max: UInt64? = nil, throughput: Double = 0,
    errors: [String: UInt64] = [:]
  ) -> OperationResult {
    let latency = LatencyResult(
      count: 200, p50: nil, p90: nil, p99: p99, p999: nil, max: max,
      histogram: HistogramCounts())
    return OperationResult(
      count: 200, notAcknowledged: 0, errors: errors, response: latency, service: latency,
      queue: latency, throughput: throughput)
  }

  @Test(
    "Only the expected answer is met, and unknown never is",
    arguments: [
      (.valid, .valid, true), (.valid, .violated, false), (.valid, .unknown, false),
      (.violated, .valid, false), (.violated, .violated, true), (.violated, .unknown, false),
      (.mayViolate, .valid, true), (.mayViolate, .violated, true), (.mayViolate, .unknown, true),
    ] as [(ExpectationRule.Requirement, CheckResult.Status, Bool)])
  func requirements(
    requirement: ExpectationRule.Requirement, status: CheckResult.Status, met: Bool
  ) {
    var found = CheckResult.violated(.durability, evidence: "e", witness: ["w"])
    found.status = status
    let verdict = verdict(
      expecting(.durability, ExpectationRule(requirement: requirement)), [found])
    #expect(verdict?.met == met)
    #expect(verdict?.status == status)
    #expect(verdict?.witness == ["w"])
    #expect(verdict?.expected == Judgement.text(requirement))
  }

  @Test("An expected check that nobody ran is unknown")
  func missingCheck() {
    let verdict = verdict(expecting(.isolation, ExpectationRule(requirement: .valid)))
    #expect(verdict?.status == .unknown)
    #expect(verdict?.met == false)
  }

  @Test("The first rule whose library condition fits holds; without one it is only reported")
  func libraryConditions() {
    let range = VersionRange(below: LibraryVersion(number: 3_040_001))
    let old = ExpectationRule(requirement: .violated, conditions: [.library(range)])
    let found = [CheckResult.valid(.durability, evidence: "")]
    let fallback = ExpectationRule(requirement: .valid)
    #expect(verdict(expecting(.durability, old, fallback), found)?.met == true)
    let reported = verdict(expecting(.durability, old), found)
    #expect(reported?.expected == nil)
    #expect(reported?.met == true)
  }

  @Test("Where the library decides what is expected, the evidence says on which side it is")
  func libraryIsNamed() {
    func evidence(below version: Int) -> String? {
      let range = VersionRange(
        from: LibraryVersion(number: 3_007_000), below: LibraryVersion(number: version),
        except: [LibraryVersion(number: 3_039_004)])
      let bad = ExpectationRule(requirement: .mayViolate, conditions: [.library(range)])
      let found = [CheckResult.valid(.durability, evidence: "9 writes")]
      return verdict(
        expecting(.durability, bad, ExpectationRule(requirement: .valid)), found)?.evidence
    }
    #expect(
      evidence(below: 3_051_003)
        == "9 writes; SQLite 3.40.1 is one of >=3.7.0 <3.51.3 !3.39.4")
    #expect(
      evidence(below: 3_040_001)
        == "9 writes; SQLite 3.40.1 is not one of >=3.7.0 <3.40.1 !3.39.4")
  }

  @Test("A further check is reported and never fails")
  func furtherChecks() {
    let reported = cell(.kv, checks: [.durability])
    let loss = CheckResult.violated(.durability, evidence: "", witness: ["w"])
    #expect(verdict(reported, [loss])?.met == true)
    #expect(verdict(reported, [loss])?.status == .violated)
  }

  @Test("Sizes are bounded by their peak; without a WAL the answer is unknown and says why")
  func sizeBounds() {
    func judged(_ check: CheckName, _ mode: StorageSettings.JournalMode, wal: UInt64) -> Verdict? {
      let limit = BoundExpression(terms: [.init(factor: 65_536)], text: "64 KiB")
      var cell = expecting(check, ExpectationRule(requirement: .bound(Bound(max: limit))))
      cell.storage.journalMode = mode
      var figures = figures()
      figures.sizes = SizesResult()
      figures.sizes?.walPeak = wal
      figures.sizes?.diskPeak = wal + 4_096
      return verdict(cell, [], [figures])
    }
    #expect(judged(.wal, .wal, wal: 65_536)?.met == true)
    #expect(judged(.wal, .wal, wal: 65_537)?.status == .violated)
    #expect(judged(.wal, .wal, wal: 131_072)?.measured == "128 KiB, at most 64 KiB")
    #expect(judged(.disk, .delete, wal: 61_440)?.met == true)
    #expect(judged(.disk, .delete, wal: 61_441)?.met == false)
    let none = judged(.wal, .delete, wal: 0)
    #expect(none?.status == .unknown && none?.met == false)
    #expect(none?.reason?.contains("when: {storage.journal_mode: wal}") == true)
    #expect(judged(.wal, .wal, wal: 0)?.status == .unknown)
  }

  @Test("Recovery is bounded by the longest takeover unless another statistic is named")
  func recoveryBound() {
    let sum = BoundExpression(
      terms: [.init(factor: 1, variable: .ttl), .init(factor: 400e6)], text: "ttl + 400ms")
    let rule = ExpectationRule(requirement: .bound(Bound(max: sum)))
    let cell = expecting(.recoveryTime, rule, workload: .locks)
    let found = [CheckResult.valid(.recoveryTime, evidence: "2 takeovers")]
    let good = verdict(cell, found, [figures(takeovers: [510_000_000, 612_000_000])])
    #expect(good?.met == true)
    #expect(good?.measured == "612 ms, at most 900 ms")
    #expect(good?.expected == "{max: ttl + 400ms}")
    let slow = verdict(cell, found, [figures(takeovers: [510_000_000, 901_000_000])])
    #expect(slow?.status == .violated)
    #expect(slow.map(ExitCode.of) == .tooSlow)
    let none = CheckResult.unknown(.recoveryTime, reason: "no takeover was seen")
    #expect(verdict(cell, [none], [figures()])?.status == .unknown)
    let early = CheckResult.violated(.recoveryTime, evidence: "", witness: ["too early"])
    let broken = verdict(cell, [early], [figures(takeovers: [100_000_000])])
    #expect(broken?.status == .violated)
    #expect(broken.map(ExitCode.of) == .incorrect)
  }

  @Test("A percentile of takeovers that too few hold is unknown")
  func recoveryPercentile() {
    let cell = expecting(.recoveryTime, bound(max: 1e9) { $0.statistic = .p90 }, workload: .locks)
    let found = [CheckResult.valid(.recoveryTime, evidence: "")]
    let nine = (1...9).map { Int64($0) * 100_000_000 }
    #expect(verdict(cell, found, [figures(takeovers: nine)])?.status == .unknown)
    #expect(verdict(cell, found, [figures(takeovers: nine + [5_000_000_000])])?.met == true)
  }

  @Test("Latency is the p99 of the main write unless the bound says otherwise")
  func latencyBound() {
    let measured = figures(operations: [
      "store": operation(p99: 2_000_000, max: 9_000_000), "load": operation(p99: 10_000),
    ])
    func judged(_ rule: ExpectationRule) -> Verdict? {
      verdict(expecting(.latency, rule), [], [measured])
    }
    #expect(judged(bound(max: 2e6))?.measured == "2 ms, at most 2 ms")
    #expect(judged(bound(max: 2e6))?.met == true)
    #expect(judged(bound(max: 1.9e6))?.met == false)
    #expect(judged(bound(max: 1.9e6) { $0.operation = "load" })?.met == true)
    #expect(judged(bound(max: 1e6) { $0.operation = "delete" })?.status == .unknown)
    #expect(judged(bound(max: 1e9) { $0.statistic = .p999 })?.status == .unknown)
    #expect(judged(bound(max: 8e6) { $0.statistic = .max })?.met == false)
  }

  @Test("A ratio is taken against the cell that differs in just the named parameters")
  func relativeBound() {
    func measured(_ topology: String, _ journal: String, _ rate: Double) -> CellResult {
      figures(
        topology + journal, ["storage.topology": topology, "storage.journal_mode": journal],
        operations: ["store": operation(throughput: rate)])
    }
    let all = [
      measured("pool", "wal", 1_000), measured("pool", "delete", 100),
      measured("group-commit", "delete", 250),
    ]
    func judged(_ cell: String, _ assignment: Assignment) -> Verdict? {
      var planned = expecting(.throughput, bound(min: 2) { $0.relativeTo = [assignment] })
      planned.id = cell
      return verdict(planned, [], all)
    }
    let pool = Assignment(path: "storage.topology", value: "pool")
    let twice = judged("group-commitdelete", pool)
    #expect(twice?.met == true)
    #expect(twice?.measured == "2.5, at least 2")
    #expect(twice?.expected == "{min: 2, relative_to: {storage.topology: pool}}")
    let wal = Assignment(path: "storage.journal_mode", value: "wal")
    #expect(judged("group-commitdelete", wal)?.status == .unknown)
    let elsewhere = Assignment(path: "storage.begin", value: "deferred")
    #expect(judged("group-commitdelete", elsewhere)?.status == .unknown)
  }

  @Test("BUSY is counted over all kinds of operation, or by its code")
  func busyBound() {
    let measured = figures(operations: [
      "store": operation(errors: ["SQLITE_BUSY": 3, "SQLITE_BUSY_SNAPSHOT": 4]),
      "load": operation(errors: ["SQLITE_BUSY": 1, "SQLITE_FULL": 9]),
    ])
    func judged(_ rule: ExpectationRule) -> Verdict? {
      verdict(expecting(.busy, rule), [], [measured])
    }
    #expect(judged(bound(max: 0))?.measured == "8, at most 0")
    #expect(judged(bound(max: 0))?.status == .violated)
    #expect(judged(bound(min: 1))?.met == true)
    #expect(judged(bound(max: 4) { $0.code = "SQLITE_BUSY" })?.met == true)
    #expect(judged(bound(min: 5) { $0.code = "SQLITE_BUSY_SNAPSHOT" })?.met == false)
    #expect(verdict(expecting(.busy, bound(max: 0)), [], [figures()])?.status == .unknown)
  }

  @Test("A bound that names a setting without a value is unknown")
  func bareVariable() {
    let expression = BoundExpression(
      terms: [.init(factor: 1, variable: .queryTimeout)], text: "query_timeout")
    let rule = ExpectationRule(requirement: .bound(Bound(max: expression)))
    let measured = figures(operations: ["store": operation(p99: 5)])
    #expect(verdict(expecting(.latency, rule), [], [measured])?.status == .unknown)
  }

  @Test("Of several exit codes the first of the precedence is said")
  func precedence() {
    func verdict(_ check: CheckName, _ status: CheckResult.Status, met: Bool) -> Verdict {
      Verdict(check: check, status: status, expected: "valid", met: met, evidence: "")
    }
    let fine = verdict(.durability, .valid, met: true)
    let slow = verdict(.latency, .violated, met: false)
    let open = verdict(.durability, .unknown, met: false)
    let lost = verdict(.durability, .violated, met: false)
    let notShown = verdict(.mutualExclusion, .valid, met: false)
    #expect(ExitCode.of(verdicts: [], incidents: 0) == .met)
    #expect(ExitCode.of(verdicts: [fine, fine], incidents: 0) == .met)
    #expect(ExitCode.of(verdicts: [fine, open], incidents: 0) == .unknown)
    #expect(ExitCode.of(verdicts: [slow, open], incidents: 0) == .tooSlow)
    #expect(ExitCode.of(verdicts: [slow, open, lost], incidents: 0) == .incorrect)
    #expect(ExitCode.of(verdicts: [notShown], incidents: 0) == .incorrect)
    #expect(ExitCode.of(verdicts: [fine], incidents: 1) == .incorrect)
    #expect(
      ExitCode.of(verdicts: [lost], incidents: 1, wasInterrupted: true) == .interrupted)
    #expect(ExitCode.precedence.map(\.rawValue) == [130, 64, 1, 2, 5, 3, 4, 0])
    #expect(Set(ExitCode.precedence) == Set(ExitCode.allCases))
    #expect(ExitCode.first(of: [.tooSlow, .environment, .unknown]) == .environment)
  }
}
