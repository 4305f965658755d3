import AssayModel
import Foundation
import ScenarioFiles
import Testing

@Suite("The user's own SQL")
struct SQLTests {
  /// A load with one transaction and lines added, each indented by two; they start in line 6.
  private func text(_ added: String, transactions: String = "[{ statements: [SELECT 1] }]")
    -> String
  {
    "name: s\nquestion: Does it hold?\nload:\n  workload: sql\n  transactions: \(transactions)\n"
      + added
  }

  private func load(_ text: String, name: String = "s.yaml") throws -> SQLLoad {
    let plan = try ScenarioFile(text: text, name: name).plan(seed: Seed(7))
    return try #require(plan.cells.first?.load.sql)
  }

  @Test(
    "A plain value of equals is what SQLite answers: true is 1, and text in quotes stays text",
    arguments: [
      ("true", "1"), ("False", "0"), ("null", "NULL"), ("42", "42"), ("-7", "-7"), ("1.5", "1.5"),
      ("2.0", "2.0"), ("1.0e+20", "1.0e+20"), ("ok", "ok"), ("'true'", "true"), ("'01'", "01"),
      ("nan", "nan"), ("2026-01-01", "2026-01-01"),
    ])
  func equals(_ written: String, _ answer: String) throws {
    let load = try load(text("  invariants: [{ query: SELECT 1, equals: \(written) }]\n"))
    #expect(load.invariants.first?.equals == answer)
  }

  @Test(
    "A number that SQLite never writes so is refused",
    arguments: ["01", "+1", "1_000", "0x1F", "1.50", ".5", "1e3", "-0"])
  func impossible(_ written: String) {
    do {
      _ = try load(text("  invariants: [{ query: SELECT 1, equals: \(written) }]\n"))
      Issue.record("\(written) was accepted")
    } catch {
      #expect("\(error)".contains("which SQLite never answers"), "\(error)")
    }
  }

