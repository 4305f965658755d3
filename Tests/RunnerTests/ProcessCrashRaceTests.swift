import AssayModel
import Testing
import Workloads

@testable import Runner

/// Each test has a process of its own, as a simulation has: the current disk belongs to the process.
@Suite("Recovery by several processes after a process crash")
struct ProcessCrashRaceTests {
  /// Two processes that never sync, killed at the same moment.
  private static func cell(
    _ mode: StorageSettings.JournalMode, _ crashes: ExploreSettings.Crashes = .process
  ) -> PlannedCell {
    ScheduledFaultTests.cell(.mixed, []) { cell in
      cell.storage.journalMode = mode
      cell.storage.synchronous = .off
      cell.load.processes = 2
      cell.load.keyCount = 8
      cell.load.extent = .operations(10)
      cell.explore?.crashes = crashes
      cell.explore?.strategy = "uniform"
      cell.furtherChecks = [.integrity, .consistency, .durability, .progress]
    }
  }

  @Test("Without any sync, killed processes lose no acknowledged transaction")
  func nothingIsLost() async {
    await #expect(processExitsWith: .success) { try ProcessCrashRaceTests.checkNothingIsLost() }
  }

  private static func checkNothingIsLost() throws {
    for mode in [StorageSettings.JournalMode.delete, .truncate, .persist, .wal] {
      let outcomes = try ScheduledFaultTests.play(cell(mode), count: 100)
      for outcome in outcomes {
        #expect(outcome.violations.isEmpty, "\(mode): \(outcome.violations)")
      }
      let recovering = outcomes.count { $0.counts[RecoveryCounts.recovered] == 1 }
      #expect(recovering > 20, "\(mode): \(recovering) of 100 had something to recover")
      #expect(
        outcomes[0].notes[0].contains("every process was killed after"), "\(outcomes[0].notes)")
    }
  }

  @Test("The same programs lose acknowledged transactions when the power goes")
  func powerLossDiffers() async {
    await #expect(processExitsWith: .success) { try ProcessCrashRaceTests.checkPowerLoss() }
  }

  private static func checkPowerLoss() throws {
    let outcomes = try ScheduledFaultTests.play(cell(.wal, .powerLoss), count: 60)
    #expect(outcomes.contains { $0.violations.contains { $0.check == .durability } })
  }

  @Test(
    "A journal that dies with its process leaves half a transaction, and that is found",
    arguments: [StorageSettings.JournalMode.memory, .off])
  func halfTransaction(mode: StorageSettings.JournalMode) async {
    if mode == .memory {
      await #expect(processExitsWith: .success) { try ProcessCrashRaceTests.checkHalf(.memory) }
    } else {
      await #expect(processExitsWith: .success) { try ProcessCrashRaceTests.checkHalf(.off) }
    }
  }

  private static func checkHalf(_ mode: StorageSettings.JournalMode) throws {
    let found = try ScheduledFaultTests.play(cell(mode), count: 100).flatMap(\.violations)
    #expect(found.contains { [.consistency, .integrity].contains($0.check) }, "\(mode)")
  }

  @Test("The bounds of images apply to races at a power loss")
  func boundsApply() async {
    await #expect(processExitsWith: .success) { try ProcessCrashRaceTests.checkBounds() }
  }

  private static func checkBounds() throws {
    var bounded = cell(.delete, .powerLoss)
    bounded.explore?.images.exhaust = 0
    bounded.explore?.images.samples = 0
    let digests = try [cell(.delete, .powerLoss), bounded].map { cell in
      Set(try ScheduledFaultTests.play(cell, count: 40).map(\.digest.description))
    }
    #expect(digests[0] != digests[1])
  }
}
