import AssayModel
import SQLiteDriver
import Synchronization
import Testing

private let insert = SQL("INSERT INTO t VALUES(?)")
private let count = SQL("SELECT count(*) FROM t")

@Suite("Write-ahead log")
struct WALTests {
  private func database(_ folder: TemporaryFolder) throws(SQLiteError) -> Connection {
    var connection = try Connection(
      options(folder.path("a.db"), wal + [Pragma("wal_autocheckpoint", 0)]))
    try connection.execute("CREATE TABLE IF NOT EXISTS t(a)")
    return connection
  }

  @Test(
    "Every mode copies the whole log when nobody is in the way", arguments: CheckpointMode.allCases)
  func complete(mode: CheckpointMode) throws {
    let folder = try TemporaryFolder()
    var connection = try database(folder)
    for value in 0..<10 { try connection.run(insert, value) }
    let before = try folder.size(of: "a.db-wal")
    let result = try connection.checkpoint(mode)
    #expect(!result.isBusy)
    #expect(result.isComplete)
    #expect(result.logFrames == (mode == .truncate ? 0 : 12))
    let after = try folder.size(of: "a.db-wal")
    #expect(after == (mode == .truncate ? 0 : before))
    try connection.run(insert, 10)
    let startsAnew = try connection.checkpoint(.passive).logFrames == 1
    #expect(startsAnew)
  }

  @Test("A reader of an old snapshot holds up a passive checkpoint and makes the others busy")
  func heldUp() throws {
    let folder = try TemporaryFolder()
    var writer = try database(folder)
    var reader = try database(folder)
    try writer.run(insert, 1)
    try reader.begin(.deferred)
    _ = try reader.first(count) { $0.int64(0) }
    try writer.run(insert, 2)
    let passive = try writer.checkpoint(.passive)
    #expect(!passive.isBusy)
    #expect(passive.checkpointedFrames < passive.logFrames)
    #expect(!passive.isComplete)
    for mode in [CheckpointMode.full, .restart, .truncate] {
      let result = try writer.checkpoint(mode)
      #expect(result.isBusy, "\(mode)")
    }
    try reader.commit()
    #expect(try writer.checkpoint(.restart).isComplete)
  }

  @Test("A checkpoint inside a write transaction is LOCKED; without a log there is nothing")
  func locked() throws {
    let folder = try TemporaryFolder()
    var connection = try database(folder)
    try connection.begin()
    try connection.run(insert, 1)
    let error = failure { () throws(SQLiteError) in _ = try connection.checkpoint(.passive) }
    #expect(error?.code == .locked)
    #expect(error?.operation == .checkpoint)
    try connection.commit()
    var memory = try Connection(options())
    let nothing = try memory.checkpoint(.passive)
    #expect(nothing == CheckpointResult(logFrames: -1, checkpointedFrames: -1, isBusy: false))
  }

  @Test("The hook sees each commit, checkpoints only when it says so, and gives way again")
  func hook() throws {
    let folder = try TemporaryFolder()
    var connection = try database(folder)
    try connection.setPragma("wal_autocheckpoint", "100")
    let seen = Mutex<[WALCommit]>([])
    try connection.setWALHook { commit in
      seen.withLock { seen in
        seen.append(commit)
        return seen.count == 3 ? .checkpoint : .none
      }
    }
    for value in 0..<5 { try connection.run(insert, value) }
    // Two frames made the table; after the checkpoint of the third commit the log starts anew.
    #expect(seen.withLock { $0.map(\.frames) } == [3, 4, 5, 1, 2])
    #expect(seen.withLock { $0.allSatisfy { $0.schema == "main" } })
    try connection.setWALHook(nil)
    try connection.run(insert, 9)
    #expect(seen.withLock { $0.count } == 5)
    #expect(try connection.pragma("wal_autocheckpoint") == "100")
  }
}
