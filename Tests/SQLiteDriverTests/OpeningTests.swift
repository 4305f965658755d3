import AssayModel
import SQLiteDriver
import Synchronization
import Testing

@Suite("Opening a database")
struct OpeningTests {
  @Test("The parameter cache=shared of a URI makes connections share their locks")
  func sharedCache() throws {
    let folder = try TemporaryFolder()
    for isShared in [false, true] {
      var settings = options(folder.path("a \(isShared)?%.db"))
      if isShared { settings.uriParameters = [URIParameter("cache", "shared")] }
      var one = try Connection(settings)
      try one.execute("CREATE TABLE t(a)")
      try one.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)")
      var two = try Connection(settings)
      let error = failure { () throws(SQLiteError) in try two.execute("SELECT * FROM t") }
      #expect((error?.code.primary == .locked) == isShared)
      try one.execute("COMMIT")
    }
  }

  @Test("The size of a page takes, whatever setting is named before it")
  func pageSizeFirst() throws {
    let folder = try TemporaryFolder()
    let wanted = [
      Pragma("auto_vacuum", "incremental"), Pragma("encoding", "UTF-16le"),
      Pragma("page_size", 1024),
    ]
    var connection = try Connection(options(folder.path("a.db"), wanted))
    #expect(try connection.pragma("page_size") == "1024")
  }

  @Test("Every pragma is set on every open and has the value that was wanted")
  func pragmas() throws {
    let folder = try TemporaryFolder()
    let wanted = [
      Pragma("journal_mode", "WAL"), Pragma("synchronous", "extra"), Pragma("page_size", 8192),
      Pragma("cache_size", -4000), Pragma("foreign_keys", "on"), Pragma("temp_store", "memory"),
      Pragma("wal_autocheckpoint", 0), Pragma("journal_size_limit", -7),
      Pragma("mmap_size", 65536), Pragma("secure_delete", "fast"), Pragma("cache_spill", "on"),
      Pragma("auto_vacuum", "incremental"), Pragma("encoding", "UTF-8"),
      Pragma("locking_mode", "normal"), Pragma("main.user_version", 7),
      Pragma("case_sensitive_like", "on"),
    ]
    for _ in 0..<2 {
      var connection = try Connection(options(folder.path("a.db"), wanted))
      #expect(try connection.pragma("journal_mode") == "wal")
      #expect(try connection.pragma("synchronous") == "3")
      #expect(try connection.pragma("page_size") == "8192")
      #expect(try connection.pragma("foreign_keys") == "1")
      try connection.execute("CREATE TABLE IF NOT EXISTS t(a)")
      try connection.close()
    }
  }

  @Test("WAL on a database in memory is an error that quotes SQLite's answer")
  func walInMemory() {
    let error = failure { () throws(SQLiteError) in _ = try Connection(options(":memory:", wal)) }
    #expect(
      error?.operation
        == .settingNotTaken(pragma: "journal_mode", wanted: "wal", answered: "memory"))
    #expect(error?.description.contains("SQLite answered memory") == true)
  }

  @Test("A page size that comes too late is an error, the same one again is not")
  func pageSizeTooLate() throws {
    let folder = try TemporaryFolder()
    var first = try Connection(options(folder.path("a.db"), [Pragma("page_size", 4096)]))
    try first.execute("CREATE TABLE t(a)")
    try first.close()
    let again = failure { () throws(SQLiteError) in
      _ = try Connection(options(folder.path("a.db"), [Pragma("page_size", 4096)]))
    }
    #expect(again == nil)
    let other = failure { () throws(SQLiteError) in
      _ = try Connection(options(folder.path("a.db"), [Pragma("page_size", 8192)]))
    }
    #expect(
      other?.operation
        == .settingNotTaken(pragma: "page_size", wanted: "8192", answered: "4096"))
  }

  @Test(
    "A value or a pragma that SQLite silently ignores is an error",
    arguments: [
      (Pragma("synchronous", "fulll"), "1"), (Pragma("foreign_keys", "maybe"), "0"),
      (Pragma("no_such_pragma", "1"), nil), (Pragma("mmap_size", 1 << 60), nil),
      (Pragma("page_size", 1000), "4096"),
    ] as [(Pragma, String?)])
  func ignored(pragma: Pragma, answered: String?) throws {
    let error = failure { () throws(SQLiteError) in
      _ = try Connection(options(":memory:", [pragma]))
    }
    #expect(
      error?.operation
        == .settingNotTaken(pragma: pragma.name, wanted: pragma.value, answered: answered))
  }

  @Test("A memory map larger than the library allows did not take")
  func mapCapped() throws {
    let folder = try TemporaryFolder()
    let error = failure { () throws(SQLiteError) in
      _ = try Connection(options(folder.path("a.db"), [Pragma("mmap_size", 1 << 60)]))
    }
    guard case .settingNotTaken("mmap_size", _, let answered?) = error?.operation else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect((Int64(answered) ?? .max) < 1 << 60)
  }

  @Test("The busy timeout is no pragma here, and a name with SQL in it is refused")
  func refused() throws {
    for name in ["busy_timeout", "x; DROP TABLE t", "", "a.b.c", "main."] {
      let error = failure { () throws(SQLiteError) in
        _ = try Connection(options(":memory:", [Pragma(name, "1")]))
      }
      #expect(error?.code == .misuse, "\(name)")
    }
  }

  @Test("A value with a quote in it stays a value")
  func quotedValue() throws {
    let error = failure { () throws(SQLiteError) in
      _ = try Connection(options(":memory:", [Pragma("synchronous", "a'; DROP TABLE t; --")]))
    }
    guard case .settingNotTaken = error?.operation else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("A folder, a missing file and a path with a zero byte cannot be opened")
  func cannotOpen() throws {
    let folder = try TemporaryFolder()
    let asFolder = failure { () throws(SQLiteError) in
      _ = try Connection(options(folder.path))
    }
    #expect(asFolder?.code.primary == .cantOpen)
    #expect(asFolder?.operation == .open)
    var missing = options(folder.path("none.db"))
    missing.mode = .readWrite
    let asMissing = failure { () throws(SQLiteError) in _ = try Connection(missing) }
    #expect(asMissing?.code.primary == .cantOpen)
    let zero = failure { () throws(SQLiteError) in _ = try Connection(options("a\0b")) }
    #expect(zero?.code == .cantOpen)
  }

  @Test("An unknown VFS cannot be opened")
  func unknownVFS() {
    var strange = options()
    strange.vfs = "no-such-vfs"
    let error = failure { () throws(SQLiteError) in _ = try Connection(strange) }
    #expect(error?.operation == .open)
    #expect(error?.message.contains("no-such-vfs") == true)
  }

  @Test("A file that is not a database says so as soon as it is read")
  func notADatabase() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array(repeating: UInt8(ascii: "x"), count: 4096), to: "a.db")
    let error = failure { () throws(SQLiteError) in
      _ = try Connection(options(folder.path("a.db"), wal))
    }
    #expect(error?.code == .notADatabase)
  }

  @Test("A read-only connection cannot write")
  func readOnly() throws {
    let folder = try TemporaryFolder()
    var writer = try Connection(options(folder.path("a.db")))
    try writer.execute("CREATE TABLE t(a)")
    var reading = options(folder.path("a.db"))
    reading.mode = .readOnly
    var reader = try Connection(reading)
    let error = failure { () throws(SQLiteError) in try reader.execute("INSERT INTO t VALUES(1)") }
    #expect(error?.code == .readOnly)
  }

  @Test("A pragma that finds the database busy is tried again until the timeout of the policy")
  func busyPragma() throws {
    let folder = try TemporaryFolder()
    var holder = try Connection(options(folder.path("a.db")))
    try holder.execute("CREATE TABLE t(a); BEGIN EXCLUSIVE")
    let time = FakeTime(tick: .microseconds(1))
    let error = failure { () throws(SQLiteError) in
      _ = try Connection(
        options(
          folder.path("a.db"), wal, busy: .fair(timeout: .milliseconds(50)), time: time))
    }
    #expect(error?.code == .busy)
    #expect(time.sleeps.count >= 40)
    #expect(time.monotonicNow().nanoseconds < 1_000_000_000 + 110_000_000)
  }

  @Test("A database that others hold while it is switched to WAL opens as soon as they let go")
  func busyThenFree() throws {
    let folder = try TemporaryFolder()
    let holder = Mutex(try Connection(options(folder.path("a.db"))))
    try holder.withLock { try $0.execute("CREATE TABLE t(a); BEGIN IMMEDIATE") }
    let time = FakeTime()
    time.onSleep {
      if time.sleeps.count == 5 { holder.withLock { try? $0.rollback() } }
    }
    var connection = try Connection(
      options(folder.path("a.db"), wal, busy: .fair(timeout: .seconds(1)), time: time))
    #expect(try connection.pragma("journal_mode") == "wal")
    #expect(time.sleeps.count == 5)
  }

  @Test("Options are equal only with the same settings and the same time source")
  func equality() {
    let time = FakeTime()
    #expect(options(time: time) == options(time: time))
    #expect(options(time: time) != options(time: FakeTime()))
    #expect(options(time: time) != options("other.db", time: time))
  }
}
