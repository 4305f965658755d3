import AssayModel
import FaultVFS
import Schedules
import Testing
import Workloads

@testable import Runner

/// Each test has a process of its own, as a simulation has: the current disk belongs to the process.
@Suite("Recovery by several at once")
struct RecoveryRaceTests {
  private static func cell(
    _ mode: StorageSettings.JournalMode, change: (inout PlannedCell) -> Void = { _ in }
  ) -> PlannedCell {
    ScheduledFaultTests.cell(.mixed, []) { cell in
      cell.storage.journalMode = mode
      cell.storage.synchronous = .extra
      cell.load.processes = 2
      cell.load.keyCount = 8
      cell.load.extent = .operations(10)
      cell.explore?.crashes = .powerLoss
      cell.explore?.strategy = "uniform"
      cell.furtherChecks = [.integrity, .consistency, .durability, .progress]
      change(&cell)
    }
  }

  @Test("Two recoverers agree in every order, and get into each other's way in some")
  func agree() async {
    await #expect(processExitsWith: .success) { try RecoveryRaceTests.checkAgreement() }
  }

  private static func checkAgreement() throws {
    for mode in [StorageSettings.JournalMode.delete, .persist, .wal] {
      var (hot, contended) = (0, 0)
      for outcome in try ScheduledFaultTests.play(cell(mode), count: 100) {
        #expect(outcome.violations.isEmpty, "\(mode): \(outcome.violations)")
        if outcome.counts[RecoveryCounts.recovered] == 1 { hot += 1 }
        if outcome.counts[RecoveryCounts.contended] == 1 { contended += 1 }
      }
      #expect(hot > 20, "\(mode): \(hot) of 100 had something to recover")
      #expect(contended > 10, "\(mode): \(contended) of 100 were contended")
    }
  }

  @Test("A disk that ignores syncs is found out by those who recover")
  func ignoredSyncs() async {
    await #expect(processExitsWith: .success) { try RecoveryRaceTests.checkIgnoredSyncs() }
  }

  private static func checkIgnoredSyncs() throws {
    let outcomes = try ScheduledFaultTests.play(
      cell(.delete) { $0.disk.sync = .ignored }, count: 100)
    let found = Set(outcomes.flatMap { $0.violations.map(\.check) })
    #expect(found.contains(.durability), "\(found)")
    #expect(found.contains(.consistency), "\(found)")
  }

  @Test("A race is the same again from its seed, its runs and its switches")
  func replay() async {
    await #expect(processExitsWith: .success) { try RecoveryRaceTests.checkReplay() }
  }

  private static func checkReplay() throws {
    let trial = try ScheduleTrial(try SimulatedProgram(cell(.wal)))
    for number in 0..<20 {
      let first = try trial.run(number, .uniform(Seed(UInt64(number))))
      let record = first.report.schedule
      // Another process would not have run what came before.
      let other = try ScheduleTrial(trial.program)
      for schedule in [ScheduleDescription.runs(record.runs), .switches(record.switches)] {
        let again = try other.run(number, schedule)
        #expect(again.digest == first.digest, "race \(number), \(schedule)")
      }
    }
  }
}
