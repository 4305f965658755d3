import AssayModel
import SQLiteDriver

extension SQLProgram {
  /// Verifies one transaction and assigns its values to the parameters of its statements.
  static func verify(
    _ transaction: SQLLoad.Transaction, _ connection: inout Connection
  ) throws(SQLProgramError) -> Steps {
    let place = "transaction '\(transaction.name)'"
    guard !transaction.statements.isEmpty else {
      throw SQLProgramError(.nothingToDo, place, "it has no statements")
    }
    var steps: [Step] = []
    var unused = transaction.parameters.map(\.name)
    for (number, text) in transaction.statements.enumerated() {
      let step = try verify(
        text, "\(place), statement \(number + 1)", transaction.parameters, &connection)
      steps.append(step)
      let used = step.bindings.map { transaction.parameters[$0.value].name }
      unused.removeAll { used.contains($0) }
    }
    if let name = unused.first {
      throw SQLProgramError(
        .unusedParameter, place,
        "it declares the parameter '\(name)', but no statement has :\(name)")
    }
    let begin: TransactionKind? =
      switch transaction.begin {
      case .deferred: .deferred
      case .immediate: .immediate
      case .exclusive: .exclusive
      case nil: nil
      }
    return Steps(begin: begin, statements: steps)
  }

  private static func verify(
    _ text: String, _ place: String, _ parameters: [SQLLoad.Parameter],
    _ connection: inout Connection
  ) throws(SQLProgramError) -> Step {
    let description = try describe(text, place, &connection)
    if let control = description.transactionControl {
      throw SQLProgramError(
        .controlsTransaction, place,
        "it contains \(control); begin and commit are the harness's, see the key 'begin'",
        sql: text)
    }
    var bindings: [(parameter: Int, value: Int)] = []
    for (index, parameter) in description.parameters.enumerated() {
      guard let parameter, parameter.hasPrefix(":") else {
        throw SQLProgramError(
          .undeclaredParameter, place,
          "it has the parameter \(parameter ?? "?"); parameters are named, as in :id", sql: text)
      }
      guard let value = parameters.firstIndex(where: { $0.name == parameter.dropFirst() }) else {
        throw SQLProgramError(
          .undeclaredParameter, place,
          "it has the parameter \(parameter), which the transaction does not declare", sql: text)
      }
      bindings.append((index + 1, value))
    }
    return Step(text: text, bindings: bindings)
  }

  /// Verifies that an invariant is one query without parameters.
  static func verify(
    _ invariant: SQLLoad.Invariant, _ place: String, _ connection: inout Connection
  ) throws(SQLProgramError) {
    let description = try describe(invariant.query, place, &connection)
    let finding: String? =
      if let parameter = description.parameters.first {
        "it has the parameter \(parameter ?? "?"), but nothing is bound in an invariant"
      } else if description.columnCount == 0 {
        "it gives no column that could be compared"
      } else if !description.isReadOnly {
        "it writes"
      } else {
        nil
      }
    guard let finding else { return }
    throw SQLProgramError(.notAQuery, place, finding, sql: invariant.query)
  }

  private static func describe(
    _ text: String, _ place: String, _ connection: inout Connection
  ) throws(SQLProgramError) -> StatementDescription {
    do throws(SQLiteError) {
      return try connection.describe(text: text)
    } catch {
      throw SQLProgramError(.doesNotPrepare, place, error, sql: text)
    }
  }
}
