import AssayModel
import FaultVFS
import Schedules
import Testing
import Workloads

@testable import Runner

/// Calls of the file system layer that fail, or do less than they say.
extension ScheduledFaultTests {
  static func failing(
    _ kind: FaultSpecification.Kind, _ probability: Double, drops: Bool = false
  ) throws -> FaultSpecification {
    var fault = FaultSpecification(
      kind: kind, target: .all, trigger: try Self.probability(probability))
    fault.dropsDirtyPages = drops
    return fault
  }

  @Test(
    "I/O errors under concurrent actors are reported, and take nothing that was acknowledged",
    arguments: [StorageSettings.JournalMode.delete, .truncate, .wal])
  func errors(mode: StorageSettings.JournalMode) async {
    await #expect(processExitsWith: .success) { [mode = mode as StorageSettings.JournalMode] in
      try ScheduledFaultTests.checkErrors(mode)
    }
  }

  private static func checkErrors(_ mode: StorageSettings.JournalMode) throws {
    // SQLITE_IOERR and its kinds, SQLITE_CANTOPEN, SQLITE_FULL; shared memory without room is
    // SQLITE_IOERR_SHMSIZE. Of the writes only those are refused that make a file longer.
    let expected: [(kind: FaultSpecification.Kind, probability: Double, codes: Set<Int32>)] = [
      (.ioError, 0.01, [10, 14]), (.diskFull, 0.5, [10, 13]), (.fsyncError, 0.05, [10]),
    ]
    for (kind, probability, codes) in expected {
      let faults = [try failing(kind, probability)]
      var (struck, reported) = (0, 0)
      let cell = cell(.mixed, faults) {
        $0.storage.journalMode = mode
        $0.storage.synchronous = .full
      }
      for outcome in try play(cell) {
        #expect(outcome.violations.isEmpty, "\(kind): \(outcome.violations)")
        struck += outcome.faults.count { $0.kind == kind }
        let failed = outcome.events.map(\.event).filter { codes.contains($0.code & 0xff) }
        #expect(failed.allSatisfy { $0.outcome != .ok })
        reported += failed.count
      }
      #expect(struck > 10 && reported > 5, "\(kind): \(struck) struck, \(reported) reported")
    }
  }

  @Test("A sync that drops what a partial checkpoint wrote loses it in WAL mode, and is found")
  func droppedPages() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkDroppedPages() }
  }

  private static func checkDroppedPages() throws {
    func found(drops: Bool) throws -> Int {
      let faults = [try failing(.fsyncError, 0.05, drops: drops)]
      let cell = cell(.mixed, faults) {
        $0.storage.journalMode = .wal
        $0.storage.synchronous = .full
        $0.storage.pragmas.append(
          StorageSettings.Pragma(name: "wal_autocheckpoint", value: "8"))
        $0.load.keyCount = 8
        $0.load.extent = .operations(30)
      }
      return try play(cell, count: 300).count { !$0.violations.isEmpty }
    }
    #expect(try found(drops: true) > 1)
    #expect(try found(drops: false) == 0)
  }

  @Test("A read that is cut short is taken for zeros, and what comes of that is found")
  func shortReads() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkShortReads() }
  }

  private static func checkShortReads() throws {
    let faults = [try failing(.shortRead, 0.02)]
    let outcomes = try play(cell(.mixed, faults), count: 40)
    #expect(outcomes.count { !$0.faults.isEmpty } > 5)
    #expect(outcomes.contains { !$0.violations.isEmpty })
  }

  @Test("A fault that lasts strikes every further call, one with a time only until it is over")
  func lasting() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkLasting() }
  }

  private static func checkLasting() throws {
    func failures(_ change: (inout FaultSpecification) -> Void) throws -> (all: Int, late: Int) {
      var fault = FaultSpecification(
        kind: .ioError, target: .process(1), trigger: .at(.milliseconds(1)))
      fault.method = .write
      change(&fault)
      var (all, late) = (0, 0)
      for outcome in try play(cell(.mixed, [fault])) {
        #expect(outcome.violations.isEmpty, "\(outcome.violations)")
        let failed = outcome.events.map(\.event).filter { $0.code & 0xff == 10 }
        #expect(failed.allSatisfy { $0.actor.process == 1 })
        all += failed.count
        late += failed.count { event in
          outcome.faults.contains { event.invoked > $0.injected + .milliseconds(60) }
        }
      }
      return (all, late)
    }
    let once = try failures { _ in }
    let aWhile = try failures { $0.duration = .milliseconds(20) }
    let forEver = try failures { $0.lasting = .forever }
    #expect(once.all > 0 && once.all <= 20, "\(once)")
    #expect(aWhile.all > once.all && aWhile.late == 0, "\(aWhile)")
    #expect(forEver.all > aWhile.all, "\(forEver)")
  }
}
