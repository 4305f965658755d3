import AssayModel
import AssayStorage
import SQLiteDriver
import Testing

@testable import Workloads

/// Mistakes in a scenario's SQL are found before anything runs, and told with their place.
@Suite("Mistakes in the user's own SQL")
struct SQLProgramTests {
  private static func error(
    _ change: (inout SQLLoad) -> Void
  ) throws -> (SQLProgramError.Code, String)? {
    var load = Shop.load()
    change(&load)
    var connection = try Connection(
      ConnectionOptions(path: ":memory:", busy: .none, time: VirtualClock()))
    try connection.begin()
    do throws(SQLProgramError) {
      try SQLProgram.setUp(load, on: &connection)
      _ = try SQLProgram(load, on: &connection)
      return nil
    } catch {
      return (error.code, "\(error)")
    }
  }

  @Test("The shop is sound")
  func sound() throws {
    #expect(try Self.error { _ in } == nil)
  }

  @Test("Each mistake is named with transaction, statement and finding")
  func mistakes() throws {
    typealias Parameter = SQLLoad.Parameter
    let cases: [(SQLProgramError.Code, String, (inout SQLLoad) -> Void)] = [
      (
        .setUpFails, "setup, script 2: no such table: nowhere; SQL: INSERT INTO nowhere VALUES (1)",
        { $0.setUp[1] = "INSERT INTO nowhere VALUES (1)" }
      ),
      (
        .setUpFails,
        "setup, script 2: it ends a transaction, but the set-up is one transaction of the harness"
          + "; SQL: COMMIT",
        { $0.setUp[1] = "COMMIT" }
      ),
      (
        .doesNotPrepare,
        "transaction 'order', statement 2: near \"INSRT\": syntax error; SQL: INSRT INTO orders",
        { $0.transactions[0].statements[1] = "INSRT INTO orders" }
      ),
      (
        .doesNotPrepare,
        "transaction 'order', statement 1: no such column: price; SQL: "
          + "UPDATE stock SET price = :item",
        { $0.transactions[0].statements[0] = "UPDATE stock SET price = :item" }
      ),
      (
        .doesNotPrepare,
        "transaction 'take back', statement 1: more than one statement; SQL: "
          + "SELECT 1; SELECT :i",
        { $0.transactions[1].statements[0] = "SELECT 1; SELECT :i" }
      ),
      (
        .doesNotPrepare, "transaction 'take back', statement 1: no statement; SQL: ",
        { $0.transactions[1].statements[0] = " " }
      ),
      (
        .controlsTransaction,
        "transaction 'take back', statement 4: it contains COMMIT; begin and "
          + "commit are the harness's, see the key 'begin'; SQL: end",
        { $0.transactions[1].statements.append("end") }
      ),
      (
        .controlsTransaction,
        "transaction 'take back', statement 1: it contains BEGIN; begin and "
          + "commit are the harness's, see the key 'begin'; SQL: /* first */ begin immediate",
        { $0.transactions[1].statements[0] = "/* first */ begin\n  immediate" }
      ),
      (
        .undeclaredParameter,
        "transaction 'take back', statement 1: it has the parameter :j, which "
          + "the transaction does not declare; SQL: SELECT :j",
        { $0.transactions[1].statements[0] = "SELECT :j" }
      ),
      (
        .undeclaredParameter,
        "transaction 'take back', statement 1: it has the parameter ?; "
          + "parameters are named, as in :id; SQL: SELECT ?",
        { $0.transactions[1].statements[0] = "SELECT ?" }
      ),
      (
        .unusedParameter,
        "transaction 'order': it declares the parameter 'spare', but no statement has :spare",
        { $0.transactions[0].parameters.append(Parameter(name: "spare", kind: .nonce)) }
      ),
      (
        .impossibleParameter,
        "transaction 'order', parameter 'item': no number lies from 3 to 2",
        { $0.transactions[0].parameters[0].kind = .uniform(low: 3, high: 2) }
      ),
      (
        .impossibleParameter, "transaction 'order', parameter 'item': no number lies from 1 to 0",
        { $0.transactions[0].parameters[0].kind = .zipfian(count: 0) }
      ),
      (
        .impossibleParameter,
        "transaction 'order', parameter 'item': its length is -1; 0...268435456 are possible",
        { $0.transactions[0].parameters[0].kind = .blob(length: -1) }
      ),
      (
        .nothingToDo, "transaction 'order': it has no statements",
        { $0.transactions[0].statements = [] }
      ),
      (
        .notAQuery,
        "invariant 2: it has the parameter :x, but nothing is bound in an invariant; "
          + "SQL: SELECT :x", { $0.invariants[1].query = "SELECT :x" }
      ),
      (
        .notAQuery,
        "invariant 1: it gives no column that could be compared; SQL: DELETE FROM stock",
        { $0.invariants[0].query = "DELETE FROM stock" }
      ),
      (
        .notAQuery, "invariant 1: it writes; SQL: DELETE FROM stock RETURNING id",
        { $0.invariants[0].query = "DELETE FROM stock RETURNING id" }
      ),
      (
        .doesNotPrepare, "invariant 2: no such table: customers; SQL: SELECT 1 FROM customers",
        { $0.invariants[1].query = "SELECT 1 FROM customers" }
      ),
    ]
    for (code, message, change) in cases {
      let found = try Self.error(change)
      #expect(found?.0 == code)
      #expect(found?.1 == message)
    }
  }

  @Test("A savepoint is no transaction, and a statement may use some of the parameters only")
  func allowed() throws {
    let found = try Self.error {
      $0.transactions[0].statements.insert("SAVEPOINT a", at: 0)
      $0.transactions[0].statements.append("RELEASE a")
    }
    #expect(found == nil)
  }

  @Test("Writers without a transaction and readers without an invariant have nothing to do")
  func nothingToDo() throws {
    func refusal(_ change: (inout SQLLoad) -> Void) throws -> String {
      do {
        _ = try Trial(.sql, seed: 91) { cell in
          var load = Shop.load()
          change(&load)
          cell.load.sql = load
          cell.load.readers = 1
        }
        return "none"
      } catch let error as SQLProgramError {
        return "\(error)"
      }
    }
    #expect(
      try refusal { $0.transactions = [] }
        == "load.transactions: 1 writers have no transaction with a weight above 0")
    #expect(
      try refusal { for index in 0..<2 { $0.transactions[index].weight = 0 } }
        == "load.transactions: 1 writers have no transaction with a weight above 0")
    #expect(
      try refusal { $0.invariants = [] }
        == "load.invariants: 1 readers have no invariant to evaluate")
  }

  @Test("A mistake that only a process finds is an invalid configuration, a busy file is not")
  func inAProcess() throws {
    let trial = try Trial(.sql, seed: 92) { cell in
      cell.load.sql = Shop.load()
      cell.storage.busy = .none
      cell.storage.journalMode = .delete
    }
    try trial.execute("ALTER TABLE orders RENAME TO sales")
    #expect(throws: StorageError.self) { try trial.process() }
    do {
      _ = try trial.process()
    } catch StorageError.invalidConfiguration(let text) {
      #expect(text.hasPrefix("transaction 'order', statement 2: no such table"), "\(text)")
    }
  }
}
