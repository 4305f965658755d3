public import AssayModel
public import AssayStorage
public import SQLiteDriver

/// Workload `sql`: the user's own schema, transactions and invariants.
///
/// Each writer draws a transaction by weight and its parameters, runs it and commits; each reader
/// evaluates the invariants one after the other, at any time.
public struct SQLWorkload: Workload {
  /// The verified SQL.
  public let program: SQLProgram
  private let context: WorkloadContext

  /// Verifies the SQL on the database.
  ///
  /// - Throws: `invalidConfiguration` for a mistake in it; `sqlite` when the database is busy or
  ///   damaged.
  public init(_ context: WorkloadContext) throws(StorageError) {
    let load = context.cell.load.sql ?? SQLLoad()
    let program: SQLProgram
    do {
      program = try context.database.withConnection { connection in
        try SQLProgram(load, on: &connection)
      }
    } catch {
      throw Self.storageError(error)
    }
    self.init(context, program: program)
  }

  /// Uses a program that was verified before, for worlds that are made by the thousand.
  public init(_ context: WorkloadContext, program: SQLProgram) {
    self.context = context
    self.program = program
  }

  private static func storageError(_ error: any Error) -> StorageError {
    guard let error = error as? SQLProgramError else {
      return StorageError(error) ?? .invalidConfiguration("\(error)")
    }
    // An error of SQLite about the text is the scenario's mistake, one about the file is not.
    guard let cause = error.cause, ![.error, .misuse].contains(cause.code.primary) else {
      return .invalidConfiguration("\(error)")
    }
    return StorageError(cause)
  }

  /// Creates one actor.
  public func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    switch role {
    case .writer:
      return SQLTransactionActor(
        program: program, database: context.database, time: context.environment.time,
        actor: actor, seed: context.seed(of: actor))
    case .reader:
      return SQLInvariantActor(
        program: program, database: context.database, time: context.environment.time,
        limit: QueryLimit(context.cell), number: Int(actor.actor))
    }
  }

  /// Runs the set-up scripts, then verifies all the SQL that the run will need.
  ///
  /// - Throws: `SQLProgramError`.
  public static func setUp(
    _ connection: inout Connection, _ cell: PlannedCell
  ) throws(SQLProgramError) {
    let load = cell.load.sql ?? SQLLoad()
    try SQLProgram.setUp(load, on: &connection)
    try verify(&connection, cell, load)
  }

  /// Compiles all SQL of the scenario, and runs only the statements that change the schema.
  ///
  /// - Parameter connection: to a database that is discarded, in a transaction.
  /// - Throws: `SQLProgramError`, as the run would.
  public static func compile(
    _ connection: inout Connection, _ cell: PlannedCell
  ) throws(SQLProgramError) {
    let load = cell.load.sql ?? SQLLoad()
    try SQLProgram.compileSetUp(load, on: &connection)
    try verify(&connection, cell, load)
  }

  private static func verify(
    _ connection: inout Connection, _ cell: PlannedCell, _ load: SQLLoad
  ) throws(SQLProgramError) {
    let program = try SQLProgram(load, on: &connection)
    if cell.load.writers > 0, program.drawing.isEmpty {
      throw SQLProgramError(
        .nothingToDo, "load.transactions",
        "\(cell.load.writers) writers have no transaction with a weight above 0")
    }
    if cell.load.readers > 0, load.invariants.isEmpty {
      throw SQLProgramError(
        .nothingToDo, "load.invariants",
        "\(cell.load.readers) readers have no invariant to evaluate")
    }
  }
}

/// A writer of workload `sql`.
struct SQLTransactionActor: WorkloadActor {
  private let program: SQLProgram
  private let database: Database
  private let time: any TimeSource
  private let actor: ActorID
  private let seed: Seed
  private var draws: [SQLDraw]
  private var number = 0

  init(
    program: SQLProgram, database: Database, time: any TimeSource, actor: ActorID, seed: Seed
  ) {
    self.program = program
    self.database = database
    self.time = time
    self.actor = actor
    self.seed = seed
    draws = program.drawing.spares
  }

  /// Advances the number only: an operation follows from its number alone.
  mutating func skip() { number += 1 }

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let template = program.drawing.draw(
      of: actor, seed: seed, operation: number, into: &draws)
    let operation = WorkloadOperation(
      .sqlTransaction, subject: UInt64(template),
      value: SQLDrawing.nonce(of: actor, operation: number), extra: UInt64(number))
    number += 1
    let begin = program.begin(template)
    try Workloads.perform(
      operation, recorder, intended: intended, deadline: deadline, time: time
    ) {
      try database.write(begin: begin) { connection in
        try program.execute(draws[template], on: &connection)
      }
      return operation
    }
  }
}

/// A reader of workload `sql`: evaluates one invariant after the other.
struct SQLInvariantActor: WorkloadActor {
  let program: SQLProgram
  let database: Database
  let time: any TimeSource
  /// Limit of one evaluation.
  let limit: QueryLimit
  /// The next invariant is this number's, round and round; readers begin at different ones.
  var number: Int

  mutating func skip() { number += 1 }

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let invariant = number % program.load.invariants.count
    number += 1
    let operation = WorkloadOperation(.sqlInvariant, subject: UInt64(invariant))
    try Workloads.perform(
      operation, recorder, intended: intended, deadline: deadline, time: time
    ) {
      let found = try database.read { connection in
        try limit.apply(to: &connection) { (connection) throws(SQLiteError) in
          try program.evaluate(invariant, on: &connection)
        }
      }
      return found.operation(invariant: invariant)
    }
  }
}
