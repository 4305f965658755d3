import AssayModel
import Foundation
import Platform
import SQLiteDriver
import Testing

@testable import Runner

@Suite("Doctor, databases")
struct DoctorDatabaseTests {
  @Test("A closed WAL database is read without a file appearing beside it")
  func closedWAL() throws {
    let folder = try DoctorFolder()
    try folder.make("w.db", [Pragma("journal_mode", "wal"), Pragma("page_size", 8_192)])
    let before = try folder.contents()
    let report = try Doctor.examine(path: folder.file("w.db"))
    #expect(try folder.contents() == before)
    #expect(before.keys.sorted() == ["w.db"])
    #expect(report.value("journal_mode") == "wal")
    #expect(report.home("journal_mode") == .file)
    #expect(report.value("page_size") == "8192")
    #expect(report.value("busy_timeout") == "0")
    #expect(report.home("synchronous") == .connection)
    #expect(report.hintIDs.contains("no-busy-timeout"))
    #expect(report.database?.walSize == nil)
  }

  @Test("What stands in the WAL of an open database counts, and no byte changes")
  func openWAL() throws {
    let folder = try DoctorFolder()
    var writer = try folder.open("w.db", [Pragma("journal_mode", "wal")])
    try writer.execute("CREATE TABLE t(a); PRAGMA user_version = 7")
    // Within one process all connections share one mapping, in which a reader leaves its mark.
    func contents() throws -> [String: Data] {
      try folder.contents().filter { !$0.key.hasSuffix("-shm") }
    }
    let before = try contents()
    let report = try Doctor.examine(path: folder.file("w.db"))
    #expect(try contents() == before)
    #expect(report.database?.reading == .shared)
    #expect(report.value("user_version") == "7")
    #expect((report.database?.walSize?.bytes ?? 0) > 0)
    #expect(report.hintIDs.contains("wal-larger-than-database"))
    try writer.close()
  }

  @Test("What a killed writer left is read as it is, and no byte changes")
  func leftoversOfACrash() throws {
    let folder = try DoctorFolder()
    var writer = try folder.open("w.db", [Pragma("journal_mode", "wal")])
    try writer.execute("CREATE TABLE t(a); PRAGMA user_version = 7")
    try folder.copy("w.db", to: "killed.db", endings: ["", "-wal", "-shm"])
    try folder.copy("w.db", to: "copied.db", endings: ["", "-wal"])
    try writer.close()
    let before = try folder.contents()
    let killed = try Doctor.examine(path: folder.file("killed.db"))
    let copied = try Doctor.examine(path: folder.file("copied.db"))
    #expect(try folder.contents() == before)
    #expect(killed.value("user_version") == "7")
    #expect(copied.database?.reading == .alone)
    #expect(copied.hintIDs.contains("wal-not-read"))
  }

  @Test("An empty file beside a WAL does not cost the WAL")
  func emptyBesideWAL() throws {
    let folder = try DoctorFolder()
    var writer = try folder.open("w.db", [Pragma("journal_mode", "wal")])
    try writer.execute("CREATE TABLE t(a)")
    try folder.copy("w.db", to: "e.db", endings: ["-wal"])
    try folder.write([], to: "e.db")
    let before = try folder.contents()
    let report = try Doctor.examine(path: folder.file("e.db"))
    #expect(try folder.contents() == before)
    #expect(report.hintIDs.contains("stray-wal"))
    #expect(report.hintIDs.contains("empty"))
    try writer.close()
  }

  @Test("A database in DELETE mode tells what its file keeps and what a connection must set")
  func deleteMode() throws {
    let folder = try DoctorFolder()
    try folder.make(
      "d.db",
      [
        Pragma("auto_vacuum", "incremental"), Pragma("user_version", 42),
        Pragma("application_id", 99), Pragma("synchronous", "off"), Pragma("foreign_keys", "on"),
      ])
    let before = try folder.contents()
    let report = try Doctor.examine(path: folder.file("d.db"))
    #expect(try folder.contents() == before)
    #expect(report.value("journal_mode") == "delete")
    #expect(report.home("journal_mode") == .connection)
    for (name, value) in [
      ("auto_vacuum", "2"), ("user_version", "42"), ("application_id", "99"),
      ("encoding", "UTF-8"), ("freelist_count", "0"),
    ] {
      #expect(report.value(name) == value, "\(name)")
      #expect(report.home(name) == .file, "\(name)")
    }
    // The maker's settings are gone with its connection.
    #expect(report.value("synchronous") != "0")
    #expect(report.value("foreign_keys") == "0")
    #expect(report.hintIDs.contains("per-connection"))
    #expect(!report.hintIDs.contains("wal-reset-applies"))
  }

