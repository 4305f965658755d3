import Foundation
import Glibc
import Platform
import SQLiteDriver
import Testing

@testable import Runner

@Suite("Doctor, who can open a database")
struct DoctorAccessTests {
  private func access(
    isWAL: Bool = true, hasHotJournal: Bool = false, failure: String? = nil,
    _ change: (inout AccessFacts) -> Void
  ) -> DatabaseAccess {
    var facts = AccessFacts(folder: "/data", userID: 1_000)
    change(&facts)
    return DatabaseAccess(facts, isWAL: isWAL, hasHotJournal: hasHotJournal, failure: failure)
  }

  private func complete(_ facts: inout AccessFacts) {
    facts.log = AccessFacts.File()
    facts.sharedMemory = AccessFacts.File()
  }

  @Test("With every permission a database in any mode can be read and written")
  func everything() {
    #expect(access { _ in }.level == .readWrite)
    #expect(access(isWAL: false) { _ in }.hint == nil)
    #expect(access(isWAL: false, hasHotJournal: true) { _ in }.level == .readWrite)
  }

  @Test("WAL mode in a folder without write permission needs -wal and -shm to be there")
  func walInAReadOnlyFolder() {
    let bare = access { $0.mayCreate = false }
    #expect(bare.level == .none)
    #expect(bare.hint?.message.contains("-wal and -shm are missing") == true)
    #expect(bare.hint?.level == .warning)
    let noMemory = access {
      complete(&$0)
      $0.sharedMemory = nil
      $0.mayCreate = false
    }
    #expect(noMemory.hint?.message.contains("-shm is missing") == true)
    let whole = access {
      complete(&$0)
      $0.mayCreate = false
      $0.database.isWritable = false
    }
    #expect(whole.level == .readOnly)
    #expect(whole.hint?.level == .note)
    // The same folder is no obstacle for a reader of a rollback journal's database.
    #expect(access(isWAL: false) { $0.mayCreate = false }.level == .readOnly)
  }

  @Test("A read-only mount is named, with and without the files that WAL mode needs")
  func readOnlyMount() {
    func mounted(_ facts: inout AccessFacts) {
      facts.isReadOnlyMount = true
      facts.mayCreate = false
      facts.database.isWritable = false
    }
    let wal = access { mounted(&$0) }
    #expect(wal.level == .none)
    #expect(wal.reason?.contains("read-only file system") == true)
    #expect(wal.remedy?.contains("immutable=1") == true)
    let rollback = access(isWAL: false) { mounted(&$0) }
    #expect(rollback.level == .readOnly)
    #expect(rollback.reason?.contains("mounted read-only") == true)
  }

  @Test("Files of another user are named: the database, -wal, -shm")
  func foreignFiles() {
    let database = access {
      complete(&$0)
      $0.database.isWritable = false
    }
    #expect(database.level == .readOnly)
    let memory = access {
      complete(&$0)
      $0.sharedMemory?.isWritable = false
    }
    #expect(memory.reason?.contains("-shm file is not writable") == true)
    let log = access {
      complete(&$0)
      $0.log?.isReadable = false
    }
    #expect(log.level == .none)
  }

  @Test("A journal that waits to be rolled back needs a user that may write")
  func hotJournal() {
    let reader = access(isWAL: false, hasHotJournal: true) { $0.database.isWritable = false }
    #expect(reader.level == .none)
    #expect(reader.reason?.contains("played back first") == true)
    let folder = access(isWAL: false, hasHotJournal: true) { $0.mayCreate = false }
    #expect(folder.level == .none)
  }

  @Test("What SQLite itself refused beats permissions that look right")
  func refused() {
    #expect(access(failure: "SQLITE_CANTOPEN") { _ in }.level == .none)
  }

  @Test("As another user: a WAL database in a folder that is closed to it, without a trace")
  func anotherUser() async throws {
    let sandbox = try Sandbox()
    let folder = sandbox.file("closed")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    var connection = try Connection(
      ConnectionOptions(
        path: "\(folder)/app.db", pragmas: [Pragma("journal_mode", "wal")], time: SystemTime()))
    try connection.execute("CREATE TABLE t(a)")
    try connection.close()
    unsafe chmod(folder, 0o555)
    defer { unsafe chmod(folder, 0o755) }
    // The tests may run as root, whom no permission stops.
    let isRoot = geteuid() == 0
    let prelude = isRoot ? "exec setpriv --reuid 65534 --clear-groups \"$@\"" : "true"
    let doctor = try await Assay.run(
      ["doctor", "closed/app.db", "--json", "--strict"], in: sandbox, prelude: prelude)
    #expect(doctor.code == 5, "\(doctor.errors)")
    #expect(doctor.errors.contains("cannot open it (user \(isRoot ? 65_534 : geteuid()))"))
    #expect(doctor.output.contains("-wal and -shm are missing"), "\(doctor.output)")
    #expect(doctor.output.contains("\"level\" : \"none\""))
    #expect(sandbox.everything(in: "closed") == ["app.db"])
  }
}
