import AssayModel
import Foundation
import Testing

@Suite("Queries that never end")
struct QueryLimitTests {
  private static let endless =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"

  private static func text(_ storage: String, _ load: String, _ sections: String = "") -> String {
    Text.scenario(
      """
      \(sections)
      storage: { journal_mode: delete, max_open_connections: 1\(storage) }
      load:
        workload: sql
        setup: ["CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (0)"]
        transactions: [{ statements: ["UPDATE t SET n = n + 1"] }]
        invariants: [{ query: "\(endless)", equals: 1 }]
        \(load)
      expect: { integrity: valid, invariants: valid }
      """)
  }

  @Test(
    "A final invariant that never ends leaves the check unknown, with and without query_timeout",
    arguments: ["", ", query_timeout: 100ms"])
  func final(storage: String) async throws {
    let (ending, result) = try await Assay.runScenario(
      Self.text(storage, "duration: 100ms\n  invariant_timeout: 200ms"),
      in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    let verdict = try #require(
      result.cells.first?.verdicts.first { $0.check == .invariants })
    #expect(verdict.status == .unknown)
    #expect(verdict.reason?.contains("did not finish within 0.2 s after the run") == true)
    #expect(verdict.reason?.contains("load.invariant_timeout") == true)
  }

  @Test("A query_timeout that every query passes says nothing of the content of a schedule")
  func ownLimit() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        world: simulated
        storage: { journal_mode: delete, max_open_connections: 2, query_timeout: 1ns }
        load: { workload: ledger, operations: 3, think: 1ms }
        explore: { strategy: pct-5, schedules: 3, minimum: 3 }
        expect: { integrity: valid, atomicity: valid, durability: valid, errors: may_violate }
        """), in: try Sandbox())
    let cell = try #require(result.cells.first, "\(ending.errors)")
    #expect(cell.verdicts.allSatisfy { $0.status != .violated || $0.check == .errors })
    #expect(cell.explored["distinct_schedules"] == 3)
  }

  @Test("Readers whose query never ends are interrupted, and the run ends")
  func readers() async throws {
    let (ending, result) = try await Assay.runScenario(
      Self.text("", "duration: 100ms\n  readers: 1\n  invariant_timeout: 200ms"),
      in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    #expect(result.cells.first?.verdicts.first { $0.check == .invariants }?.status == .unknown)
    #expect(ending.elapsed < .seconds(15))
  }

  @Test(
    "In the simulated world such a query ends as well",
    arguments: [
      "crashes: process, minimum: 1, schedules: 1", "minimum: 2, schedules: 2",
    ])
  func simulated(explore: String) async throws {
    let (ending, result) = try await Assay.runScenario(
      Self.text("", "operations: 2", "world: simulated\nexplore: { \(explore) }"),
      in: try Sandbox(), within: .seconds(120))
    #expect(ending.code == 4, "\(ending.errors)")
    let verdict = try #require(
      result.cells.first?.verdicts.first { $0.check == .invariants })
    #expect(verdict.status == .unknown, "\(verdict)")
  }
}
