import AssayModel
import SQLiteDriver
import Testing

@testable import ScenarioFiles

/// What failed, from the scenario file to the exit code.
@Suite("Operations that fail, as users run them")
struct FailedOperationTests {
  private static func scenario(
    _ sections: String, transactions: String, readers: Int = 0, extent: String = "duration: 300ms"
  ) -> String {
    Text.scenario(
      """
      \(sections)
      load:
        workload: sql
        writers: 2
        readers: \(readers)
        \(extent)
        setup: 'CREATE TABLE t(n INTEGER CHECK (n > 0))'
        transactions:
          - \(transactions)
      """)
  }

  private static let move = "{ name: move, statements: [INSERT INTO t VALUES (1)] }"
  private static let prune = "{ name: prune, statements: [VACUUM] }"

  @Test("A transaction that always fails is exit 4 and never 'all expectations met'")
  func alwaysFails() async throws {
    let text = Self.scenario(
      "expect: { integrity: valid }", transactions: "\(Self.move)\n    - \(Self.prune)")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    #expect(!result.finding.lowercased().contains("all"), "\(result.finding)")
    let cell = try #require(result.cells.first)
    let error = try #require(cell.errors?.first { $0.operation == "prune" })
    #expect(error.code == "SQLITE_ERROR")
    #expect(error.message == "cannot VACUUM from within a transaction")
    #expect(error.sql == "VACUUM")
    #expect(error.count > 0 && error.failed == error.count)
    let verdict = try #require(cell.verdicts.first { $0.check == .errors })
    #expect(verdict.status == .unknown)
    #expect(verdict.reason?.hasPrefix("prune never succeeded in ") == true)
    #expect(ending.errors.contains("none succeeded: cannot VACUUM"), "\(ending.errors)")
  }

  @Test("A bound on the errors of a transaction is judged by its share")
  func bounded() async throws {
    let text = Self.scenario(
      "expect: { errors: [{ max: 100%, operation: prune }, { max: 0, operation: move }] }",
      transactions: "\(Self.move)\n    - \(Self.prune)")
    let (ending, _) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let strict = Self.scenario(
      "expect: { errors: { max: 50%, operation: prune, code: SQLITE_ERROR } }",
      transactions: "\(Self.move)\n    - \(Self.prune)")
    let (missed, result) = try await Assay.runScenario(strict, in: try Sandbox())
    #expect(missed.code == 2, "\(missed.errors)")
    #expect(result.cells.first?.verdicts.first?.measured == "100 %, at most 50 %")
  }

  @Test("Locks under which every protected write is fenced off are exit 4, whatever else holds")
  func fenced() async throws {
    let text = Text.scenario(
      """
      locks: { ttl: 20ms, renew: false, fencing: true }
      load:
        { workload: locks, processes: 2, writers: 4, keys: { count: 1 }, hold: 100ms,
          duration: 600ms }
      expect: { mutual_exclusion: valid, integrity: valid }
      """)
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    let reason = result.cells.first?.verdicts.first { $0.check == .errors }?.reason ?? ""
    #expect(reason.contains("protected_write never succeeded in "), "\(reason)")
    #expect(reason.contains("FENCED: the lease of lock 'lock-0' is over"), "\(reason)")
    #expect(reason.contains("release never succeeded in "), "\(reason)")
  }

  @Test("A run in which nothing succeeds for 5 s ends then and says why")
  func fruitless() async throws {
    let text = Self.scenario(
      "expect: { integrity: valid }",
      transactions: "{ name: spoil, statements: [INSERT INTO t VALUES (0)] }",
      extent: "duration: 60s")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    #expect(ending.elapsed < .seconds(25))
    let cell = try #require(result.cells.first)
    #expect(cell.endedEarly?.hasPrefix("nothing succeeded for 5 s") == true)
    #expect(cell.measuredSeconds < 20)
    let reason = cell.verdicts.first { $0.check == .errors }?.reason ?? ""
    #expect(reason.contains("CHECK constraint failed: n > 0"), "\(reason)")
    #expect(cell.incidents.isEmpty)
  }

  @Test(
    "An exploration in which nothing is acknowledged ends early and says why",
    arguments: ["crashes: power-loss", "strategy: uniform"])
  func fruitlessExploration(_ way: String) async throws {
    let text = Self.scenario(
      "world: simulated\nexplore: { \(way), minimum: 1000000 }\nexpect: { integrity: valid }",
      transactions: "{ name: spoil, statements: [INSERT INTO t VALUES (0)] }",
      extent: "operations: 4")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.endedEarly?.contains("acknowledged nothing") == true)
    let reason = cell.verdicts.first { $0.check == .errors }?.reason ?? ""
    #expect(reason.contains("spoil never succeeded in "), "\(reason)")
    #expect(reason.contains("CHECK constraint failed: n > 0"), "\(reason)")
  }

  @Test("Errors of explored programs are judged by bounds too")
  func explored() async throws {
    let text = Self.scenario(
      """
      world: simulated
      explore: { crashes: power-loss, minimum: 20 }
      expect: { errors: { max: 0, operation: spoil } }
      """,
      transactions: """
        \(Self.move)
            - { name: spoil, statements: [INSERT INTO t VALUES (0)] }
        """, extent: "operations: 20")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 2, "\(ending.errors)")
    let verdict = try #require(result.cells.first?.verdicts.first)
    #expect(verdict.status == .violated)
    #expect(verdict.witness.first?.contains("CHECK constraint failed") == true)
  }

  @Test("A process that is killed loses neither its counts nor SQLite's message")
  func killed() async throws {
    let text = Self.scenario(
      "faults: [{ kill: all, at: 250ms }]\nexpect: { integrity: valid }",
      transactions: "\(Self.move)\n    - { name: spoil, statements: [INSERT INTO t VALUES (0)] }",
      extent: "duration: 400ms")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    let error = try #require(result.cells.first?.errors?.first { $0.operation == "spoil" })
    #expect(error.failed > 0)
    #expect(error.message == "CHECK constraint failed: n > 0")
    #expect(error.sql == "INSERT INTO t VALUES (0)")
  }

  @Test("Every name that results give an error code can be named by a bound")
  func names() {
    for code in Int32(1)...9_000 {
      let name = ResultCode(rawValue: code).name
      let isOther = ["SQLITE_NOTICE", "SQLITE_WARNING", "SQLITE_ROW", "SQLITE_DONE", "SQLITE_OK"]
        .contains { name.hasPrefix($0) }
      guard name.allSatisfy({ $0.isUppercase || $0 == "_" }), !isOther else { continue }
      #expect(ErrorCodeNames.all.contains(name), "\(name)")
    }
    for code in [-1, -2, -3, -4, -99] as [Int32] {
      #expect(ErrorCodeNames.all.contains(HarnessCode.name(of: code) ?? ""))
    }
  }
}
