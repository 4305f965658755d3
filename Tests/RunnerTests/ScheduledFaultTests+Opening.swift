import AssayModel
import FaultVFS
import Testing

@testable import Runner

/// Faults that meet a process while it opens the database in the middle of a schedule.
extension ScheduledFaultTests {
  @Test("A process that comes back is hit while it opens the database only where the scenario says")
  func opening() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkOpening() }
  }

  private static func checkOpening() throws {
    func counts(_ during: FaultSpecification.Phase) throws -> [String: UInt64] {
      var error = FaultSpecification(
        kind: .ioError, target: .process(1), trigger: .operation(1))
      error.method = .read
      error.file = .database
      error.lasting = .forever
      error.duration = nil
      error.during = during
      let kill = kill(.process(1), .operation(60), restartAfter: .milliseconds(1))
      var counts: [String: UInt64] = [:]
      for outcome in try play(cell(.mixed, [kill, error])) {
        #expect(outcome.violations.isEmpty, "\(outcome.violations)")
        counts.merge(outcome.counts, uniquingKeysWith: +)
        counts["struck", default: 0] += UInt64(outcome.faults.count { $0.kind == .ioError })
      }
      return counts
    }
    let opening = try counts(.open)
    // It tries for a second, every ten milliseconds, and stays out; that is no lack of progress.
    #expect(opening[ConnectionCounts.failed] ?? 0 > 20 * 50, "\(opening)")
    #expect(opening.keys.contains { $0.hasPrefix("opens_failed.SQLITE_IOERR") }, "\(opening)")
    #expect(opening["struck"] ?? 0 >= 20)
    let closing = try counts(.close)
    #expect(closing[ConnectionCounts.failed] == nil && closing["struck"] == 0, "\(closing)")
    // Three processes, and one that comes back.
    #expect(closing[ConnectionCounts.opens] == 20 * 4, "\(closing)")
    #expect(closing[ConnectionCounts.closes] ?? 0 >= 20 * 3, "\(closing)")
  }

  @Test("A full disk refuses what makes a file longer, in virtual time too, and nothing else")
  func fullDisk() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkFullDisk() }
  }

  private static func checkFullDisk() throws {
    var full = FaultSpecification(kind: .diskFull, target: .all, trigger: .at(.zero))
    full.file = .database
    for outcome in try play(cell(.ledger, [full]) { $0.load.extent = .operations(60) }) {
      #expect(outcome.violations.isEmpty, "\(outcome.violations)")
      let events = outcome.events.map(\.event)
      // Balances are overwritten; rows of transfers need new pages sooner or later.
      #expect(events.contains { $0.outcome == .ok && $0.operation.kind == .transfer })
      let refused = events.filter { $0.code == 13 }
      #expect(refused.isEmpty == outcome.faults.isEmpty, "\(outcome.faults)")
    }
  }
}
