import AssayModel
import ScenarioFiles
import Testing

@Suite("The expectation 'errors' in scenario files")
struct ErrorsKeyTests {
  private let shop = """
    { workload: sql, setup: CREATE TABLE t(n), transactions: \
    [{ name: prune, statements: [DELETE FROM t] }] }
    """

  @Test("Bounds take shares, the scenario's own transactions and every code")
  func forms() throws {
    let cell = try Sample.cell(
      """
      expect:
        errors:
          - { max: 1%, operation: prune, code: SQLITE_BUSY }
          - { max: 3, code: fenced }
          - { max: 0, operation: transaction, when: { storage.synchronous: full } }
      """, load: shop)
    let rules = try #require(cell.expectations.first?.rules)
    guard case .bound(let share) = rules[0].requirement,
      case .bound(let count) = rules[1].requirement
    else {
      Issue.record("no bounds")
      return
    }
    #expect(share.max?.isShare == true)
    #expect(share.max?.value { _ in nil } == 0.01)
    #expect(share.operation == "prune" && share.code == "SQLITE_BUSY")
    #expect(count.max?.isShare == false && count.code == "FENCED")
  }

  @Test("Words are allowed too, in the simulated world as well")
  func words() throws {
    #expect(Sample.errors("expect: { errors: valid }") == [])
    let simulated = Sample.simulated + "expect: { errors: { max: 1% } }"
    #expect(Sample.errors(simulated, load: Sample.simulatedLoad) == [])
  }

  @Test(
    "What would judge nothing is refused, with what is allowed",
    arguments: [
      ("errors: { max: 0, operation: vacuum }", "operation vacuum for workload sql"),
      ("errors: { max: 101% }", "a number"),
      ("errors: { max: 1%, code: SQLITE_BUZY }", "SQLITE_BUSY"),
      ("errors: { min: 1, max: 5% }", "two shares or two numbers"),
      ("throughput: { min: 5% }", "a share for errors"),
      ("latency: { max: 5ms, operation: prune }", "operation 'prune'"),
      ("busy: { max: 1, code: FENCED }", "SQLITE_BUSY"),
    ])
  func refused(_ expectation: String, _ words: String) {
    let errors = Sample.errors("expect: { \(expectation) }", load: shop)
    #expect(errors.count == 1, "\(errors)")
    #expect(errors.first?.contains(words) == true, "\(errors)")
  }

  @Test("Sweeps inject their errors themselves, so that counting them is refused")
  func sweeps() {
    let text =
      "world: simulated\nexplore: { sweep: io-errors, minimum: 10 }\nexpect: { errors: valid }"
    let errors = Sample.errors(text, load: Sample.simulatedLoad)
    #expect(errors.contains { $0.contains("sweep") }, "\(errors)")
  }
}
