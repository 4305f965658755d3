import AssayModel
import FaultVFS
import SQLiteDriver
import Workloads

/// Executes the transactions of a program of workload `sql` again: one by one, in the order of
/// their commits, on a disk without faults. What SQLite then gives is the model of the program's
/// contents.
///
/// What it cannot see: a mistake that SQLite makes in the same way both times.
struct Reexecution {
  /// What came of it.
  enum Outcome: Hashable {
    /// After every transaction the same content; so many operations were executed.
    case same(operations: Int)
    /// Another content, with the first transaction that shows it.
    case differs(witness: [String])
    /// It cannot be told, and why.
    case unclear(String)
  }

  /// Most operations of one transaction whose orders are tried.
  static let mostInOrder = 4

  private let program: SimulatedProgram
  private let sql: SQLProgram
  private let trace: ProgramTrace
  private let carried: CarriedOperations
  private let draws: [SQLDraw]
  private let seed: Seed
  private let isShared: Bool
  /// Of the first re-execution and of the one that it is compared with; they outlive the
  /// connections to them.
  private let disks: [SimulatedDisk]

  /// - Parameter number: of the program that left the trace.
  init(_ program: SimulatedProgram, _ sql: SQLProgram, _ trace: ProgramTrace, number: Int) {
    self.program = program
    self.sql = sql
    self.trace = trace
    seed = program.seed(of: number)
    let seed = seed
    disks = (1...2).map { program.freshDisk(seed.derived("re-execution disk", $0)) }
    isShared = program.cell.storage.topology == .groupCommit
    carried = CarriedOperations(
      trace.events, trace.order.transactions, isShared: isShared,
      actorNumber: program.actorNumber, mayCommit: program.mayCommit)
    var cell = program.cell
    cell.seed = seed
    draws = carried.operations.map { operation in
      sql.draw(
        of: operation.event.event.actor, seed: cell.seed(of: operation.event.event.actor),
        operation: Int(operation.event.event.operation.extra))
    }
  }

  /// How far the transactions have been executed again.
  private struct Progress {
    /// By index in `operations`: whether a transaction has held it.
    var placed: [Bool]
    /// What each transaction held.
    var history: [[Int]] = []
    /// Whether something was placed that another transaction may have held instead.
    var isAmbiguous = false
  }

  /// Executes everything again.
  ///
  /// - Throws: an input error when a transaction gives one thing now and another thing then.
  func run() throws -> Outcome {
    var progress = Progress(placed: Array(repeating: false, count: carried.operations.count))
    var model = try model(1)
    guard try model.content() == trace.states[0] else {
      return .unclear("the initial content cannot be made again")
    }
    for number in trace.states.indices {
      if number > 0, let found = try execute(number, &progress, &model) { return found }
      if let found = try withoutTransaction(after: number, &model) { return found }
    }
    return .same(operations: progress.placed.count { $0 })
  }

  /// Executes what a transaction held; returns what ends the comparison.
  private func execute(
    _ number: Int, _ progress: inout Progress, _ model: inout ModelConnection
  ) throws -> Outcome? {
    if trace.unreadable.contains(number) {
      return .unclear("the content after transaction \(number) cannot be read")
    }
    let candidates = carried.candidates(for: number, placed: progress.placed)
    let arrangements = carried.arrangements(of: candidates, in: number, limit: Self.mostInOrder)
    let expected = ModelConnection.Outcome.content(trace.states[number])
    var first: ModelConnection.Outcome?
    for arrangement in arrangements {
      let outcome = try model.execute(arrangement.map { draws[$0] }) { $0 == expected }
      first = first ?? outcome
      guard outcome == expected else { continue }
      for index in arrangement { progress.placed[index] = true }
      progress.history.append(arrangement)
      if isShared, candidates.contains(where: { carried.operations[$0].transactions.count > 1 }) {
        progress.isAmbiguous = true
      }
      return nil
    }
    let likeliest = arrangements[0]
    try refuseIfUnsteady(progress.history + [likeliest], first)
    if progress.isAmbiguous || isShared && candidates.count > Self.mostInOrder {
      return .unclear(
        "it is undecidable which operations transaction \(number) of the group commit held, and in "
          + "which order; \(candidates.count) may be")
    }
    return .differs(witness: try witness(number, likeliest, first, &model))
  }

  /// A model of the initial content.
  private func model(_ number: Int) throws(SQLiteError) -> ModelConnection {
    let disk = disks[number - 1]
    return try ModelConnection(
      disk, sql, program.cell.storage, .number(number, seed, disk.wallTime),
      time: program.time)
  }

  /// An operation that was acknowledged and had no transaction must have been one that only reads.
  private func withoutTransaction(
    after number: Int, _ model: inout ModelConnection
  ) throws(SQLiteError) -> Outcome? {
    for (index, operation) in carried.operations.enumerated()
    where operation.transactions.isEmpty && operation.isAcknowledged && operation.ended == number {
      let outcome = try model.execute([draws[index]]) { _ in false }
      guard case .content(let digest) = outcome, digest != trace.states[number] else { continue }
      return .differs(witness: [
        "\(name(index)) was acknowledged without a write transaction, but executed again it "
          + "changes the content"
      ])
    }
    return nil
  }

  // MARK: What cannot be executed again

  /// Executes transactions once more under another time, other random numbers and new connections.
  ///
  /// - Throws: an input error when one of them gives something else than before.
  private func refuseIfUnsteady(
    _ transactions: [[Int]], _ last: ModelConnection.Outcome?
  ) throws {
    var other = try model(2)
    for (index, transaction) in transactions.enumerated() {
      let number = index + 1
      let expected: ModelConnection.Outcome? =
        number == transactions.count ? last : .content(trace.states[number])
      let outcome = try other.execute(transaction.map { draws[$0] }) { $0 == expected }
      guard outcome != expected else { continue }
      let names = Set(transaction.map { draws[$0].template }).sorted()
        .map { "'\(sql.load.transactions[$0].name)'" }
      throw WorkerError(
        .input,
        "the transaction \(names.joined(separator: " or ")) gives another content each time it is "
          + "executed: random(), the current time and what a connection did before "
          + "cannot be executed again; give it parameters instead")
    }
  }

  // MARK: Witness

  private func name(_ index: Int) -> String {
    let event = carried.operations[index].event
    let template = sql.load.transactions[draws[index].template].name
    return "'\(template)', operation \(event.number) of actor \(event.event.actor)"
  }

  private func witness(
    _ number: Int, _ operations: [Int], _ outcome: ModelConnection.Outcome?,
    _ model: inout ModelConnection
  ) throws -> [String] {
    let transaction = "transaction \(number) of \(trace.order.transactions.count)"
    let names = operations.map(name).joined(separator: "; ")
    let title =
      operations.isEmpty
      ? "\(transaction) changed the content, but carries nothing that was acknowledged"
      : "\(transaction) (\(names)) left another content than it gives when executed again"
    if case .refused(let message) = outcome {
      return [title, "executed again, SQLite answers \(message)"]
    }
    let expected = try model.rows(after: operations.map { draws[$0] })
    let found = try trace.rows(after: number, time: program.time)
    return [title] + ContentDifference.first(expected: expected, found: found)
  }
}
