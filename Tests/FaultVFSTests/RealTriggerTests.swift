import AssayModel
import Testing

@testable import FaultVFS

@Suite("When faults of the file system layer strike")
struct RealTriggerTests {
  /// Shows an entry one operation at each time, in milliseconds, and returns when it struck.
  private func strikes(
    _ fault: FaultSpecification, at times: [UInt64], isRestarted: Bool = false, armed: UInt64 = 0,
    bytes: Int = 10
  ) -> [UInt64] {
    var entry = RealFaultEntry(
      .init(number: 0, fault: fault), seed: Seed(1), isRestarted: isRestarted)
    entry.arm(measuredFrom: 0, now: armed * 1_000_000)
    return times.filter { entry.strike(.wal, bytes: bytes, now: $0 * 1_000_000) != .none }
  }

  private let times = Array(UInt64(0)..<20)

  @Test("At the Nth operation, counted from 1")
  func operation() {
    let fault = FaultSpecification.real(.ioError, .operation(3))
    #expect(strikes(fault, at: times) == [2])
    #expect(strikes(fault, at: times, isRestarted: true) == [])
    #expect(
      strikes(.real(.ioError, .operation(3), lasting: .forever), at: times) == Array(2..<20))
    #expect(
      strikes(.real(.ioError, .operation(3), duration: .milliseconds(4)), at: times)
        == [2, 3, 4, 5])
  }

  @Test("At a time: the first operation from then on, or all of a span")
  func at() {
    #expect(strikes(.real(.ioError, .at(.milliseconds(5))), at: [1, 4, 7, 8]) == [7])
    let span = FaultSpecification.real(
      .ioError, .at(.milliseconds(5)), duration: .milliseconds(4))
    #expect(strikes(span, at: times) == [5, 6, 7, 8])
    // Nothing was asked while it lasted.
    #expect(strikes(span, at: [4, 10, 11]) == [])
    // A process that returns in the middle meets the rest; after it, nothing.
    #expect(strikes(span, at: [7, 8, 9], isRestarted: true, armed: 7) == [7, 8])
    #expect(strikes(span, at: [12, 13], isRestarted: true, armed: 12) == [])
  }

  @Test("Every period once, or for a part of it; periods without operations are left out")
  func every() {
    let fault = FaultSpecification.real(.ioError, .every(.milliseconds(5)))
    #expect(strikes(fault, at: times) == [5, 10, 15])
    #expect(strikes(fault, at: [3, 17, 18, 21]) == [17, 21])
    #expect(
      strikes(
        .real(.ioError, .every(.milliseconds(5)), duration: .milliseconds(2)), at: times)
        == [5, 6, 10, 11, 15, 16])
  }

  @Test("After bytes: for ever, or for a span and never again")
  func afterBytes() {
    let limit = FaultSpecification.Trigger.afterBytes(ByteCount(35))
    #expect(strikes(.real(.diskFull, limit), at: times) == Array(3..<20))
    #expect(
      strikes(.real(.diskFull, limit, duration: .milliseconds(2)), at: times) == [3, 4])
  }

  @Test("A fault selects the methods that its kind can hit and that it names")
  func methods() {
    func methods(_ kind: FaultSpecification.Kind, _ method: VFSMethod?) -> [VFSMethod] {
      FaultSpecification.real(kind, .operation(1), method: method).fileSystemMethods
    }
    #expect(methods(.ioError, nil) == VFSMethod.failing)
    #expect(methods(.ioError, .close) == [])
    #expect(methods(.bitFlip, nil) == [.read])
    #expect(methods(.bitFlip, .write) == [.write])
    #expect(methods(.diskFull, .sync) == [])
    #expect(methods(.silentLock, nil) == [.lock, .sharedMemoryLock])
    #expect(methods(.pause, nil) == [])
    var kill = FaultSpecification.real(.kill, .operation(1))
    #expect(kill.fileSystemMethods.contains(.close))
    kill.moment = .middle
    #expect(kill.fileSystemMethods == [.write])
    #expect(FaultSpecification.real(.kill, .every(.seconds(1))).fileSystemMethods == [])
  }

  @Test("Every method has a slot of its own, below the number of slots")
  func slots() {
    #expect(Set(VFSMethod.allCases.map(\.slot)) == Set(0..<VFSMethod.slotCount))
    #expect(Set(FileKind.allCases.map(\.slot)) == Set(0..<FileKind.slotCount))
  }

  @Test(
    "Files are known by their names where no flags tell",
    arguments: [
      ("/a/b.db", FileKind.database), ("/a/b.db-wal", .wal), ("/a/b.db-journal", .journal),
      ("/a/b.db-mj1234567A9", .superJournal), ("", .database), ("-wal", .wal),
    ])
  func names(name: String, kind: FileKind) {
    #expect(unsafe name.withCString { unsafe FileKind(path: $0) } == kind)
  }
}
