import AssayModel
import Foundation
import Glibc
import Platform

/// The files of a database, read and changed as bytes while all of its users stand still.
///
/// Opening and closing them here drops no lock of another process: POSIX locks belong to processes.
struct DatabaseFiles {
  /// The database file.
  let path: String

  /// Largest journal or log that is looked into, in bytes.
  private static let limit = 1 << 30
  /// The byte of the shared memory file whose lock lets a process write into the log.
  ///
  /// Source: sqlite.org/walformat.html, "WAL Locks": `WAL_WRITE_LOCK` is byte 120.
  private static let writeLockByte = 120
  /// The byte of the database file whose lock a writing process holds.
  ///
  /// Source: sqlite.org/fileformat2.html, "The Lock-Byte Page": `RESERVED_BYTE` is 2^30 + 1.
  private static let reservedByte = 0x4000_0001

  /// The rollback journal.
  var journalPath: String { path + "-journal" }
  /// The write-ahead log.
  var logPath: String { path + "-wal" }
  /// The shared memory of WAL mode.
  var sharedMemoryPath: String { path + "-shm" }

  // MARK: Moments

  /// Whether a transaction stands half in the database file: of the pages that its hot journal
  /// would bring back, some have been overwritten and some have not.
  ///
  /// The first page does not count: every transaction changes it, and where nothing but its change
  /// counter is new the database is as before. Two pages or a third of them must be as they were,
  /// whichever is more: a page that was journalled and left as it is looks the same.
  ///
  /// - Returns: how many pages of how many have been overwritten; `nil` when none or too many.
  func halfTransaction() throws(RunnerError) -> (written: Int, of: Int)? {
    guard let bytes = try journalBytes(), let journal = RollbackJournal(bytes) else { return nil }
    let pages = journal.pages.filter { $0.number != 1 }
    let written = try different(pages, in: bytes, journal.pageSize).count
    let missing = pages.count - written
    return written > 0 && missing > 1 && missing * 3 >= pages.count ? (written, pages.count) : nil
  }

  /// The pages, besides the first, that a rollback with this journal would change.
  func pagesChanged(byJournal bytes: [UInt8]) throws(RunnerError) -> Int {
    guard let journal = RollbackJournal(bytes) else { return 0 }
    let pages = journal.pages.filter { $0.number != 1 }
    return try different(pages, in: bytes, journal.pageSize).count
  }

  /// The pages, besides the first, that a recovery with this log would change.
  func pagesChanged(byLog bytes: [UInt8]) throws(RunnerError) -> Int {
    guard let log = WriteAheadLog(bytes) else { return 0 }
    let pages = log.pages.filter { $0.key != 1 }
      .map { RollbackJournal.Page(number: $0.key, bytes: $0.value) }
    return try different(pages, in: bytes, log.pageSize).count
  }

  /// The committed transactions that stand in the log and not yet in the database; 0 when a
  /// checkpoint has copied more than half of their pages.
  func unwrittenCommits() throws(RunnerError) -> Int {
    guard let bytes = try Self.read(logPath), let log = WriteAheadLog(bytes) else { return 0 }
    // The checkpoint's progress stands behind the two copies of the index header.
    let shared = try Self.read(sharedMemoryPath, upTo: 136) ?? []
    let written = shared.count < 136 ? 0 : Int(shared.native(at: 96))
    // It is noted only when all pages are copied: until then the pages themselves tell.
    let missing = try pagesChanged(byLog: bytes)
    return missing * 2 < log.pages.count - 1 ? 0 : log.commits.count { $0 > written }
  }

  /// The process that holds the write lock of the log; `nil` when none does.
  func logWriter() throws(RunnerError) -> pid_t? {
    try Self.holder(of: Self.writeLockByte, in: sharedMemoryPath)
  }

  /// The process that is inside a write transaction with a rollback journal; `nil` when none is.
  func databaseWriter() throws(RunnerError) -> pid_t? {
    try Self.holder(of: Self.reservedByte, in: path)
  }

