import AssayModel
import AssayStorage
import SQLiteDriver

/// SQLite's refusal to let a process open the database, where that is something to measure and no
/// mistake of the scenario: others are in the way, or a fault is.
struct OpeningRefusal: Error, CustomStringConvertible {
  /// What SQLite answered.
  let cause: SQLiteError
  /// For how long such an answer is no reason to give up.
  let patience: Nanoseconds
  /// What is waited for before the next attempt.
  let pause: Nanoseconds

  /// - Returns: `nil` for an error of the scenario, of the harness, or of the database itself.
  init?(_ error: any Error, in cell: PlannedCell, patience limit: Nanoseconds? = nil) {
    let known = (error as? WorkerError)?.cause ?? StorageError(error)?.sqliteError
    guard let known else { return nil }
    cause = known
    if Self.isInTheWay(known) {
      (patience, pause) = (limit ?? Self.patience(of: cell), .milliseconds(1))
    } else if cell.faults.contains(where: { $0.kind.isOfFileSystem && $0.strikes(in: .open) }),
      Self.ofFiles.contains(known.code.primary) || Self.changesContent(cell)
    {
      // As an application that is started again by who watches over it.
      (patience, pause) = (.seconds(1), .milliseconds(10))
    } else {
      return nil
    }
  }

  /// Whether another connection is in the way.
  var isBusy: Bool { Self.isInTheWay(cause) }

  /// BUSY, and SQLITE_PROTOCOL (15), with which SQLite gives up a race of several connections that
  /// recover or begin a WAL.
  private static func isInTheWay(_ error: SQLiteError) -> Bool {
    error.code.primary == .busy || error.code.primary == ResultCode(rawValue: 15)
  }

  /// True if a fault changes the bytes that opening reads: SQLite may then answer with any code,
  /// SQLITE_ERROR ("unsupported file format") included.
  private static func changesContent(_ cell: PlannedCell) -> Bool {
    cell.faults.contains {
      [.bitFlip, .shortRead].contains($0.kind) && $0.strikes(in: .open)
    }
  }

  /// What a fault of the file system layer can make of an opening.
  private static let ofFiles: Set<ResultCode> = [
    .ioError, .full, .cantOpen, .corrupt, .notADatabase, .noMemory, .readOnly,
  ]

  /// For how long a process tries to open a database that others use: 10 s, or the busy timeout of
  /// the cell if that is longer.
  static func patience(of cell: PlannedCell) -> Nanoseconds {
    let own = cell.storage.busy == .none ? Nanoseconds.zero : cell.storage.busyTimeout
    return max(.seconds(10), own)
  }

  var description: String { "the database could not be opened in time: \(cause)" }
}
