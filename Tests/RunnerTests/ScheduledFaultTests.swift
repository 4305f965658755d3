import AssayModel
import FaultVFS
import Schedules
import Testing
import Workloads

@testable import Runner

/// Each test has a process of its own, as a simulation has: the current disk belongs to the process.
@Suite("Faults inside schedules")
struct ScheduledFaultTests {
  // MARK: Worlds

  static func cell(
    _ workload: LoadSettings.Workload, _ faults: [FaultSpecification],
    change: (inout PlannedCell) -> Void = { _ in }
  ) -> PlannedCell {
    SimulatedWorld.cell(workload) { cell in
      cell.seed = Seed(11)
      cell.storage.journalMode = .delete
      cell.storage.synchronous = .normal
      cell.storage.busy = .sqlite
      cell.storage.busyTimeout = .seconds(1)
      cell.storage.pragmas = [StorageSettings.Pragma(name: "page_size", value: "1024")]
      cell.load.processes = 3
      cell.load.writers = 1
      cell.load.readers = 0
      cell.load.extent = .operations(24)
      cell.faults = faults
      var explore = ExploreSettings()
      explore.schedules = 1
      cell.explore = explore
      cell.furtherChecks = [.integrity, .durability, .atomicity, .progress, .mutualExclusion]
      change(&cell)
    }
  }

  static func kill(
    _ target: FaultSpecification.Target, _ trigger: FaultSpecification.Trigger,
    restartAfter: Nanoseconds? = nil
  ) -> FaultSpecification {
    var fault = FaultSpecification(kind: .kill, target: target, trigger: trigger)
    fault.restartAfter = restartAfter
    return fault
  }

