import AssayModel
import Testing

@testable import Checkers

@Suite("The check 'errors', and operations that never succeed")
struct ErrorsCheckTests {
  private static let library = LibraryVersion(number: 3_040_001)

  /// Figures of a load in which `prune` is a transaction beside `move`.
  private func figures(
    _ attempts: [AttemptsResult], _ errors: [ErrorResult], endedEarly: String? = nil
  ) -> CellResult {
    var result = CellResult(
      id: "default", parameters: [:], verdicts: [], operations: [:], throughput: 0,
      measuredSeconds: 2, repetitions: 1, actors: [], series: [], counts: [:], faults: [],
      takeovers: [], incidents: [], memory: MemoryResult(peakResident: 0))
    result.attempts = attempts
    result.errors = errors
    result.endedEarly = endedEarly
    return result
  }

  private func tried(
    _ operation: String, _ attempts: UInt64, acknowledged: UInt64, failed: UInt64 = 0
  ) -> AttemptsResult {
    AttemptsResult(
      operation: operation, kind: "transaction", attempts: attempts, acknowledged: acknowledged,
      failed: failed, unfinished: 0, hasSucceeded: acknowledged > 0)
  }

  private var moves: AttemptsResult { tried("move", 1_000, acknowledged: 990, failed: 10) }

  private var moveErrors: [ErrorResult] {
    [
      ErrorResult(operation: "move", code: "SQLITE_BUSY_SNAPSHOT", count: 8, failed: 8),
      ErrorResult(operation: "move", code: "SQLITE_FULL", count: 2, failed: 2),
      ErrorResult(operation: "move", code: "PROCESS_DIED", count: 3, failed: 0),
    ]
  }

  private var deadPrune: CellResult {
    figures(
      [moves, tried("prune", 40, acknowledged: 0, failed: 40)],
      moveErrors + [
        ErrorResult(
          operation: "prune", code: "SQLITE_ERROR", count: 40, failed: 40,
          message: "cannot VACUUM from within a transaction", sql: "VACUUM")
      ])
  }

  private func verdict(
    _ figures: CellResult, _ rules: ExpectationRule.Requirement...
  ) -> Verdict? {
    let cell = cell(.sql, checks: []) {
      guard !rules.isEmpty else { return }
      $0.expectations = [
        Expectation(check: .errors, rules: rules.map { ExpectationRule(requirement: $0) })
      ]
    }
    return Judgement.verdicts(
      of: cell, checks: [], figures: [figures], library: Self.library
    ).first { $0.check == .errors }
  }

  private func bound(
    max: Double, percent: Bool = false, operation: String? = nil, code: String? = nil
  ) -> ExpectationRule.Requirement {
    let text = percent ? "\(Words.decimal(max * 100))%" : Words.decimal(max)
    return .bound(
      Bound(
        max: BoundExpression(terms: [.init(factor: max)], text: text), operation: operation,
        code: code))
  }

  @Test("Words ask for no error or for one; the death of a process is none")
  func words() {
    let clean = figures(
      [tried("move", 5, acknowledged: 4)],
      [ErrorResult(operation: "move", code: "PROCESS_DIED", count: 1, failed: 0)])
    #expect(verdict(clean, .valid)?.met == true)
    #expect(verdict(clean, .violated)?.met == false)
    let failing = figures([moves], moveErrors)
    #expect(verdict(failing, .valid)?.status == .violated)
    #expect(verdict(failing, .valid)?.witness.first == "move: 8 SQLITE_BUSY_SNAPSHOT")
    #expect(verdict(failing, .violated)?.met == true)
    #expect(verdict(failing, .mayViolate)?.met == true)
  }

  @Test("Bounds count by operation and code, as a number or as a share of the attempts")
  func bounds() throws {
    let failing = figures([moves, tried("prune", 100, acknowledged: 100)], moveErrors)
    #expect(verdict(failing, bound(max: 10))?.met == true)
    #expect(verdict(failing, bound(max: 9))?.met == false)
    #expect(verdict(failing, bound(max: 0.01, percent: true, operation: "move"))?.met == true)
    #expect(verdict(failing, bound(max: 0.009, percent: true))?.met == false)
    #expect(verdict(failing, bound(max: 0, operation: "prune"))?.met == true)
    // A primary code includes its extended ones.
    #expect(verdict(failing, bound(max: 7, code: "SQLITE_BUSY"))?.met == false)
    #expect(verdict(failing, bound(max: 8, code: "SQLITE_BUSY"))?.met == true)
    #expect(verdict(failing, bound(max: 2, code: "SQLITE_FULL"))?.met == true)
    let share = try #require(verdict(failing, bound(max: 0.001, percent: true)))
    #expect(share.measured == "0.909 %, at most 0.1 %")
    #expect(ExitCode.of(share) == .incorrect)
  }

