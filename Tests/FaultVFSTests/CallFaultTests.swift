import AssayModel
import CSQLite
import Testing

@testable import FaultVFS

extension SimulatedDiskTests {
  @Suite("Faults of its calls")
  struct CallFaults {
    @Test("An unlock that reports an error has let go all the same", arguments: ["delete", "wal"])
    func unlock(mode: String) {
      for method in [VFSMethod.unlock, .sharedMemoryLock] {
        onDisk(SimulatedDisk()) { disk in
          let one = RawConnection()
          one.execute("PRAGMA journal_mode=\(mode); CREATE TABLE t(a)")
          one.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES(1)")
          disk.setFault(CallFault(.ioError, method: method, call: 1, isLasting: true))
          one.execute("COMMIT")
          if method == (mode == "wal" ? .sharedMemoryLock : .unlock) {
            #expect(disk.faultCounts.hits > 0)
          }
          disk.setFault(nil)
          let two = RawConnection()
          #expect(two.execute("INSERT INTO t VALUES(2)") == SQLITE_OK, "\(mode), \(method)")
        }
      }
    }

    @Test("A short write leaves the first half of its bytes and fails")
    func shortWrite() {
      onDisk(SimulatedDisk()) { disk in
        let connection = RawConnection()
        connection.execute("PRAGMA page_size=1024; CREATE TABLE t(a)")
        disk.beginLog()
        disk.setFault(
          CallFault(.shortWrite, method: .write, file: .database, call: 2, isLasting: false))
        let code = connection.execute("INSERT INTO t VALUES(zeroblob(2000))")
        #expect(code == SQLITE_IOERR | 3 << 8)
        let writes = disk.log.operations.filter { $0.kind == .write && $0.file == .database }
        #expect(writes.prefix(2).map(\.count) == [1_024, 512])
        #expect(connection.value("PRAGMA integrity_check") == "ok")
      }
    }

    @Test("What a failed sync has dropped does not come back with the next one that fails")
    func droppedForGood() throws {
      let disk = SimulatedDisk()
      disk.beginLog()
      let flags = SQLITE_OPEN_CREATE | SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_DB
      let file = try #require(unsafe disk.open("/file", flags: flags))
      func write(_ byte: UInt8, at offset: Int) {
        unsafe [byte].withUnsafeBytes { bytes in
          guard let address = bytes.baseAddress else { return }
          _ = unsafe file.write(address, count: 1, at: offset)
        }
      }
      func content() -> [UInt8] { DiskState(of: disk).files.first?.content ?? [] }
      write(1, at: 0)
      file.dropUnsynced()
      #expect(content() == [])
      write(2, at: 1)
      _ = file.sync()
      write(3, at: 2)
      file.dropUnsynced()
      #expect(content() == [0, 2])
      // A log of its own knows nothing of that.
      disk.beginLog()
      write(4, at: 0)
      _ = file.sync()
      file.dropUnsynced()
      #expect(content() == [4, 2])
    }

    @Test("Nobody restarts a log under a checkpointer that has died")
    func deadCheckpointer() {
      let disk = SimulatedDisk()
      disk.yieldPoint = Actors()
      disk.checkpointBegan()
      disk.checkpointLost()
      disk.yieldPoint = Actors(currentActor: 1)
      disk.willRestartLog()
      #expect(disk.restartsUnderCheckpoint == 0)
      disk.yieldPoint = Actors()
      disk.checkpointBegan()
      disk.yieldPoint = Actors(currentActor: 1)
      disk.willRestartLog()
      #expect(disk.restartsUnderCheckpoint == 1)
    }

    /// Knows who calls, and stops nobody.
    private final class Actors: YieldPoint {
      let currentActor: Int
      init(currentActor: Int = 0) { self.currentActor = currentActor }
      var currentProcess: Int { currentActor }
      func reached(_ method: VFSMethod, _ file: FileKind?) -> Bool { true }
      func sleep(for span: Nanoseconds) -> Bool { true }
      func wallNow() -> WallTime { WallTime(milliseconds: 0) }
    }
  }
}

@Suite("Faults of one simulated process")
struct ProcessCallFaultTests {
  private static func faults(
    _ all: [FaultSpecification], isRestarted: Bool = false
  ) -> ProcessCallFaults {
    ProcessCallFaults(
      all.enumerated().map { .init(number: $0.offset, fault: $0.element) }, seed: Seed(1),
      isRestarted: isRestarted, measuredFrom: MonotonicTime(nanoseconds: 1_000),
      now: MonotonicTime(nanoseconds: 1_000))
  }

  private static func fault(
    _ kind: FaultSpecification.Kind, at operation: Int, _ method: VFSMethod? = nil,
    file: FileKind? = nil
  ) -> FaultSpecification {
    var fault = FaultSpecification(kind: kind, target: .all, trigger: .operation(operation))
    fault.method = method
    fault.file = file
    return fault
  }

  @Test("Each counts the calls that it selects, the first in the list acts, and only once")
  func counting() {
    var death = Self.fault(.kill, at: 2, .write)
    death.moment = .middle
    var faults = Self.faults([
      Self.fault(.ioError, at: 2, .write, file: .wal), death, Self.fault(.pause, at: 1),
    ])
    let now = MonotonicTime(nanoseconds: 2_000)
    #expect(faults.next(.read, .wal, bytes: 8, now: now) == nil)
    #expect(faults.next(.write, .wal, bytes: 8, now: now) == nil)
    let second = faults.next(.write, .wal, bytes: 8, now: now)
    #expect(second == .init(number: 0, outcome: .fails(.ioError), isFirst: true))
    #expect(faults.next(.write, .wal, bytes: 8, now: now) == nil)
    var others = Self.faults([
      Self.fault(.ioError, at: 2, .write, file: .wal), death,
    ])
    #expect(others.next(.write, .database, bytes: 8, now: now) == nil)
    let death2 = others.next(.write, .database, bytes: 8, now: now)
    #expect(death2 == .init(number: 1, outcome: .dies(.middle), isFirst: true))
  }

  @Test("A call of a name without a file meets only what asks for no kind of file")
  func noFile() {
    let now = MonotonicTime(nanoseconds: 2_000)
    var any = Self.faults([Self.fault(.ioError, at: 1, .access)])
    #expect(any.next(.access, nil, bytes: 0, now: now) != nil)
    var database = Self.faults([Self.fault(.ioError, at: 1, .access, file: .database)])
    #expect(database.next(.access, nil, bytes: 0, now: now) == nil)
    #expect(database.next(.access, .database, bytes: 0, now: now) != nil)
  }

  @Test("A process that was started again does not meet again what happens once")
  func restarted() {
    var faults = Self.faults([Self.fault(.diskFull, at: 1)], isRestarted: true)
    #expect(
      faults.next(.write, .wal, bytes: 8, now: MonotonicTime(nanoseconds: 2_000)) == nil)
  }

  @Test("A sync drops what was written only where the fault says so")
  func drops() {
    for drops in [false, true] {
      var fault = Self.fault(.fsyncError, at: 1)
      fault.dropsDirtyPages = drops
      var faults = Self.faults([fault])
      let strike = faults.next(.sync, .wal, bytes: 0, now: MonotonicTime(nanoseconds: 2_000))
      #expect(strike?.outcome == .fails(drops ? .fsyncError : .ioError))
    }
  }
}