  static func probability(_ value: Double) throws -> FaultSpecification.Trigger {
    .probability(try #require(Probability(value)))
  }

  /// Runs schedules of a cell, each of a program of its own.
  static func play(
    _ cell: PlannedCell, count: Int = 20
  ) throws -> [ScheduleTrial.Outcome] {
    let program = try SimulatedProgram(cell)
    let trial = try ScheduleTrial(program)
    return try (0..<count).map { try trial.run($0, .uniform(Seed(UInt64($0)))) }
  }

  // MARK: Kills

  @Test("A process that is killed at a call makes no further one, and the others do all of theirs")
  func killed() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkKilled() }
  }

  private static func checkKilled() throws {
    for mode in [StorageSettings.JournalMode.delete, .wal] {
      let cell = Self.cell(.mixed, [kill(.process(1), .operation(60))]) {
        $0.storage.journalMode = mode
      }
      let unharmed = try play(self.cell(.mixed, []) { $0.storage.journalMode = mode })
      for (number, outcome) in try play(cell).enumerated() {
        #expect(outcome.violations.isEmpty, "\(outcome.violations)")
        try #require(outcome.faults.count == 1)
        let kill = outcome.faults[0]
        #expect(kill.kind == .kill && kill.process == 1)
        let events = outcome.events.map(\.event)
        #expect(events.allSatisfy { $0.actor.process != 1 || $0.invoked < kill.injected })
        #expect(
          events.allSatisfy {
            $0.actor.process != 1 || $0.completed ?? kill.injected <= kill.injected
          })
        for process in [0, 2] {
          let done = operations(of: process, outcome)
          #expect(done == operations(of: process, unharmed[number]), "process \(process)")
        }
        let cut = operations(of: 1, outcome)
        #expect(cut.count < operations(of: 1, unharmed[number]).count)
      }
    }
  }

  /// The numbers of the operations that a process has begun.
  private static func operations(of process: Int, _ outcome: ScheduleTrial.Outcome) -> Set<Int> {
    Set(outcome.events.filter { Int($0.event.actor.process) == process }.map(\.number))
  }

  @Test("A writer killed in mode delete leaves a hot journal that another process rolls back")
  func hotJournal() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkHotJournal() }
  }

  private static func checkHotJournal() throws {
    var atWrite = kill(.process(0), .operation(3))
    // The journal is synced, and some page of the database was overwritten.
    atWrite.method = .write
    atWrite.file = .database
    let cell = Self.cell(.mixed, [atWrite]) { $0.load.keyCount = 8 }
    let program = try SimulatedProgram(cell)
    var rolledBack = 0
    for number in 0..<20 {
      let outcome = try ScheduleTrial(program).run(number, .uniform(Seed(UInt64(number))))
      #expect(outcome.violations.isEmpty, "\(outcome.violations)")
      guard let kill = outcome.faults.first else { continue }
      #expect(kill.hitDuringWrite)
      if try isRolledBack() { rolledBack += 1 }
    }
    #expect(rolledBack > 5, "\(rolledBack) hot journals of 20 programs")
  }

  /// Whether the first that touched the database after actor 0 wrote it without having begun a
  /// journal of its own: it has rolled the dead one's back.
  private static func isRolledBack() throws -> Bool {
    let disk = try #require(SimulatedVFS.shared.disk)
    let operations = disk.log.operations
    guard let death = operations.lastIndex(where: { $0.actor == 0 && $0.kind == .write })
    else { return false }
    let later = operations[(death + 1)...].first { operation in
      let isChange =
        operation.kind == .create || operation.kind == .delete || operation.kind == .write
      return operation.actor != 0 && isChange
    }
    guard let later else { return false }
    return later.kind == .write && later.file == .database
  }

  @Test("A killed process comes back as its next incarnation and does what is left")
  func restarted() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkRestarted() }
  }

  private static func checkRestarted() throws {
    for mode in [StorageSettings.JournalMode.delete, .wal] {
      let trigger = try probability(0.004)
      let cell = Self.cell(.mixed, [kill(.random, trigger, restartAfter: .milliseconds(1))]) {
        $0.storage.journalMode = mode
      }
      var returns = 0
      for outcome in try play(cell, count: 40) {
        #expect(outcome.violations.isEmpty, "\(outcome.violations)")
        #expect(outcome.faults.allSatisfy { $0.recovered ?? $0.injected > $0.injected })
        returns += outcome.faults.count
        // Every actor has begun each of its eight operations, in one life or the other.
        for process in 0..<3 {
          let begun = Set(
            outcome.events.filter { Int($0.event.actor.process) == process }
              .map { "\($0.event.actor) \($0.number)" })
          #expect(begun.count <= 8 && begun.count > 2, "process \(process): \(begun)")
        }
      }
      #expect(returns > 20)
    }
  }

  @Test("After the death of a holder another takes the lock when its lease has ended, not before")
  func takeover() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkTakeover() }
  }

  static func locks(
    _ faults: [FaultSpecification], change: (inout PlannedCell) -> Void = { _ in }
  ) -> PlannedCell {
    cell(.locks, faults) { cell in
      cell.storage.journalMode = .wal
      cell.load.keyCount = 1
      cell.load.hold = .milliseconds(2)
      cell.load.extent = .operations(12)
      cell.locks.ttl = .milliseconds(50)
      cell.locks.poll = .milliseconds(1)
      cell.locks.fencing = true
      cell.locks.renew = false
      change(&cell)
    }
  }

  static func acquisitions(_ outcome: ScheduleTrial.Outcome) -> [Event] {
    outcome.events.map(\.event)
      .filter { $0.operation.kind == .acquire && $0.outcome == .ok }
      .sorted { $0.completed ?? $0.invoked < $1.completed ?? $1.invoked }
  }

  private static func checkTakeover() throws {
    let cell = locks([kill(.holder, .at(.milliseconds(5)))])
    for outcome in try play(cell) {
      #expect(outcome.violations.isEmpty, "\(outcome.violations)")
      let death = try #require(outcome.faults.first)
      #expect(death.hitDuringWrite)
      let all = acquisitions(outcome)
      let held = try #require(all.last { $0.completed ?? $0.invoked <= death.injected })
      #expect(Int(held.actor.process) == death.process)
      let next = try #require(all.first { $0.completed ?? $0.invoked > death.injected })
      let end = MonotonicTime(nanoseconds: held.operation.extra)
      let taken = try #require(next.completed)
      #expect(taken >= end, "taken before the lease ended")
      #expect(taken - end < .milliseconds(10))
    }
  }

  // MARK: Inside calls

  @Test("A death in the middle of a write leaves its first half, one after it all of it")
  func moments() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkMoments() }
  }

  /// The bytes that process 0 wrote, which dies at its fifth write to the log, and what it was told
  /// of success after that.
  private static func written(
    _ moment: FaultSpecification.Moment
  ) throws -> (count: Int, heard: [Event]) {
    var fault = kill(.process(0), .operation(5))
    fault.method = .write
    fault.file = .wal
    fault.moment = moment
    let cell = cell(.mixed, [fault]) { $0.storage.journalMode = .wal }
    let outcome = try #require(try play(cell, count: 1).first)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    let strike = try #require(outcome.strikes.first)
    #expect(strike.died == 0)
    let words: [FaultSpecification.Moment: String] = [
      .before: "before its write of the wal",
      .middle: "in the middle of its write of the wal: the first half is in the file",
      .after: "when its write of the wal has taken effect",
    ]
    #expect(strike.text == "process 0 is killed \(words[moment] ?? "")")
    #expect(outcome.faults.map(\.kind) == [.kill])
    let disk = try #require(SimulatedVFS.shared.disk)
    let writes = disk.log.operations.filter { $0.kind == .write && $0.actor == 0 }
    let death = outcome.faults[0].injected
    return (
      writes.reduce(0) { $0 + Int($1.count) },
      outcome.events.map(\.event).filter {
        $0.actor.process == 0 && $0.completed ?? death > death && $0.outcome == .ok
      }
    )
  }

  private static func checkMoments() throws {
    let (before, middle, after) = (
      try written(.before), try written(.middle), try written(.after)
    )
    // Nobody hears of a success any more.
    #expect((before.heard + middle.heard + after.heard).isEmpty)
    let whole = after.count - before.count
    #expect(whole > 1)
    #expect(middle.count - before.count == whole / 2)
  }

  @Test("A death after a commit's last call leaves the commit, though nobody was told of it")
  func deathAfterCommit() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkDeathAfterCommit() }
  }

  private static func checkDeathAfterCommit() throws {
    // The deletion of the journal is the commit.
    var fault = kill(.process(0), .operation(2))
    fault.method = .delete
    fault.file = .journal
    for moment in [FaultSpecification.Moment.before, .after] {
      fault.moment = moment
      let cell = cell(.mixed, [fault]) {
        $0.load.processes = 1
        $0.load.extent = .operations(12)
      }
      let program = try SimulatedProgram(cell)
      for number in 0..<10 {
        let outcome = try ScheduleTrial(program).run(number, .uniform(Seed(UInt64(number))))
        #expect(outcome.violations.isEmpty, "\(outcome.violations)")
        #expect(outcome.faults.count == 1)
        let open = outcome.events.map(\.event).filter { $0.completed == nil }
        try #require(open.count == 1)
        let answered = outcome.events.count {
          $0.event.outcome == .ok && $0.event.operation.kind.isWrite
        }
        #expect(answered == 1)
        let log = try #require(SimulatedVFS.shared.disk).log.operations
        let commits = log.count { $0.kind == .delete && $0.file == .journal && $0.actor == 0 }
        #expect(commits == (moment == .after ? 2 : 1), "\(moment)")
      }
    }
  }
}
