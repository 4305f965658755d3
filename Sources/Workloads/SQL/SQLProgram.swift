public import AssayModel
public import SQLiteDriver

/// One run of a transaction as it was drawn: all that is needed to run it again.
public struct SQLDraw: Equatable, Sendable {
  /// Number of the transaction in `SQLLoad.transactions`.
  public var template: Int
  /// The values of its parameters, in the order in which it declares them.
  public var values: [SQLiteValue]

  /// Creates a draw.
  public init(template: Int, values: [SQLiteValue]) {
    self.template = template
    self.values = values
  }
}

/// The user's own SQL, verified: the transactions, the distributions of their parameters, and the
/// invariants.
///
/// An actor's n-th operation follows from its identity, its seed and n alone. So a run can be
/// repeated transaction by transaction, in another order than it happened.
public struct SQLProgram: Sendable {
  /// The SQL load of the scenario.
  public let load: SQLLoad
  let drawing: SQLDrawing
  let transactions: [Steps]
  private let expected: [[UInt8]]

  /// The statements of one transaction.
  struct Steps: Sendable {
    var begin: TransactionKind?
    var statements: [Step]
  }

  /// One statement, and the transaction's value for each of its parameters.
  struct Step: Sendable {
    var text: String
    var bindings: [(parameter: Int, value: Int)]
  }

  /// Verifies the SQL: every statement compiles on its own, controls no transaction, and has
  /// exactly the parameters that its transaction declares; every invariant is a query.
  ///
  /// - Parameter connection: to a database in which the set-up has run. No statement is run on it.
  /// - Throws: the first mistake with its place. Its cause may also be a busy or damaged database.
  public init(_ load: SQLLoad, on connection: inout Connection) throws(SQLProgramError) {
    self.load = load
    drawing = try SQLDrawing(load)
    var transactions: [Steps] = []
    for transaction in load.transactions {
      transactions.append(try Self.verify(transaction, &connection))
    }
    self.transactions = transactions
    for (number, invariant) in load.invariants.enumerated() {
      try Self.verify(invariant, "invariant \(number + 1)", &connection)
    }
    expected = load.invariants.map { Array($0.equals.utf8) }
  }

  // MARK: Transactions

  /// Returns the operation `operation` of an actor: a pure function of the three.
  ///
  /// - Parameters:
  ///   - seed: seed of the actor, `cell.seed(of: actor)`.
  ///   - operation: counted from 0, including those left out.
  /// - Precondition: there are transactions with a weight above 0.
  public func draw(of actor: ActorID, seed: Seed, operation: Int) -> SQLDraw {
    var draws = drawing.spares
    let template = drawing.draw(of: actor, seed: seed, operation: operation, into: &draws)
    return draws[template]
  }

  /// Returns the names of a draw's values, for people.
  public func names(_ draw: SQLDraw) -> [String] {
    load.transactions[draw.template].parameters.map(\.name)
  }

  /// Returns the begin mode of a transaction; `nil` for that of the storage settings.
  public func begin(_ template: Int) -> TransactionKind? { transactions[template].begin }

  /// Runs the statements of a drawn transaction, in the transaction that the caller has opened.
  ///
  /// Rows that statements return are computed and discarded.
  /// - Throws: errors of SQLite, constraint violations included.
  public func execute(
    _ draw: SQLDraw, on connection: inout Connection
  ) throws(SQLiteError) {
    for step in transactions[draw.template].statements {
      try connection.withStatement(text: step.text) { (statement) throws(SQLiteError) in
        for binding in step.bindings {
          try statement.bind(binding.parameter, draw.values[binding.value])
        }
        try statement.run()
      }
    }
  }

  // MARK: Invariants

  /// Evaluates one invariant.
  ///
  /// - Parameter number: in `load.invariants`, from 0.
  public func evaluate(
    _ number: Int, on connection: inout Connection
  ) throws(SQLiteError) -> FoundValue {
    let expected = expected[number]
    return try connection.withStatement(text: load.invariants[number].query) {
      (statement) throws(SQLiteError) in
      guard try statement.step() else { return FoundValue(.noRow) }
      if statement.isNull(0) {
        return FoundValue(expected == Self.null ? .holds : .null)
      }
      return statement.withBytes(0) { FoundValue($0, expected: expected.span) }
    }
  }

