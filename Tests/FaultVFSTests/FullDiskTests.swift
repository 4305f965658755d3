import AssayModel
import CSQLite
import Foundation
import Glibc
import Testing

@testable import FaultVFS

/// A real file system of some hundred KiB, in memory, which others have filled.
final class SmallFileSystem {
  let path: String
  private let filler: Int32

  /// Whether this user may mount one here.
  static let isPermitted: Bool = {
    guard let folder = try? RealFolder() else { return false }
    guard mount(folder.path) else { return false }
    _ = unsafe umount2(folder.path, Int32(MNT_DETACH))
    return true
  }()

  private static func mount(_ path: String) -> Bool {
    unsafe Glibc.mount("assay-test", path, "tmpfs", 0, "size=512k") == 0
  }

  private let folder: RealFolder

  init() throws {
    folder = try RealFolder()
    path = folder.path
    try #require(Self.mount(path), "mount failed: \(errno)")
    filler = unsafe Glibc.open("\(path)/filler", O_CREAT | O_WRONLY, 0o600)
    try #require(filler >= 0)
  }

  deinit {
    close(filler)
    _ = unsafe umount2(path, Int32(MNT_DETACH))
  }

  /// Takes all room that there is.
  func fill() {
    let block = [UInt8](repeating: 1, count: 4_096)
    while unsafe write(filler, block, block.count) > 0 {}
  }
}

@Suite("A full disk is what a real full file system is")
struct FullDiskTests {
  /// What is done before the disk is full.
  private func prepare(_ connection: RealConnection, _ mode: String) {
    connection.execute(
      """
      PRAGMA page_size=4096; PRAGMA temp_store=memory; PRAGMA journal_mode=\(mode);
      PRAGMA wal_autocheckpoint=0;
      CREATE TABLE t(a INTEGER PRIMARY KEY, b BLOB);
      INSERT INTO t(b) VALUES(zeroblob(700)), (zeroblob(700)), (zeroblob(700)), (zeroblob(700)),
        (zeroblob(700)), (zeroblob(700)), (zeroblob(700)), (zeroblob(700));
      UPDATE t SET b = zeroblob(701);
      """)
  }

  private static let statements = [
    "SELECT sum(length(b)) FROM t", "UPDATE t SET b = zeroblob(700) WHERE a = 1",
    "INSERT INTO t(b) VALUES(randomblob(9000))", "DELETE FROM t WHERE a = 2",
    "PRAGMA wal_checkpoint(PASSIVE)", "UPDATE t SET b = zeroblob(699) WHERE a = 3",
    "UPDATE t SET b = zeroblob(699)", "INSERT INTO t(b) VALUES(randomblob(30000))",
    "PRAGMA wal_checkpoint(TRUNCATE)", "DELETE FROM t WHERE a = 4",
    "CREATE TABLE u AS SELECT * FROM t", "VACUUM", "SELECT count(*) FROM t",
  ]

  /// Runs every statement, each once more after it has failed; returns the codes.
  private func codes(
    _ connection: RealConnection, _ beforeEach: () -> Void
  ) -> [String] {
    Self.statements.map { sql in
      beforeEach()
      return "\(connection.run(sql)) \(sql)"
    }
  }

  @Test(
    "Statement for statement SQLite answers as on a real file system without room",
    .enabled(if: SmallFileSystem.isPermitted, "mounting a tmpfs is not permitted here"),
    arguments: ["delete", "truncate", "persist", "wal", "memory"])
  func answers(mode: String) throws {
    let real = try SmallFileSystem()
    let plain = try RealConnection("\(real.path)/a.db", vfs: nil)
    prepare(plain, mode)
    let expected = codes(plain) { real.fill() }

    let bench = try RealBench(.real(.diskFull, .at(.zero)))
    let connection = try bench.open()
    prepare(connection, mode)
    bench.arm()
    #expect(codes(connection) {} == expected)
    #expect(expected.contains { $0.hasPrefix("13 ") })
    #expect(
      expected.filter { $0.contains(" SELECT ") && !$0.contains("CREATE") }.allSatisfy {
        $0.hasPrefix("0 ")
      })
  }

  @Test(
    "A database in WAL mode that nobody has open cannot be read: its shared memory needs room",
    .enabled(if: SmallFileSystem.isPermitted, "mounting a tmpfs is not permitted here"))
  func sharedMemory() throws {
    let real = try SmallFileSystem()
    try prepare(RealConnection("\(real.path)/a.db", vfs: nil), "wal")
    real.fill()
    let expected = try RealConnection("\(real.path)/a.db", vfs: nil).run("SELECT count(*) FROM t")

    let bench = try RealBench(.real(.diskFull, .at(.zero)))
    try prepare(bench.open(), "wal")
    bench.arm()
    let found = try bench.open().run("SELECT count(*) FROM t")
    #expect(found == expected && found == RealErrorCodes.sharedMemorySize)
    #expect(bench.system.injections.map(\.method) == [.sharedMemoryMap])
  }

  @Test("What overwrites needs no room, and is no strike of the fault")
  func overwriting() throws {
    let bench = try RealBench(.real(.diskFull, .at(.zero), file: .database))
    let connection = try bench.open()
    prepare(connection, "delete")
    bench.arm()
    connection.execute("UPDATE t SET b = zeroblob(700)")
    #expect(bench.system.injections.isEmpty && bench.system.injectionCounts == [:])
    #expect(connection.run("INSERT INTO t(b) VALUES(randomblob(90000))") == SQLITE_FULL)
    #expect(bench.system.injections.count == 1)
  }

  @Test(
    "A fault strikes in its part of a process's life only",
    arguments: [
      (FaultSpecification.Phase.open, [true, false, false]), (.load, [false, true, false]),
      (.close, [false, false, true]), (.all, [true, true, true]),
    ])
  func phases(_ during: FaultSpecification.Phase, _ struck: [Bool]) throws {
    var fault = FaultSpecification.real(
      .ioError, .operation(1), method: .lock, lasting: .forever)
    fault.during = during
    let bench = try RealBench(fault)
    try prepare(bench.open(), "delete")
    let now = MonotonicTime(nanoseconds: monotonicNanoseconds())
    let parts: [() -> Void] = [
      { bench.system.enter(.open) },
      { bench.system.arm(measuredFrom: now, measuredUntil: now + .seconds(1_000)) },
      { bench.system.enter(.close) },
    ]
    let found = try parts.map { enter in
      enter()
      return try bench.open().run("SELECT count(*) FROM t") != SQLITE_OK
    }
    #expect(found == struck)
  }
}
