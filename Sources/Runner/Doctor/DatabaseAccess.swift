import Glibc
import Platform

/// Whether the user of this process can open a database here: by permissions, and by an open that
/// changes nothing.
struct DatabaseAccess: Codable, Equatable, Sendable {
  /// What this user can do with the database.
  enum Level: String, Codable, CaseIterable, Sendable {
    /// Every connection works.
    case readWrite = "read-write"
    /// Reading works, writing does not.
    case readOnly = "read-only"
    /// Not even an ordinary reader can open it.
    case none
  }

  /// The effective user of this process.
  var userID: UInt32
  /// What this user can do.
  var level: Level
  /// What stands in the way of more; absent with `readWrite`.
  var reason: String?
  /// What helps; absent with `readWrite`.
  var remedy: String?
}

/// What the file system says of a database to this user.
struct AccessFacts: Equatable {
  /// What may be done with one of the files.
  struct File: Equatable {
    var isReadable = true
    var isWritable = true
  }

  /// The folder that holds the files.
  var folder: String
  var userID: UInt32
  var database = File()
  /// Whether files can be created in the folder.
  var mayCreate = true
  /// Whether the file system is mounted read-only.
  var isReadOnlyMount = false
  /// `nil` when there is no such file.
  var log: File?
  var sharedMemory: File?
  var journal: File?

  /// Asks the kernel with the effective user and group, as `open` would.
  ///
  /// - Parameter path: of the database, absolute and without links.
  static func of(_ path: String) -> AccessFacts {
    let folder = Folder.parent(of: path) ?? "/"
    func may(_ path: String, _ mode: Int32) -> Bool {
      unsafe faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0
    }
    func file(_ path: String) -> File? {
      guard ByteFile.exists(path) else { return nil }
      return File(isReadable: may(path, R_OK), isWritable: may(path, W_OK))
    }
    var status = statvfs()
    let isReadOnly =
      unsafe statvfs(path, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
    return AccessFacts(
      folder: folder, userID: geteuid(), database: file(path) ?? File(),
      mayCreate: may(folder, W_OK | X_OK), isReadOnlyMount: isReadOnly, log: file(path + "-wal"),
      sharedMemory: file(path + "-shm"), journal: file(path + "-journal"))
  }
}

extension DatabaseAccess {
  /// Judges by the rules of SQLite's file layer. Pure.
  ///
  /// Source: wal.html, "Read-Only Databases"; `unixOpenSharedMemory` in os_unix.c;
  /// `hasHotJournal` in pager.c.
  ///
  /// - Parameters:
  ///   - isWAL: what the database's header says.
  ///   - hasHotJournal: whether a journal waits to be rolled back.
  ///   - failure: what SQLite answered when the file was opened as a reader opens it; `nil` when
  ///     that worked, or could not be tried without creating a file.
  init(_ facts: AccessFacts, isWAL: Bool, hasHotJournal: Bool, failure: String? = nil) {
    userID = facts.userID
    let obstacle =
      Self.readingObstacle(facts, isWAL: isWAL, hasHotJournal: hasHotJournal)
      ?? failure.map {
        ("SQLite refused a reader: \($0)", "Look at what holds the database, then try again.")
      }
    if let obstacle {
      level = .none
      (reason, remedy) = obstacle
    } else if let obstacle = Self.writingObstacle(facts, isWAL: isWAL) {
      level = .readOnly
      (reason, remedy) = obstacle
    } else {
      level = .readWrite
    }
  }

  private typealias Obstacle = (reason: String, remedy: String)

  private static func noFile(_ facts: AccessFacts) -> String {
    facts.isReadOnlyMount
      ? "\(facts.folder) is on a read-only file system"
      : "user \(facts.userID) may not create files in \(facts.folder)"
  }

  private static func readingObstacle(
    _ facts: AccessFacts, isWAL: Bool, hasHotJournal: Bool
  ) -> Obstacle? {
    if !facts.database.isReadable {
      return (
        "user \(facts.userID) may not read the file",
        "Give this user, or a group that it is in, permission to read it."
      )
    }
    if isWAL { return logObstacle(facts) }
    let mayRollBack =
      facts.database.isWritable && facts.mayCreate && facts.journal?.isWritable ?? true
    guard hasHotJournal, !mayRollBack else { return nil }
    return (
      "a rollback journal has to be played back first, and "
        + (facts.database.isWritable ? noFile(facts) : "the file is not writable for this user"),
      "Open it once as a user that may write the file and its folder."
    )
  }

  /// A reader of a database in WAL mode needs the log and the shared memory, or room to make them.
  private static func logObstacle(_ facts: AccessFacts) -> Obstacle? {
    for (file, name) in [(facts.log, "-wal"), (facts.sharedMemory, "-shm")] {
      if let file, !file.isReadable {
        return (
          "it is in WAL mode, and user \(facts.userID) may not read its \(name) file",
          "Give \(name) the permissions of the database."
        )
      }
    }
    let missing: [String] =
      (facts.log == nil ? ["-wal"] : []) + (facts.sharedMemory == nil ? ["-shm"] : [])
    guard !missing.isEmpty, !facts.mayCreate || facts.isReadOnlyMount else { return nil }
    let files = missing.joined(separator: " and ")
    let verb = missing.count == 1 ? "is" : "are"
    return (
      "it is in WAL mode, its \(files) \(verb) missing, and \(noFile(facts))",
      "Make the folder writable, keep a connection of a user that may write open meanwhile, open "
        + "it with immutable=1 if no process writes to it, or leave WAL mode."
    )
  }

  private static func writingObstacle(_ facts: AccessFacts, isWAL: Bool) -> Obstacle? {
    if facts.isReadOnlyMount {
      return ("its file system is mounted read-only", "Mount it read-write, or copy the database.")
    }
    if !facts.database.isWritable {
      return (
        "the file is not writable for user \(facts.userID)",
        "Give this user, or a group that it is in, permission to write it."
      )
    }
    if isWAL {
      for (file, name) in [(facts.log, "-wal"), (facts.sharedMemory, "-shm")] {
        if let file, !file.isWritable {
          return (
            "its \(name) file is not writable for user \(facts.userID)",
            "Another user's process has made it: use one user, or one group with a fitting umask."
          )
        }
      }
    }
    guard !facts.mayCreate else { return nil }
    return (
      "user \(facts.userID) may not create files in \(facts.folder), and a transaction needs a "
        + (isWAL ? "-wal" : "journal") + " there",
      "Make the folder writable: permission to write the file alone is not enough."
    )
  }

  /// A hint, where anything stands in the way.
  var hint: Hint? {
    guard let reason, let remedy else { return nil }
    switch level {
    case .readWrite: return nil
    case .readOnly:
      return Hint(
        level: .note, id: "not-writable", message: "Writing fails here: \(reason). \(remedy)")
    case .none:
      return Hint(
        level: .warning, id: "cannot-be-opened",
        message: "An ordinary connection cannot open it: \(reason). \(remedy)")
    }
  }

  /// One line for people.
  var text: String {
    switch level {
    case .readWrite: "can read and write (user \(userID))"
    case .readOnly: "can read, cannot write (user \(userID))"
    case .none: "cannot open it (user \(userID))"
    }
  }
}