  @Test("Set-up, transactions with their parameters, and invariants are read")
  func everything() throws {
    let load = try load(
      text(
        """
          setup: ["CREATE TABLE t(id, v)", "INSERT INTO t VALUES(1, ':no')"]
          invariants:
            - { query: SELECT count(*) FROM t, equals: 24 }
            - { query: SELECT max(v) FROM t, equals: null }
            - { query: SELECT '', equals: '' }
        """,
        transactions: """

              - name: order
                weight: 3
                begin: exclusive
                statements:
                  - UPDATE t SET v = :v, p = :p WHERE id = :id -- :nobody
                  - INSERT INTO u VALUES(:k, :t, :n, :m, ':text', [:quoted])
                parameters:
                  id: { uniform: [-1, 24] }
                  v: nonce
                  p: { blob: 300 }
                  k: { zipfian: 1000 }
                  t: { text: 20 }
                  n: { int: 5 }
                  m: -6
              - statements: DELETE FROM u
          """))
    #expect(load.setUp == ["CREATE TABLE t(id, v)", "INSERT INTO t VALUES(1, ':no')"])
    try #require(load.transactions.count == 2)
    let order = load.transactions[0]
    #expect(order.name == "order")
    #expect(order.weight == 3)
    #expect(order.begin == .exclusive)
    #expect(order.statements.count == 2)
    #expect(order.parameters.map(\.name) == ["id", "v", "p", "k", "t", "n", "m"])
    #expect(
      order.parameters.map(\.kind) == [
        .uniform(low: -1, high: 24), .nonce, .blob(length: 300), .zipfian(count: 1_000),
        .text(length: 20), .integer(5), .integer(-6),
      ])
    #expect(load.transactions[1].name == "transaction 2")
    #expect(load.transactions[1].weight == 1)
    #expect(load.transactions[1].begin == nil)
    #expect(load.transactions[1].statements == ["DELETE FROM u"])
    #expect(load.invariants.map(\.equals) == ["24", "NULL", ""])
    #expect(load.invariants[0].query == "SELECT count(*) FROM t")
  }

  @Test(
    "A script may stand in a file beside the scenario; what is no script is named with its place")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "assay-sql-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "folder"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = "CREATE TABLE t(id);\nINSERT INTO t VALUES(1);\n"
    try script.write(to: folder.appending(path: "schema.sql"), atomically: true, encoding: .utf8)
    try "-- nothing\n".write(
      to: folder.appending(path: "empty.sql"), atomically: true, encoding: .utf8)
    try "SELECT :id".write(
      to: folder.appending(path: "parameter.sql"), atomically: true, encoding: .utf8)
    try Data([0xff, 0xfe]).write(to: folder.appending(path: "binary.sql"))
    try Data(repeating: 0x20, count: (1 << 20) + 1).write(to: folder.appending(path: "large.sql"))
    let name = folder.appending(path: "s.yaml").path
    #expect(try load(text("  setup: { file: schema.sql }"), name: name).setUp == [script])
    #expect(
      try load(text("  setup: [SELECT 1, { file: schema.sql }]"), name: name).setUp
        == ["SELECT 1", script])
    for (file, found) in [
      ("missing.sql", "no such file"), ("folder", "a folder"), ("binary.sql", "a binary file"),
      ("large.sql", "more than 1048576 bytes"), ("empty.sql", "a file without statements"),
      ("parameter.sql", "the parameter :id"),
    ] {
      let error = #expect(throws: ScenarioErrors.self) {
        try load(text("  setup: { file: \(file) }"), name: name)
      }
      let first = try #require(error?.errors.first)
      #expect(error?.errors.count == 1)
      #expect(first.code == .unreadable)
      #expect(first.path == "load.setup.file")
      #expect(first.place == SourcePlace(file: name, line: 6, column: 18))
      #expect(first.found.hasPrefix("\(found): '"), "\(first)")
    }
  }

  @Test(
    "What is wrong with a transaction is told with its place",
    arguments: [
      ("[]", "5:17: load.transactions: found an empty list; allowed: a list of mappings with the "),
      ("SELECT 1", "5:17: load.transactions: found 'SELECT 1'; allowed: a list of mappings with "),
      ("[{ weight: 1 }]", "5:18: load.transactions.statements: missing; allowed: a list of text"),
      (
        "[{ statements: [] }]",
        "5:32: load.transactions.statements: found an empty list; allowed: at least one statement"
      ),
      (
        "[{ statements: ['-- none'] }]",
        "5:33: load.transactions.statements: contradiction: 0 statements in one text; "
          + "allowed: a list with one statement each"
      ),
      (
        "[{ statements: ['SELECT 1; SELECT 2;'] }]",
        "5:33: load.transactions.statements: contradiction: 2 statements in one text; "
          + "allowed: a list with one statement each"
      ),
      (
        "[{ statements: [begin immediate] }]",
        "5:33: load.transactions.statements: contradiction: 'begin immediate'; "
          + "allowed: statements without BEGIN and COMMIT, since each run is a transaction"
      ),
      (
        "[{ statements: ['SELECT ?1'] }]",
        "5:33: load.transactions.statements: contradiction: the parameter ?1; "
          + "allowed: named parameters such as :id"
      ),
      (
        "[{ statements: ['SELECT :id'], parameters: { ib: 5 } }]",
        "5:20: load.transactions.parameters: contradiction: the parameter :id of transaction 1 "
          + "without a value; allowed: parameters: {id: ...}, such as {uniform: [1, 24]}"
      ),
      (
        "[{ statements: ['SELECT 1'], parameters: { id: 5 } }]",
        "5:60: load.transactions.parameters: contradiction: the parameter id, which no statement "
          + "names; allowed: no parameters"
      ),
      (
        "[{ statements: ['SELECT 1'], weight: 0 }]",
        "5:17: load.transactions: transactions without weight is out of range; "
          + "allowed: a weight above 0"
      ),
      (
        "[{ name: a, statements: ['SELECT 1'] }, { name: a, statements: ['SELECT 1'] }]",
        "5:57: load.transactions: contradiction: a second transaction 'a'; allowed: each name once"
      ),
      (
        "[{ statement: ['SELECT 1'], statements: x }]",
        "5:20: load.transactions.statement: unknown key 'statement'; did you mean 'statements'?"
      ),
      (
        "[{ statements: [x], begin: concurrent }]",
        "5:44: load.transactions.begin: unknown value 'concurrent'; "
          + "allowed: deferred, immediate, exclusive"
      ),
    ])
  func transactions(_ transactions: String, _ message: String) {
    let errors = Sample.errors(in: text("", transactions: transactions))
    #expect(errors.first?.hasPrefix("s.yaml:\(message)") == true, "\(errors)")
  }

  @Test(
    "What is no way to draw a parameter is an error",
    arguments: [
      ("once", "unknown value 'once'; did you mean 'nonce'? allowed: nonce, a number, {uniform: "),
      ("1.5", "unknown value '1.5'; allowed: nonce, a number"),
      ("[1, 2]", "found a list; allowed: nonce, a number"),
      ("{}", "contradiction: 0 ways to draw one parameter; allowed: exactly one of int, uniform"),
      ("{ int: 1, blob: 2 }", "contradiction: 2 ways to draw one parameter; allowed: exactly one"),
      ("{ gaussian: 1 }", "unknown key 'gaussian'; allowed: int, uniform, zipfian, text, blob"),
      ("{ uniform: [1] }", "found a list; allowed: two numbers, such as [1, 24]"),
      ("{ uniform: [2, 1] }", "contradiction: [2, 1]; allowed: the smaller number first"),
      ("{ zipfian: 0 }", "'0' is out of range; allowed: a whole number from 1"),
      ("{ blob: -1 }", "'-1' is out of range; allowed: a size from 0 to 16MiB"),
      ("99999999999999999999", "'99999999999999999999' is out of range; allowed: a whole number"),
    ])
  func parameters(_ parameter: String, _ message: String) {
    let transactions = "[{ statements: ['SELECT :id'], parameters: { id: \(parameter) } }]"
    let errors = Sample.errors(in: text("", transactions: transactions))
    #expect(errors.count == 1)
    #expect(
      errors.first?.hasPrefix("s.yaml:5:") == true
        && errors.first?.contains("load.transactions.parameters.id") == true
        && errors.first?.contains(": \(message)") == true, "\(errors)")
  }

  @Test(
    "Set-up and invariants that cannot be are errors",
    arguments: [
      ("setup: '-- none'", "6:10: load.setup: contradiction: a script without statements; "),
      (
        "setup: [CREATE TABLE t(a, b)]",
        "6:11: load.setup: contradiction: an open parenthesis in 'CREATE TABLE t(a'; allowed: SQL"
      ),
      ("setup: 'SELECT @a'", "6:10: load.setup: contradiction: the parameter @a in a script; "),
      ("setup: { fil: x }", "6:10: load.setup.file: missing; allowed: a path, such as s"),
      ("invariants: []", "6:15: load.invariants: found an empty list; allowed: a list of mapp"),
      ("invariants: [{ query: SELECT 1 }]", "6:16: load.invariants.equals: missing; allowed: "),
      ("invariants: [{ equals: 1 }]", "6:16: load.invariants.query: missing; allowed: a text "),
      (
        "invariants: [{ query: 'SELECT :a', equals: 1 }]",
        "6:25: load.invariants.query: contradiction: the parameter :a in an invariant; allowed: "
      ),
      (
        "invariants: [{ query: SELECT 1, equals: [1] }]",
        "6:43: load.invariants.equals: found a list; allowed: one value, such as 100"
      ),
    ])
  func others(_ added: String, _ message: String) {
    let errors = Sample.errors(in: text("  \(added)"))
    #expect(errors.first?.hasPrefix("s.yaml:\(message)") == true, "\(errors)")
  }

  @Test("Workload sql needs transactions and has no keys of its own")
  func contradictions() {
    #expect(
      Sample.errors("", load: "{ workload: sql }") == [
        "s.yaml:3:9: load.workload: contradiction: workload sql without transactions; "
          + "allowed: load.transactions, such as [{statements: [UPDATE t SET n = n + 1]}]"
      ])
    #expect(
      Sample.errors(in: text("  readers: 2")) == [
        "s.yaml:6:3: load.readers: contradiction: readers of workload sql without invariants; "
          + "allowed: load.invariants, which they evaluate, or readers: 0"
      ])
    #expect(
      Sample.errors(in: text("  keys: { count: 5 }")) == [
        "s.yaml:6:3: load.keys: contradiction: keys for workload sql; allowed: load.keys with "
          + "another workload; parameters draw what transactions need"
      ])
    #expect(
      Sample.errors(in: text("expect: { invariants: valid }")) == [
        "s.yaml:6:11: expect.invariants: contradiction: the check invariants without "
          + "load.invariants; allowed: load.invariants, such as "
          + "[{query: SELECT count(*) FROM t, equals: 1}]"
      ])
    let invariants = "  invariants: [{ query: SELECT 1, equals: 1 }]\nexpect: { invariants: valid }"
    #expect(Sample.errors(in: text(invariants)) == [])
  }

  @Test("A trigger's body is part of its statement, a savepoint is no transaction")
  func statements() {
    for statement in [
      "'CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u; SELECT 1; END'",
      "SAVEPOINT a", "ROLLBACK TO a", "'SELECT 1; -- done'", "\"SELECT 'a;b', \\\"c;d\\\"\"",
      "'SELECT 1 /* :a; ?2 */'",
    ] {
      let transactions = "[{ statements: [\(statement)] }]"
      #expect(Sample.errors(in: text("", transactions: transactions)) == [], "\(statement)")
    }
  }

  @Test("Each workload weighs its own operations")
  func mix() throws {
    let mixed = try Sample.cell(
      load: "{ workload: mixed, mix: { own: 4, counter: 3, several: 2, read: 2, checkpoint: 1,"
        + " think: 1 } }")
    #expect(mixed.load.mix.map(\.operation).contains("checkpoint"))
    #expect(mixed.load.mix.map(\.weight) == [4, 3, 2, 2, 1, 1])
    #expect(
      Sample.errors("", load: "{ workload: kv, mix: { own: 4 } }") == [
        "s.yaml:3:30: load.mix.own: unknown key 'own'; allowed: read, store, delete"
      ])
    #expect(
      Sample.errors("", load: "{ workload: mixed, mix: { store: 4 } }") == [
        "s.yaml:3:33: load.mix.store: unknown key 'store'; "
          + "allowed: own, counter, several, read, checkpoint, think, savepoint, refused, resize, "
          + "checkpoint_full, checkpoint_restart, checkpoint_truncate"
      ])
  }
}
