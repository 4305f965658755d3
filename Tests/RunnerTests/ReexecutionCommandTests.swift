import AssayModel
import Testing

/// Workload `sql` under power loss, as users run it.
@Suite("Own SQL under power loss, as users run it")
struct ReexecutionCommandTests {
  private static func scenario(
    statements: [String] = [
      "INSERT INTO t VALUES (:id, :n)", "INSERT INTO t VALUES (-:id, -:n)",
    ],
    setup: String = "CREATE TABLE t(id INTEGER PRIMARY KEY, n)",
    parameters: String = "{ id: nonce, n: { uniform: [1, 9] } }",
    storage: String = "{ synchronous: extra }",
    query: String = "SELECT coalesce(sum(n), 0) FROM t",
    expect: String =
      "{ consistency: valid, durability: valid, integrity: valid, invariants: valid }"
  ) -> String {
    let list = statements.map { "\"\($0)\"" }.joined(separator: ", ")
    return Text.scenario(
      """
      world: simulated
      storage: \(storage)
      load:
        workload: sql
        processes: 2
        readers: 1
        operations: 8
        setup: '\(setup)'
        transactions:
          - name: pair
            statements: [\(list)]
            parameters: \(parameters)
        invariants: [{ query: '\(query)', equals: 0 }]
      explore: { crashes: power-loss, minimum: 60 }
      expect: \(expect)
      """)
  }

  @Test("Sound transactions are valid, and the evidence counts what was executed again")
  func sound() async throws {
    let (ending, result) = try await Assay.runScenario(
      Self.scenario(), ["--jobs", "1"], in: try Sandbox())
    let verdicts = result.cells.first?.verdicts ?? []
    #expect(ending.code == 0, "\(verdicts) \(ending.errors)")
    let consistency = verdicts.first { $0.check == .consistency }
    #expect(consistency?.evidence.contains("executed again") == true, "\(verdicts)")
    let invariants = verdicts.first { $0.check == .invariants }
    #expect(invariants?.evidence.contains("1 invariant on ") == true, "\(verdicts)")
  }

  @Test(
    "A transaction that gives something else each time is refused by its name",
    arguments: [
      "random() % 1000003", "strftime('%s', 'now')", "date('now')", "hex(randomblob(4))",
      "last_insert_rowid() + total_changes()",
    ])
  func unsteady(value: String) async throws {
    let sandbox = try Sandbox()
    let text = Self.scenario(statements: [
      "INSERT INTO t VALUES (:id, :n)",
      "UPDATE t SET n = \(value) WHERE id = :id",
    ])
    try sandbox.write("scenario.yaml", text)
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out", "--jobs", "1"], in: sandbox)
    #expect(ending.code == 64, "\(ending.errors)")
    for word in ["'pair'", "random()", "the current time"] {
      #expect(ending.errors.contains(word), "\(ending.errors)")
    }
  }

  @Test("An invariant that some committed content breaks is violated, with the query")
  func brokenState() async throws {
    let (ending, result) = try await Assay.runScenario(
      Self.scenario(
        statements: ["INSERT INTO t VALUES (:id, :n)"], expect: "{ invariants: valid }"),
      ["--jobs", "1"], in: try Sandbox())
    #expect(ending.code == 2, "\(ending.errors)")
    let verdict = try #require(result.cells.first?.verdicts.first { $0.check == .invariants })
    #expect(verdict.status == .violated)
    let text = verdict.witness.joined(separator: "\n")
    #expect(text.contains("'SELECT coalesce(sum(n), 0) FROM t' must give '0'"), "\(text)")
  }

  @Test("An image that is no state and breaks an invariant is a finding that can be made again")
  func brokenImage() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Self.scenario(
        // Each row has a page of its own, and pages reach the disk one by one.
        statements: [
          "UPDATE t SET n = n + :n WHERE id = 1", "UPDATE t SET n = n - :n WHERE id = 2",
        ],
        setup: "CREATE TABLE t(id INTEGER PRIMARY KEY, n, p); "
          + "INSERT INTO t VALUES (1, 0, zeroblob(400)), (2, 0, zeroblob(400))",
        parameters: "{ n: { uniform: [1, 9] } }",
        storage: "{ journal_mode: off, synchronous: full, page_size: 512 }",
        expect: "{ invariants: violated }"),
      ["--jobs", "1"], in: sandbox)
    let cell = try #require(result.cells.first)
    #expect(ending.code == 0, "\(cell.verdicts) \(ending.errors)")
    #expect(cell.explored["images_breaking_invariants"] ?? 0 > 0, "\(cell.explored)")
    var again = 0
    for path in sandbox.everything(in: "out") where path.contains("/finding-") {
      let replay = try await Assay.run(["replay", "out/\(path)"], in: sandbox)
      #expect(replay.code == 0, "\(path): \(replay.errors)")
      if replay.output.contains("must give") { again += 1 }
    }
    #expect(again > 0, "the broken invariant is among the findings")
  }

  @Test(
    "Checks that only built-in rows answer are refused by name",
    arguments: ["atomicity", "mutual_exclusion"])
  func refused(check: String) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Self.scenario(expect: "{ \(check): valid }"))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    #expect(ending.code == 64, "\(ending.errors)")
    #expect(ending.errors.contains(check), "\(ending.errors)")
  }
}
