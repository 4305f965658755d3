import AssayModel
import SQLiteDriver

/// The limit after which one of the scenario's own queries is interrupted.
enum QueryLimit: Equatable, CustomStringConvertible {
  /// In the real world, a duration.
  case time(Nanoseconds)
  /// In the simulated world, where no time passes while a query runs: a number of operations of
  /// SQLite's virtual machine.
  case steps(Int)

  /// The limit of the world that a cell runs in.
  init(_ cell: PlannedCell) {
    self =
      cell.explore == nil
      ? .time(cell.load.invariantLimit) : .steps(SQLProgram.simulatedStepLimit)
  }

  /// The limit, for people.
  var description: String {
    switch self {
    case .time(let span): "\(span.seconds) s"
    case .steps(let count): "\(count / 1_000_000) million operations of SQLite's virtual machine"
    }
  }

  /// Runs a body under the limit.
  func apply<Value>(
    to connection: inout Connection,
    _ body: (inout Connection) throws(SQLiteError) -> Value
  ) throws(SQLiteError) -> Value {
    switch self {
    case .time(let span):
      try connection.withDeadline(connection.options.time.monotonicNow() + span, body)
    case .steps(let count):
      try connection.withStepLimit(count, body)
    }
  }
}

extension SQLiteError {
  /// True if the query was interrupted because it reached its limit.
  var isOfLimit: Bool { isInterrupt && (cutShort == .deadline || cutShort == .stepLimit) }
}
