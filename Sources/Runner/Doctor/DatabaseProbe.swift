import AssayModel
import Foundation
import Glibc
import Platform
import SQLiteDriver

/// Looks at a database without changing a byte on disk.
///
/// Not for a process that has the same file open through SQLite: closing a file drops all POSIX
/// locks that the process holds on it (howtocorrupt.html, section 2.2).
struct DatabaseProbe {
  /// The file as the user named it.
  let path: String
  /// What messages call it.
  private let name: String

  init(path: String, name: String? = nil) {
    self.path = path
    self.name = name ?? "'\(path)'"
  }

  /// What was read, before it is judged.
  struct Findings {
    var header: DatabaseHeader?
    var facts: FileSystemFacts
    var fileSize: ByteCount
    var walSize: ByteCount?
    var journalSize: ByteCount?
    var hasHotJournal: Bool
    var reading: DatabaseReport.Reading
    /// Why the file was read alone although it should not have been.
    var sharedFailure: String?
    var settings: [DatabaseSetting]
    /// What the user of this process can do with it.
    var access: DatabaseAccess
  }

  /// Reads everything; waits at most a second for a writer.
  ///
  /// - Throws: `input` for what is not a database or cannot be read; nothing else.
  func run() throws(RunnerError) -> Findings {
    // Beside a link there is no WAL: SQLite looks beside the file that the link names.
    guard let file = resolved() else { throw refused("cannot be found") }
    let header = try header(of: file)
    let size = FileLength.of(file) ?? ByteCount(0)
    let wal = FileLength.of(file + "-wal")
    let journal = FileLength.of(file + "-journal")
    let facts: FileSystemFacts
    do { facts = try FileSystemFacts.of(file) } catch { throw refused("\(error)") }
    let isWAL = header?.isWAL ?? false
    let hasHotJournal = startsHot(file + "-journal")
    let (answers, reading, failure, permanent) = try answers(
      file, isShared: isShared(header, wal: wal, shm: FileLength.of(file + "-shm")))
    return Findings(
      header: header, facts: facts, fileSize: size, walSize: wal, journalSize: journal,
      hasHotJournal: hasHotJournal, reading: reading, sharedFailure: failure,
      settings: DatabaseSettings.all(answers: answers, isWAL: isWAL),
      access: DatabaseAccess(
        AccessFacts.of(file), isWAL: isWAL, hasHotJournal: hasHotJournal, failure: permanent))
  }

  /// The statements that created the database's tables, indexes, views and triggers, in order.
  ///
  /// - Throws: `input` for what is not a database or cannot be read.
  func schema() throws(RunnerError) -> [String] {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw refused(errno == ENOENT ? "does not exist" : errorText(errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw refused("is not a file") }
    guard let file = resolved() else { throw refused("cannot be found") }
    let header = try header(of: file)
    let isShared = isShared(
      header, wal: FileLength.of(file + "-wal"), shm: FileLength.of(file + "-shm"))
    do throws(SQLiteError) {
      let database = try ReadOnlyDatabase(path: file, reading: isShared ? .shared : .alone)
      database.waitForLocks(milliseconds: 10_000)
      return try database.texts(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' "
          + "ESCAPE '\\' ORDER BY type <> 'table', rowid")
    } catch {
      throw refused("cannot be read as a database: \(error)")
    }
  }

  /// Whether other connections may be at work, whose locks and WAL have to be heeded.
  ///
  /// In WAL mode without a log nobody is; and a reader that found an empty file beside a WAL would
  /// delete that WAL (`pagerOpenWalIfPresent` in pager.c).
  private func isShared(_ header: DatabaseHeader?, wal: ByteCount?, shm: ByteCount?) -> Bool {
    guard let header else { return false }
    let hasLog = (wal?.bytes ?? 0) > 0
    if header.isWAL || hasLog { return hasLog && shm != nil }
    return true
  }

  private typealias Answers = [String: String]

  private func answers(
    _ file: String, isShared: Bool
  ) throws(RunnerError) -> (Answers, DatabaseReport.Reading, String?, String?) {
    var failure: String?
    /// The same, where waiting would not have helped.
    var permanent: String?
    if isShared {
      do throws(SQLiteError) {
        return (try read(file, .shared), .shared, nil, nil)
      } catch {
        // A writer that does not finish, a journal that has to be rolled back first, a log that is
        // being recovered: the file alone still tells most.
        failure = error.description
        if [.cantOpen, .permission, .authorization].contains(error.code.primary) {
          permanent = failure
        }
      }
    }
    do throws(SQLiteError) {
      return (try read(file, .alone), .alone, failure, permanent)
    } catch {
      let what =
        switch error.code.primary {
        case .notADatabase: "is not a database"
        case .corrupt: "is a damaged database, or was cut short"
        default: "cannot be read"
        }
      throw refused("\(what) (\(error))")
    }
  }

  private func read(
    _ file: String, _ reading: DatabaseReport.Reading
  ) throws(SQLiteError) -> Answers {
    let database = try ReadOnlyDatabase(path: file, reading: reading)
    var answers: Answers = [:]
    for name in DatabaseSettings.first { answers[name] = try database.pragma(name) }
    database.waitForLocks(milliseconds: 1_000)
    // The schema is read first: some defaults depend on the journal mode, which stands in the file.
    for name in ["schema_version"] + DatabaseSettings.stored + DatabaseSettings.perConnection
    where answers[name] == nil {
      answers[name] = try database.pragma(name)
    }
    return answers
  }

  private func header(of file: String) throws(RunnerError) -> DatabaseHeader? {
    let bytes: [UInt8]
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
      defer { try? handle.close() }
      bytes = [UInt8](try handle.read(upToCount: 100) ?? Data())
    } catch {
      throw refused("cannot be read: \(error.localizedDescription)")
    }
    switch DatabaseHeader.kind(of: bytes) {
    case .database(let header): return header
    case .empty: return nil
    case .wal: throw refused("is the write-ahead log of a database: name the database")
    case .journal: throw refused("is the rollback journal of a database: name the database")
    case .other:
      throw refused("is not a database, or is encrypted: it does not begin as SQLite's files do")
    }
  }

  /// A journal whose header was not wiped belongs to a transaction that is open or was cut short.
  private func startsHot(_ journal: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: journal) else { return false }
    defer { try? handle.close() }
    let magic = DatabaseHeader.journalMagic
    return (try? handle.read(upToCount: magic.count)).map { [UInt8]($0) } == magic
  }

  private func resolved() -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private func refused(_ why: String) -> RunnerError {
    RunnerError(.input, "\(name) \(why)")
  }
}

/// What a path is.
enum FileLength {
  /// The length of a file, or `nil` when there is none.
  static func of(_ path: String) -> ByteCount? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return ByteCount(Int64(status.st_size))
  }
}