  private static func holder(of byte: Int, in path: String) throws(RunnerError) -> pid_t? {
    guard let file = FileHandle(forUpdatingAtPath: path) else { return nil }
    defer { try? file.close() }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(byte)
    lock.l_len = 1
    guard unsafe fcntl(file.fileDescriptor, F_GETLK, &lock) == 0 else {
      throw failure("the locks of '\(path)' cannot be read", errorText(errno))
    }
    return lock.l_type == Int16(F_UNLCK) ? nil : lock.l_pid
  }

  /// The bytes of the rollback journal; `nil` when there is none.
  func journalBytes() throws(RunnerError) -> [UInt8]? { try Self.read(journalPath) }

  /// The bytes of the log; `nil` when there is none.
  func logBytes() throws(RunnerError) -> [UInt8]? { try Self.read(logPath) }

  /// Those of `pages`, whose bytes stand in `source`, that are different in the database.
  private func different(
    _ pages: [RollbackJournal.Page], in source: [UInt8], _ pageSize: Int
  ) throws(RunnerError) -> [RollbackJournal.Page] {
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    do {
      return try pages.filter { page in
        try file.seek(toOffset: UInt64((page.number - 1) * pageSize))
        let found = try file.read(upToCount: pageSize) ?? Data()
        return !found.elementsEqual(source[page.bytes])
      }
    } catch {
      throw Self.failure("'\(path)' cannot be read", error)
    }
  }

  // MARK: Changes

  /// Copies the database file alone.
  func copyDatabase(to target: String) throws(RunnerError) {
    do throws(PlatformError) {
      try Folder.remove(target)
      try ByteFile.copy(from: path, to: target)
    } catch {
      throw Self.failure("'\(path)' cannot be copied", error)
    }
  }

  /// Deletes the journal or the log.
  func delete(_ journal: String) throws(RunnerError) {
    do throws(PlatformError) {
      try Folder.remove(journal)
    } catch {
      throw Self.failure("'\(journal)' cannot be deleted", error)
    }
  }

  /// Puts a saved journal or log beside the database.
  func put(_ bytes: [UInt8], at journal: String) throws(RunnerError) {
    do throws(PlatformError) {
      try ByteFile.replace(journal, with: bytes)
      // An index of another log would be beside the point: the next user makes a new one.
      try Folder.remove(sharedMemoryPath)
    } catch {
      throw Self.failure("'\(journal)' cannot be written", error)
    }
  }

  /// Renames the database file and puts a copy of it in its place.
  func replaceByCopy() throws(RunnerError) {
    let copy = path + ".copy"
    try copyDatabase(to: copy)
    for (from, to) in [(path, path + ".renamed"), (copy, path)] {
      guard unsafe Glibc.rename(from, to) == 0 else {
        throw Self.failure("'\(from)' cannot be renamed", errorText(errno))
      }
    }
  }

  /// Fills the shared memory with zeros, as long as it is.
  ///
  /// - Returns: the number of bytes.
  func zeroSharedMemory() throws(RunnerError) -> Int {
    do {
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: sharedMemoryPath))
      defer { try? file.close() }
      let size = Int(try file.seekToEnd())
      try file.seek(toOffset: 0)
      // Never cut: who has it mapped would die of SIGBUS.
      try file.write(contentsOf: Data(count: size))
      return size
    } catch {
      throw Self.failure("'\(sharedMemoryPath)' cannot be written", error)
    }
  }

  private static func read(
    _ path: String, upTo count: Int? = nil
  ) throws(RunnerError) -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    do {
      return try file.read(upToCount: count ?? limit).map { [UInt8]($0) } ?? []
    } catch {
      throw failure("'\(path)' cannot be read", error)
    }
  }

  private static func failure(_ what: String, _ reason: any Error) -> RunnerError {
    failure(what, "\(reason)")
  }

  private static func failure(_ what: String, _ reason: String) -> RunnerError {
    RunnerError(.harness, "tamper: \(what): \(reason)")
  }
}
