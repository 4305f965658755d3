import AssayModel
import Foundation
import ScenarioFiles
import Testing

@Suite("Expectations")
struct ExpectationTests {
  private let matrix = "matrix: { storage.synchronous: [normal, full], storage.readers: [1, 2] }\n"

  @Test("A word, a bound, a mapping and a list are all expectations")
  func forms() throws {
    let expectations = try Sample.plan(
      """
      expect:
        integrity: valid
        durability: { is: violated }
        busy: [{ max: 3, code: SQLITE_BUSY }, may_violate]
        latency: { max: 10ms, of: p99.9, operation: read }
        throughput: { min: 500/s, max: 1000 }
      """
    ).scenario.expectations
    #expect(
      expectations.map(\.check) == [.integrity, .durability, .busy, .latency, .throughput])
    #expect(expectations[0].rules == [ExpectationRule(requirement: .valid)])
    #expect(expectations[1].rules == [ExpectationRule(requirement: .violated)])
    #expect(expectations[2].rules.count == 2)
    #expect(expectations[2].rules[1].requirement == .mayViolate)
    guard case .bound(let latency) = expectations[3].rules[0].requirement,
      case .bound(let throughput) = expectations[4].rules[0].requirement
    else {
      Issue.record("no bounds")
      return
    }
    #expect(latency.statistic == .p999)
    #expect(latency.operation == "load")
    #expect(latency.max?.value { _ in nil } == 10_000_000)
    #expect(throughput.min?.value { _ in nil } == 500)
  }

  @Test(
    "A bound is a sum of times, numbers and settings",
    arguments: [
      ("ttl + 400ms", 1_400_000_000.0), ("2 * ttl", 2e9), ("ttl * 0.5 - 100ms", 4e8), ("0", 0),
      ("2*ttl+busy_timeout", 7e9), ("1s - -500ms", 1.5e9), ("-1 * ttl + 2s", 1e9),
    ])
  func sums(_ text: String, _ value: Double) throws {
    let cell = try Sample.cell(
      "locks: { ttl: 1s }\nexpect: { recovery_time: { max: '\(text)' } }",
      load: "{ workload: locks }")
    guard case .bound(let bound) = cell.expectations.first?.rules.first?.requirement else {
      Issue.record("no bound")
      return
    }
    #expect(bound.max?.value(cell.value) == value)
    #expect(bound.max?.text == text)
  }

  @Test(
    "What is no bound of the check is an error",
    arguments: [
      ("latency: { max: 5 }", "the plain number '5'"),
      ("throughput: { min: 5s }", "the time '5s'"),
      ("throughput: { min: ttl }", "the time 'ttl'"),
      ("wal: { max: 5 }", "the plain number '5'"),
      ("disk: { max: 5s }", "the time '5s'"),
      ("latency: { max: 5 MiB }", "the size '5 MiB'"),
      ("wal: valid", "'valid'"),
      ("integrity: { max: 5 }", "a bound for a check that measures nothing"),
      ("latency: valid", "'valid'"),
      ("latency: { is: violated }", "'violated'"),
      ("latency: { of: p99 }", "a rule without is, min and max"),
      ("busy: { is: valid, max: 5 }", "is together with max"),
      ("throughput: { min: 5, of: p99 }", "'of' for throughput"),
      ("counts: { min: 5, operation: store }", "'operation' for counts"),
      ("latency: { max: 5s, code: SQLITE_BUSY }", "'code' for latency"),
      ("latency: { min: 2s, max: 1s }", "min '2s' above max '1s'"),
      ("latency: { max: query_timeout }", "'query_timeout' where query_timeout is not set"),
      ("latency: { max: 1s, operation: transfer }", "operation transfer for workload kv"),
    ])
  func badBounds(_ text: String, _ found: String) throws {
    let errors = Sample.errors("expect: { \(text) }")
    try #require(errors.count == 1)
    #expect(errors[0].contains("contradiction: \(found); allowed: "))
  }

  private static let transactions =
    "{ workload: sql, transactions: [{ statements: [UPDATE t SET n = 1] }] }"

  @Test(
    "A bound names an operation of the workload; another one is an error that names these",
    arguments: [
      ("{ workload: kv }", "load, store, delete"),
      ("{ workload: ledger }", "transfer, audit"),
      ("{ workload: locks }", "acquire, release, renew, protected_write, protected_read"),
      ("{ workload: mixed }", "update_own, increment, several, read_mixed, checkpoint"),
      (transactions, "transaction, invariant"),
    ])
  func operations(_ load: String, _ known: String) {
    let all = OperationKind.allCases.map(\.name)
    let known = known + ", close, open"
    let own = known.components(separatedBy: ", ")
    #expect(own.allSatisfy(all.contains))
    for name in all {
      let errors = Sample.errors("expect: { latency: { max: 1s, operation: \(name) } }", load: load)
      if own.contains(name) {
        #expect(errors == [])
      } else {
        #expect(errors.count == 1 && errors[0].contains("operation \(name) for workload"))
        #expect(errors.first?.hasSuffix("allowed: \(known)") == true, "\(errors)")
      }
    }
    let wrong = Sample.errors("expect: { latency: { max: 1s, operation: dance } }", load: load)
    #expect(wrong.count == 1 && own.allSatisfy { wrong[0].contains($0) }, "\(wrong)")
  }

  @Test(
    "What is no sum is an error",
    arguments: [
      "ttl +", "+ ttl", "ttl ttl", "2 * 3s", "ttl * ttl", "1s + 5", "soon", "''", "1e999",
    ])
  func badSums(_ text: String) {
    #expect(Sample.errors("expect: { latency: { max: \(text) } }").count == 1)
  }

  @Test("Conditions are resolved per cell by value and not by spelling; the library is left")
  func conditions() throws {
    let plan = try Sample.plan(
      """
      matrix: { storage.busy_timeout: [250ms, 1s] }
      expect:
        integrity:
          - { is: may_violate, when: { storage.busy_timeout: 0.25s, library: "<3.51.3" } }
          - { is: violated, when: { storage.busy_timeout: [0.25s, 1000ms] } }
        durability: { is: violated, when: { storage.busy_timeout: "[250ms]", locks.ttl: 120s } }
        busy: { is: valid, when: { locks.ttl: 1s } }
      """)
    let below = VersionRange(below: LibraryVersion(number: 3_051_003))
    #expect(
      plan.cells[0].expectations[0].rules == [
        ExpectationRule(requirement: .mayViolate, conditions: [.library(below)]),
        ExpectationRule(requirement: .violated),
      ])
    #expect(plan.cells[1].expectations[0].rules == [ExpectationRule(requirement: .violated)])
    #expect(plan.cells[0].expectations.map(\.check) == [.integrity, .durability])
    #expect(plan.cells[1].expectations.map(\.check) == [.integrity])
    #expect(plan.scenario.expectations.count == 3)
  }

  @Test("A quoted list is a list")
  func quotedList() throws {
    let plan = try Sample.plan(
      matrix + "expect: { integrity: { is: valid, when: { storage.readers: '1, 2' } } }")
    #expect(plan.cells.allSatisfy { $0.expectations.count == 1 })
  }

  @Test(
    "Conditions and ratios name what is there",
    arguments: [
      (
        "integrity: { is: valid, when: { storage.readers: 3 } }",
        "s.yaml:5:60: expect.integrity.when.storage.readers: contradiction: '3' is not in the "
          + "matrix; allowed: 1, 2"
      ),
      (
        "integrity: { is: valid, when: { storage.journal_mode: wall } }",
        "s.yaml:5:65: expect.integrity.when.storage.journal_mode: unknown value 'wall'; "
          + "did you mean 'wal'? allowed: delete, truncate, persist, memory, wal, off"
      ),
      (
        "busy: { min: 2, relative_to: { storage.topology: pool } }",
        "s.yaml:5:42: expect.busy.relative_to.storage.topology: contradiction: "
          + "'storage.topology' is not in the matrix; allowed: storage.readers, storage.synchronous"
      ),
      (
        "busy: { min: 2, relative_to: { storage.readers: 7 } }",
        "s.yaml:5:59: expect.busy.relative_to.storage.readers: contradiction: '7' is not in the "
          + "matrix; allowed: 1, 2"
      ),
      (
        "busy: { min: 2, relative_to: pool }",
        "s.yaml:5:40: expect.busy.relative_to: found 'pool'; allowed: a mapping of matrix keys to "
          + "values such as {storage.topology: pool}"
      ),
    ])
  func names(_ text: String, _ message: String) {
    #expect(Sample.errors(matrix + "expect: { \(text) }") == [message])
  }

  @Test("A ratio keeps the matrix's spelling and does not hold for the cell it is relative to")
  func ratio() throws {
    let plan = try Sample.plan(
      """
      matrix: { storage.busy_timeout: [250ms, 1s], storage.readers: [1, 2] }
      expect: { latency: { max: 2, relative_to: { storage.busy_timeout: 0.25s } } }
      """)
    #expect(plan.cells.map(\.expectations.count) == [0, 0, 1, 1])
    guard case .bound(let bound) = plan.cells[2].expectations[0].rules[0].requirement else {
      Issue.record("no bound")
      return
    }
    #expect(bound.relativeTo == [Assignment(path: "storage.busy_timeout", value: "250ms")])
  }

  @Test("Without a matrix nothing is relative")
  func noMatrix() {
    #expect(
      Sample.errors("expect: { busy: { min: 2, relative_to: { storage.readers: 1 } } }") == [
        "s.yaml:4:42: expect.busy.relative_to.storage.readers: contradiction: 'storage.readers' is "
          + "not in the matrix; allowed: nothing without a matrix"
      ])
  }

  @Test("Faults take what the format says, and times that name a setting of their cell")
  func faults() throws {
    let plan = try Sample.plan(
      """
      matrix: { locks.ttl: [100ms, 1s] }
      faults:
        - { kill: holder, every: 1s, restart_after: 100ms, owner: same }
        - { kill: 2, after: 20 commits }
        - { pause: random, at: 1s, for: 1.5 * ttl }
        - { stale_lock: alpha, at: 0 }
      """, load: "{ workload: locks, processes: 3 }")
    let faults = plan.cells[1].faults
    #expect(faults[0].target == .holder)
    #expect(faults[0].trigger == .every(.seconds(1)))
    #expect(faults[0].restartAfter == .milliseconds(100))
    #expect(faults[0].restartOwner == .same)
    #expect(faults[1].target == .process(2))
    #expect(faults[1].trigger == .afterCommits(20))
    #expect(faults[2].duration == .milliseconds(1_500))
    #expect(plan.cells[0].faults[2].duration == .milliseconds(150))
    #expect(faults[3].target == .named("alpha"))
  }

  @Test("Further checks stand beside what is expected, gated and tuned")
  func further() throws {
    let scenario = try Sample.plan(
      """
      check: [integrity, progress]
      tune: { class: D3 }
      gate: { metrics: [p99], margins: { p99: 0.1 } }
      """
    ).scenario
    #expect(scenario.furtherChecks == [.integrity, .progress])
    #expect(scenario.tune != nil && scenario.gate != nil)
  }
}
