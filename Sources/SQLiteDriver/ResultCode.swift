import CSQLite

/// A result code of SQLite, extended if SQLite returns an extended one.
///
/// Source: sqlite3.h; an extended code carries its primary code in the low byte.
public struct ResultCode: Hashable, Sendable, RawRepresentable {
  /// Number returned by SQLite.
  public let rawValue: Int32

  /// Wraps a number returned by SQLite.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  init(_ rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// The primary code: the low byte.
  public var primary: ResultCode { ResultCode(rawValue & 0xff) }

  /// Returns true if this is `code`, or an extended form of it.
  public func isKind(of code: ResultCode) -> Bool {
    self == code || primary == code
  }

  /// The name in sqlite3.h, such as `SQLITE_BUSY_SNAPSHOT`.
  ///
  /// An unknown extended code reads like `SQLITE_IOERR(8458)`.
  public var name: String {
    if let name = resultCodeNames[rawValue] { return name }
    guard let name = resultCodeNames[primary.rawValue] else { return "SQLITE_(\(rawValue))" }
    return "\(name)(\(rawValue))"
  }
}

extension ResultCode: CustomStringConvertible {
  /// The name and the number.
  public var description: String { "\(name) (\(rawValue))" }
}

extension ResultCode {
  /// No error.
  public static let ok = ResultCode(SQLITE_OK)
  /// A generic error: mostly SQL that does not parse, or that names a missing object.
  public static let error = ResultCode(SQLITE_ERROR)
  /// An internal fault of SQLite.
  public static let internalFault = ResultCode(SQLITE_INTERNAL)
  /// Access was denied.
  public static let permission = ResultCode(SQLITE_PERM)
  /// A callback asked to abort, or a rollback ended the statement.
  public static let abort = ResultCode(SQLITE_ABORT)
  /// The statement was ended by a ROLLBACK on its connection.
  public static let abortRollback = ResultCode(SQLITE_ABORT | 2 << 8)
  /// Another connection holds a required lock.
  public static let busy = ResultCode(SQLITE_BUSY)
  /// Another process recovers the WAL after a crash.
  public static let busyRecovery = ResultCode(SQLITE_BUSY | 1 << 8)
  /// A read transaction cannot become a write transaction: its snapshot is no longer the newest.
  public static let busySnapshot = ResultCode(SQLITE_BUSY | 2 << 8)
  /// A blocking lock of the VFS timed out.
  public static let busyTimeout = ResultCode(SQLITE_BUSY | 3 << 8)
  /// A lock within the same connection or shared cache is in the way.
  public static let locked = ResultCode(SQLITE_LOCKED)
  /// Memory could not be allocated.
  public static let noMemory = ResultCode(SQLITE_NOMEM)
  /// The database, or the requested object, is read-only.
  public static let readOnly = ResultCode(SQLITE_READONLY)
  /// The folder of the database can't be written.
  public static let readOnlyDirectory = ResultCode(SQLITE_READONLY | 6 << 8)
  /// The query was interrupted: by an `InterruptHandle` or by a deadline.
  public static let interrupt = ResultCode(SQLITE_INTERRUPT)
  /// The file system reported an error.
  public static let ioError = ResultCode(SQLITE_IOERR)
  /// A read failed.
  public static let ioErrorRead = ResultCode(SQLITE_IOERR | 1 << 8)
  /// A read returned fewer bytes than requested.
  public static let ioErrorShortRead = ResultCode(SQLITE_IOERR | 2 << 8)
  /// A write failed.
  public static let ioErrorWrite = ResultCode(SQLITE_IOERR | 3 << 8)
  /// A sync failed.
  public static let ioErrorSync = ResultCode(SQLITE_IOERR | 4 << 8)
  /// A folder could not be synced.
  public static let ioErrorDirectorySync = ResultCode(SQLITE_IOERR | 5 << 8)
  /// A truncation failed.
  public static let ioErrorTruncate = ResultCode(SQLITE_IOERR | 6 << 8)
  /// A lock could not be taken for a reason other than another holder.
  public static let ioErrorLock = ResultCode(SQLITE_IOERR | 15 << 8)
  /// Memory could not be allocated in the VFS.
  public static let ioErrorNoMemory = ResultCode(SQLITE_IOERR | 12 << 8)
  /// The database file is malformed.
  public static let corrupt = ResultCode(SQLITE_CORRUPT)
  /// The requested object does not exist.
  public static let notFound = ResultCode(SQLITE_NOTFOUND)
  /// The disk is full, or the database has reached its maximum size.
  public static let full = ResultCode(SQLITE_FULL)
  /// The file can't be opened.
  public static let cantOpen = ResultCode(SQLITE_CANTOPEN)
  /// The path names a folder.
  public static let cantOpenIsDirectory = ResultCode(SQLITE_CANTOPEN | 2 << 8)
  /// The schema changed under a statement, which could not be recompiled.
  public static let schema = ResultCode(SQLITE_SCHEMA)
  /// A string or blob exceeds SQLite's limit.
  public static let tooBig = ResultCode(SQLITE_TOOBIG)
  /// A constraint is violated.
  public static let constraint = ResultCode(SQLITE_CONSTRAINT)
  /// A CHECK constraint is violated.
  public static let constraintCheck = ResultCode(SQLITE_CONSTRAINT | 1 << 8)
  /// A foreign key refers to no row.
  public static let constraintForeignKey = ResultCode(SQLITE_CONSTRAINT | 3 << 8)
  /// A NOT NULL column has no value.
  public static let constraintNotNull = ResultCode(SQLITE_CONSTRAINT | 5 << 8)
  /// A primary key already exists.
  public static let constraintPrimaryKey = ResultCode(SQLITE_CONSTRAINT | 6 << 8)
  /// A trigger raised an error.
  public static let constraintTrigger = ResultCode(SQLITE_CONSTRAINT | 7 << 8)
  /// A unique value already exists.
  public static let constraintUnique = ResultCode(SQLITE_CONSTRAINT | 8 << 8)
  /// A row id already exists.
  public static let constraintRowID = ResultCode(SQLITE_CONSTRAINT | 10 << 8)
  /// A value has the wrong type for its column.
  public static let mismatch = ResultCode(SQLITE_MISMATCH)
  /// The library was used wrongly.
  public static let misuse = ResultCode(SQLITE_MISUSE)
  /// Access was denied by an authoriser.
  public static let authorization = ResultCode(SQLITE_AUTH)
  /// A parameter or column index does not exist.
  public static let range = ResultCode(SQLITE_RANGE)
  /// The file is not a database.
  public static let notADatabase = ResultCode(SQLITE_NOTADB)
}