  @Test("A journal of a transaction that was cut short is told and left alone")
  func hotJournal() throws {
    let folder = try DoctorFolder()
    var writer = try folder.open("d.db", [Pragma("cache_size", 2)])
    try writer.execute("CREATE TABLE t(a); INSERT INTO t VALUES (1); BEGIN; UPDATE t SET a = 2")
    // More than the cache holds: pages go to the file, and the journal's header is complete.
    for _ in 0..<20 { try writer.execute("INSERT INTO t VALUES (randomblob(5000))") }
    try folder.copy("d.db", to: "hot.db", endings: ["", "-journal"])
    try writer.execute("ROLLBACK")
    try writer.close()
    let before = try folder.contents()
    let report = try Doctor.examine(path: folder.file("hot.db"))
    #expect(try folder.contents() == before)
    #expect(report.hintIDs.contains("hot-journal"))
    #expect(report.database?.reading == .alone)
    #expect(refusal(folder.file("hot.db-journal"))?.code == .input)
  }

  @Test("A file that ends before its pages do is told")
  func truncated() throws {
    let folder = try DoctorFolder()
    try folder.make("d.db", [])
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("d.db")))
    try folder.write([UInt8](whole.dropLast(100)), to: "short.db")
    try folder.write([UInt8](whole.dropLast(5_000)), to: "shorter.db")
    #expect(try Doctor.examine(path: folder.file("short.db")).hintIDs.contains("truncated"))
    #expect(try !Doctor.examine(path: folder.file("d.db")).hintIDs.contains("truncated"))
    // SQLite refuses to read where whole pages are missing.
    #expect(refusal(folder.file("shorter.db"))?.message.contains("cut short") == true)
  }

  @Test("A link is followed to the file that has the WAL")
  func link() throws {
    let folder = try DoctorFolder()
    var writer = try folder.open("w.db", [Pragma("journal_mode", "wal")])
    try writer.execute("PRAGMA user_version = 3")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.db"), withDestinationPath: folder.file("w.db"))
    #expect(try Doctor.examine(path: folder.file("link.db")).value("user_version") == "3")
    try writer.close()
  }

  @Test("Signs that mean something in a URI are part of a file's name")
  func strangeNames() throws {
    let folder = try DoctorFolder()
    for name in ["a b.db", "50%.db", "what?mode=rwc.db", "x#y.db", "é.db"] {
      try folder.make(name, [Pragma("user_version", 5)])
      #expect(try Doctor.examine(path: folder.file(name)).value("user_version") == "5", "\(name)")
    }
    #expect(try folder.contents().count == 5)
  }

  @Test("What is not a database is refused as bad input, and nothing is created")
  func notADatabase() throws {
    let folder = try DoctorFolder()
    try folder.write(Array("hello, this is a text\n".utf8), to: "text.db")
    try folder.write(
      Array("SQLite format 3\0".utf8) + [UInt8](repeating: 7, count: 9_000), to: "damaged.db")
    try FileManager.default.createDirectory(
      atPath: folder.file("folder.db"), withIntermediateDirectories: false)
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    for (name, word) in [
      ("missing.db", "does not exist"), ("text.db", "not a database"),
      ("damaged.db", "not a database"), ("folder.db", "is a folder"), ("text.db/x", "stat"),
    ] {
      let error = refusal(folder.file(name))
      #expect(error?.code == .input, "\(name)")
      #expect(error?.message.contains(word) == true, "\(name): \(error?.message ?? "no error")")
    }
    #expect(refusal("/dev/null")?.code == .input)
    #expect(refusal("")?.code == .input)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
  }
}
