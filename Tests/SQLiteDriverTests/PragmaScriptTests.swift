import AssayModel
import SQLiteDriver
import Testing

@Suite("Pragmas that are not read back")
struct PragmaScriptTests {
  private func options(_ path: String, _ script: PragmaScript) -> ConnectionOptions {
    ConnectionOptions(path: path, script: script, time: FakeTime())
  }

  @Test("A script sets every pragma of it, those of the empty database first")
  func sets() throws {
    let folder = try TemporaryFolder()
    let script = try PragmaScript([
      Pragma("synchronous", "extra"), Pragma("wal_autocheckpoint", 17), Pragma("page_size", 8192),
      Pragma("journal_mode", "wal"), Pragma("cache_size", -77),
    ])
    var connection = try Connection(options(folder.path("a.db"), script))
    try connection.execute("CREATE TABLE t(a)")
    #expect(try connection.pragma("synchronous") == "3")
    #expect(try connection.pragma("wal_autocheckpoint") == "17")
    #expect(try connection.pragma("page_size") == "8192")
    #expect(try connection.pragma("journal_mode") == "wal")
    #expect(try connection.pragma("cache_size") == "-77")
  }

  @Test("A setting that does not take is no error")
  func unverified() throws {
    var connection = try Connection(
      options(":memory:", try PragmaScript([Pragma("journal_mode", "wal")])))
    #expect(try connection.pragma("journal_mode") == "memory")
  }

  @Test("A script that refuses writes makes every write fail")
  func refusing() throws {
    let script = try PragmaScript([Pragma("cache_size", 5)]).refusingWrites
    var connection = try Connection(options(":memory:", script))
    #expect(try connection.pragma("cache_size") == "5")
    let error = failure { () throws(SQLiteError) in try connection.execute("CREATE TABLE t(a)") }
    #expect(error?.code.primary == .readOnly)
  }

  @Test(
    "The busy timeout, and what is no name, are refused", arguments: ["busy_timeout", "a b", ""])
  func refuses(name: String) {
    let error = failure { () throws(SQLiteError) in _ = try PragmaScript([Pragma(name, 1)]) }
    #expect(error?.code.primary == .misuse)
  }
}