  @Test("What was never attempted can't be judged")
  func nothingTried() {
    let verdict = verdict(figures([moves], []), bound(max: 0, operation: "prune"))
    #expect(verdict?.status == .unknown)
    #expect(verdict?.reason == "no prune was attempted")
  }

  @Test("Entries for different operations or codes hold together, and of the same the first")
  func lists() {
    let failing = figures([moves], moveErrors)
    let busy = bound(max: 8, code: "SQLITE_BUSY")
    #expect(verdict(failing, busy, bound(max: 2, code: "SQLITE_FULL"))?.met == true)
    #expect(verdict(failing, busy, bound(max: 1, code: "SQLITE_FULL"))?.met == false)
    #expect(verdict(failing, busy, bound(max: 0, code: "SQLITE_BUSY"))?.met == true)
  }

  @Test("An operation that never succeeded makes the cell unknown, with its name and the cause")
  func neverSucceeded() throws {
    let unasked = try #require(verdict(deadPrune))
    #expect(unasked.status == .unknown && !unasked.met)
    #expect(
      unasked.reason == "prune never succeeded in 40 attempts, SQLITE_ERROR: "
        + "cannot VACUUM from within a transaction")
    #expect(ExitCode.of(unasked) == .unknown)
    // A bound that speaks of something else does not cover it, and neither does a mere number.
    #expect(verdict(deadPrune, bound(max: 10, operation: "move"))?.status == .unknown)
    #expect(verdict(deadPrune, bound(max: 100))?.status == .unknown)
    #expect(verdict(figures([moves], moveErrors)) == nil)
  }

  @Test("A scenario that expects the errors of an operation is not told that it never succeeded")
  func expected() {
    #expect(verdict(deadPrune, .violated)?.met == true)
    #expect(verdict(deadPrune, .mayViolate)?.met == true)
    #expect(verdict(deadPrune, bound(max: 40, operation: "prune"))?.met == true)
    #expect(verdict(deadPrune, bound(max: 1, percent: true))?.met == true)
    #expect(verdict(deadPrune, bound(max: 0.5, percent: true, operation: "prune"))?.met == false)
  }

  @Test("A run that ended early because nothing succeeded is unknown")
  func early() {
    let verdict = verdict(figures([moves], moveErrors, endedEarly: "nothing succeeded for 5 s"))
    #expect(verdict?.status == .unknown)
    #expect(verdict?.reason == "nothing succeeded for 5 s")
  }

  @Test("A latency that open operations decide breaks a bound below it and proves none above it")
  func lowerBounds() {
    var latency = LatencyResult(
      count: 100, p50: 10, p90: 10, p99: 2_000, p999: nil, max: 2_000,
      histogram: HistogramCounts())
    latency.censored = 7
    latency.lowerBounds = ["p99", "max"]
    var own = figures([], [])
    own.operations["transaction"] = OperationResult(
      count: 100, notAcknowledged: 7, errors: [:], response: latency, service: latency,
      queue: latency, throughput: 50)
    func judged(_ max: Double, _ statistic: Bound.Statistic) -> Verdict? {
      let cell = cell(.sql, checks: []) {
        $0.expectations = [
          Expectation(
            check: .latency,
            rules: [
              ExpectationRule(
                requirement: .bound(
                  Bound(
                    max: BoundExpression(terms: [.init(factor: max)], text: "\(max)"),
                    statistic: statistic)))
            ])
        ]
      }
      return Judgement.verdicts(
        of: cell, checks: [], figures: [own], library: Self.library
      ).first
    }
    #expect(judged(1_000, .p99)?.status == .violated)
    #expect(judged(3_000, .p99)?.status == .unknown)
    #expect(judged(3_000, .p50)?.status == .valid)
  }
}