  private static let null = Array("NULL".utf8)

  /// Operations of SQLite's virtual machine that one statement of a scenario may run in the
  /// simulated world: about a tenth of a second.
  public static let simulatedStepLimit = 10_000_000

  /// Evaluates every invariant, for an observation; errors of SQLite and interrupted queries are
  /// part of the result.
  ///
  /// - Parameter cell: the cell, which determines the limit of each query.
  public static func observe(
    _ cell: PlannedCell, _ connection: inout Connection
  ) -> [InvariantObservation] {
    let limit = QueryLimit(cell)
    var observations: [InvariantObservation] = []
    for invariant in cell.load.sql?.invariants ?? [] {
      observations.append(
        InvariantObservation(
          query: invariant.query, expected: invariant.equals,
          answer: answer(invariant.query, limit, &connection)))
    }
    return observations
  }

  private static func answer(
    _ query: String, _ limit: QueryLimit, _ connection: inout Connection
  ) -> InvariantObservation.Answer {
    do throws(SQLiteError) {
      return try limit.apply(to: &connection) { (connection) throws(SQLiteError) in
        try connection.withStatement(text: query) { (statement) throws(SQLiteError) in
          try statement.step() ? .found(statement.optionalText(0) ?? "NULL") : .noRow
        }
      }
    } catch {
      return error.isOfLimit
        ? .unfinished(limit: "\(limit)") : .failed("\(error.code): \(error.message)")
    }
  }

  // MARK: Set-up

  /// Compiles the set-up scripts in order and runs only the statements that change the schema.
  ///
  /// - Throws: `setUpFails`.
  static func compileSetUp(
    _ load: SQLLoad, on connection: inout Connection
  ) throws(SQLProgramError) {
    for (number, script) in load.setUp.enumerated() {
      let place = load.setUp.count == 1 ? "setup" : "setup, script \(number + 1)"
      let controlsTransaction: Bool
      do throws(SQLiteError) {
        controlsTransaction = try connection.compile(script: script)
      } catch {
        throw SQLProgramError(.setUpFails, place, error, sql: script)
      }
      guard !controlsTransaction else { throw endsTransaction(place, script) }
    }
  }

  private static func endsTransaction(_ place: String, _ script: String) -> SQLProgramError {
    SQLProgramError(
      .setUpFails, place,
      "it ends a transaction, but the set-up is one transaction of the harness", sql: script)
  }

  /// Runs the set-up scripts in order, inside the transaction that the caller has opened.
  ///
  /// - Throws: `setUpFails`.
  public static func setUp(
    _ load: SQLLoad, on connection: inout Connection
  ) throws(SQLProgramError) {
    for (number, script) in load.setUp.enumerated() {
      let place = load.setUp.count == 1 ? "setup" : "setup, script \(number + 1)"
      do throws(SQLiteError) {
        try connection.execute(script)
      } catch {
        throw SQLProgramError(.setUpFails, place, error, sql: script)
      }
      guard !connection.isAutocommit else {
        throw endsTransaction(place, script)
      }
    }
  }
}

extension FoundValue {
  /// Describes a value that is not null.
  fileprivate init(_ found: Span<UInt8>, expected: Span<UInt8>) {
    var (head, tail) = (UInt64(0), UInt64(0))
    var isEqual = found.count == expected.count
    for index in 0..<found.count {
      if isEqual, found[index] != expected[index] { isEqual = false }
      if index < 8 {
        head |= UInt64(found[index]) << UInt64(index * 8)
      } else if index < Self.limit {
        tail |= UInt64(found[index]) << UInt64((index - 8) * 8)
      }
    }
    self.init(isEqual ? .holds : .differs, length: found.count, head: head, tail: tail)
  }
}
