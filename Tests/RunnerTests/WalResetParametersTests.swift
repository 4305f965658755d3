import AssayModel
import Foundation
import Schedules
import Testing
import Workloads

@testable import FaultVFS
@testable import Runner

/// The parameters of `wal-reset` are not made for its bug: with the very same ones other races are
/// found, within the first schedules, in which nothing is found when nothing is planted.
@Suite("What else the parameters of wal-reset find")
struct WalResetParametersTests {
  @Test("Without a plant the first schedules of the seed find nothing")
  func control() async {
    await #expect(processExitsWith: .success) { try WalResetTrial.run(nil) }
  }

  @Test("A shared memory that forgets the lock of writers is found")
  func writeLock() async {
    await #expect(processExitsWith: .success) { try WalResetTrial.run(.slot(0)) }
  }

  @Test("A shared memory that forgets the lock of checkpointers is found")
  func checkpointLock() async {
    await #expect(processExitsWith: .success) { try WalResetTrial.run(.slot(1)) }
  }

  @Test("A shared memory that forgets a lock of readers is found")
  func readLocks() async {
    await #expect(processExitsWith: .success) { try WalResetTrial.run(.slot(4)) }
  }

  @Test("An update of what was read in another transaction is found")
  func lostUpdate() async {
    await #expect(processExitsWith: .success) { try WalResetTrial.run(.lostUpdate) }
  }
}

/// Explores the scenario as it stands in its file.
private enum WalResetTrial {
  enum Plant {
    /// A lock slot that the shared memory forgets.
    case slot(Int)
    /// A counter that is read in one transaction and written in another.
    case lostUpdate
  }

  /// So many blocks of the portfolio, with the seed 1.
  private static let blocks = 8

  static func run(_ plant: Plant?) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Scenarios/wal-reset.yaml")
    let cell = try SweepHarness.planned(try String(contentsOf: file, encoding: .utf8))
    guard var entry = WorkloadCatalog.entry(cell.load.workload) else { exit(3) }
    if case .lostUpdate = plant {
      entry.make = { (context) in TwoStepWorkload(context, usesTransaction: false) }
    }
    let program = try SimulatedProgram(cell, entry: entry)
    if case .slot(let slot) = plant { program.prepare = { $0.forgottenSlot = slot } }
    let exploration = try ScheduleExploration(program, cell.explore ?? ExploreSettings())
    for block in 0..<blocks {
      let report = try exploration.run(block: block, atMost: ScheduleExploration.blockSize)
      guard let first = report.violations.map(\.index).min() else { continue }
      let checks = report.violations.map { "\($0.found.check)" }.joined(separator: ", ")
      FileHandle.standardError.write(Data("schedule \(first): \(checks)\n".utf8))
      exit(plant == nil ? 2 : 0)
    }
    exit(plant == nil ? 0 : 2)
  }
}
