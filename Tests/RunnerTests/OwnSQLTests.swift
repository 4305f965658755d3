import AssayModel
import Testing

/// Workloads `sql` and `mixed` from the scenario file to the exit code.
@Suite("The user's own SQL and mixed transactions, as users run them")
struct OwnSQLTests {
  /// A table whose rows add up to nothing, and what a writer does with it.
  private static func scenario(
    setup: String = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
    statements: [String] = [
      "INSERT INTO t VALUES (:id, :n)",
      // Negative numbers for the other half: nonces are positive.
      "INSERT INTO t VALUES (-:id, -:n)",
    ],
    parameters: String = "{ id: nonce, n: { uniform: [1, 9] } }",
    query: String = "SELECT coalesce(sum(n), 0) FROM t",
    expect: String = "{ integrity: valid, invariants: valid }"
  ) -> String {
    let list = statements.map { "'\($0)'" }.joined(separator: ", ")
    return Text.scenario(
      """
      load:
        workload: sql
        processes: 2
        readers: 1
        duration: 300ms
        setup: '\(setup)'
        transactions: [{ name: pair, statements: [\(list)], parameters: \(parameters) }]
        invariants: [{ query: '\(query)', equals: 0 }]
      expect: \(expect)
      """)
  }

  @Test("Transactions are counted and timed, and invariants that hold are exit 0")
  func sound() async throws {
    let (ending, result) = try await Assay.runScenario(Self.scenario(), in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.operations["transaction"]?.count ?? 0 > 0)
    #expect(cell.operations["invariant"]?.count ?? 0 > 0)
    let verdict = try #require(cell.verdicts.first { $0.check == .invariants })
    #expect(verdict.evidence.contains("once each after the run"), "\(verdict.evidence)")
  }

  @Test("An invariant that breaks is exit 2, with the query and what it gave")
  func broken() async throws {
    let text = Self.scenario(
      statements: ["INSERT INTO t VALUES (:id, :n)"], parameters: "{ id: nonce, n: 1 }")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 2, "\(ending.errors)")
    let verdict = try #require(result.cells.first?.verdicts.first { $0.check == .invariants })
    #expect(verdict.status == .violated)
    let last = verdict.witness.last ?? ""
    #expect(
      last.hasPrefix("'SELECT coalesce(sum(n), 0) FROM t' must give '0', but gave '"), "\(last)")
    #expect(last.hasSuffix("after the run"), "\(last)")
  }

  @Test("Durability of tables that only the user knows is unknown, with the reason, and exit 4")
  func durability() async throws {
    let text = Self.scenario(expect: "{ durability: valid }")
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    #expect(
      result.cells.first?.verdicts.first?.reason?.hasPrefix("only the scenario knows what") == true)
  }

  /// A scenario with one mistake, and words that the message about it must contain.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String
    var words: [String]
  }

  private static let mistakes: [Mistake] = [
    Mistake(
      testDescription: "a script that fails", text: scenario(setup: "CREATE TABEL t(n)"),
      words: ["setup", "near \"TABEL\"", "CREATE TABEL t(n)"]),
    Mistake(
      testDescription: "a script that commits", text: scenario(setup: "CREATE TABLE t(n); COMMIT"),
      words: ["setup", "ends a transaction"]),
    Mistake(
      testDescription: "a statement that does not compile",
      text: scenario(statements: ["INSERT INTO u VALUES (:id, :n)"]),
      words: ["transaction 'pair', statement 1", "no such table: u"]),
    Mistake(
      testDescription: "an invariant that does not compile",
      text: scenario(query: "SELECT m FROM t"),
      words: ["invariant 1", "no such column: m"]),
    Mistake(
      testDescription: "an invariant that writes",
      text: scenario(query: "DELETE FROM t RETURNING n"),
      words: ["invariant 1", "it writes"]),
  ]

  @Test("A mistake in the SQL is exit 64 and one message with its place", arguments: mistakes)
  func mistake(_ mistake: Mistake) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", mistake.text)
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    #expect(ending.code == 64, "\(ending.errors)")
    let message = ending.messages.first { $0.contains("SQL") } ?? ""
    for word in mistake.words { #expect(message.contains(word), "\(ending.errors)") }
  }

  @Test("Mixed transactions under kills lose and tear nothing")
  func mixed() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        load: { workload: mixed, processes: 2, writers: 2, readers: 1, duration: 900ms }
        faults:
          - { kill: 0, operation: 90, method: write, file: wal, restart_after: 20ms }
          - { kill: random, every: 150ms, restart_after: 20ms }
        expect: { integrity: valid, durability: valid, atomicity: valid }
        """), in: try Sandbox())
    let verdicts = result.cells.first?.verdicts ?? []
    #expect(ending.code == 0, "\(verdicts) \(ending.errors)")
    #expect(result.cells.first?.operations["update_own"]?.count ?? 0 > 0)
  }
}
