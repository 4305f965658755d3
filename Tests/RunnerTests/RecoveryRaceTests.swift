import AssayModel
import Schedules
import Testing
import Workloads

@testable import FaultVFS
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

  @Test("Programs of several processes and writers run under one strategy after the other")
  func programs() async {
    await #expect(processExitsWith: .success) { try RecoveryRaceTests.checkPrograms() }
  }

  private static func checkPrograms() throws {
    let cell = cell(.wal) {
      $0.load.processes = 3
      $0.load.writers = 2
      $0.load.extent = .operations(24)
    }
    let program = try SimulatedProgram(cell)
    let trial = try ScheduleTrial(program)
    let images = RecoveryRace.imagesOfProgram
    var strategies: [String] = []
    for number in 0..<6 {
      let outcome = try trial.run(number * images, .uniform(Seed(UInt64(number))))
      #expect(outcome.violations.isEmpty, "\(outcome.violations)")
      #expect(Set(outcome.events.map(\.event.actor)).count == 6)
      let note = try #require(outcome.notes.first)
      let words = try #require(
        note.firstMatch(of: /^Program (\d+) ran under the strategy (\S+); the power went/))
      #expect(words.1 == "\(number)")
      strategies.append(String(words.2))
    }
    #expect(strategies == ["uniform", "sticky", "pct-2", "pct-3", "uniform", "sticky"])
    // A strategy is what makes the run, not a word.
    let seed = program.seed(of: 1)
    let handOvers = try [ScheduleStrategy.uniform, .priorities(depth: 2)].map { strategy in
      try program.run(1, schedule: strategy.description(seed, estimatedSteps: 400))
        .report.handOvers
    }
    #expect(handOvers[0] > 2 * handOvers[1], "\(handOvers)")
  }

  @Test("Recoverers that write keep each other's writes, and one that is lost is found")
  func marks() async {
    await #expect(processExitsWith: .success) { try RecoveryRaceTests.checkMarks() }
  }

  private static func checkMarks() throws {
    for mode in [StorageSettings.JournalMode.delete, .truncate, .persist, .wal] {
      let outcomes = try ScheduledFaultTests.play(
        cell(mode) { $0.load.processes = 3 }, count: 60)
      #expect(outcomes.allSatisfy { $0.violations.isEmpty }, "\(mode)")
      let writes = outcomes.reduce(0) { $0 + ($1.counts[RecoveryCounts.marks] ?? 0) }
      #expect((60..<120).contains(writes), "\(mode): \(writes) of about 90")
      #expect(outcomes.count { $0.counts[RecoveryCounts.marks] ?? 0 > 1 } > 10)
    }
    // One writer, so that the program itself is none the worse for a lost lock.
    let alone = cell(.wal) { $0.load.processes = 1 }
    for slot in [nil, 0] {
      let program = try SimulatedProgram(alone)
      program.prepare = { $0.forgottenSlot = slot }
      let trial = try ScheduleTrial(program)
      let found = try (0..<100).flatMap { number in
        try trial.run(number, .uniform(Seed(UInt64(number)))).violations
      }
      let lost = found.filter { $0.text.contains("was acknowledged and is not there") }
      #expect(slot == nil ? found.isEmpty : !lost.isEmpty, "\(found)")
    }
  }

  @Test("A mark is written with the rows of every table, and changes no content")
  func rewriting() async {
    await #expect(processExitsWith: .success) { try RecoveryRaceTests.checkRewriting() }
  }

  private static func checkRewriting() throws {
    let program = try SimulatedProgram(cell(.delete))
    let disk = SimulatedDisk(program.template)
    SimulatedVFS.shared.disk = disk
    var reader = program.reader.fresh
    let before = RecoveryMarks.look(&reader, unmarked: 0)
    #expect(before.marks == 0)
    disk.beginLog()
    try RecoveryMarks.write(3, program)
    try RecoveryMarks.write(5, program)
    disk.endLog()
    let after = RecoveryMarks.look(&reader, unmarked: 0)
    #expect(after.marks == 1 << 3 | 1 << 5)
    #expect(after.state == before.state)
    let pages = Set(
      disk.log.operations.filter { $0.kind == .write && $0.file == .database }.map(\.offset))
    #expect(pages.count > 3, "\(pages)")
  }

  @Test("Marks change nothing in tables of any kind")
  func ownTables() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        #"""
        world: simulated
        storage: { page_size: 1024, synchronous: extra, max_open_connections: 1 }
        load:
          workload: sql
          processes: 2
          operations: 6
          setup:
            - "PRAGMA user_version = 77"
            - "CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT NOT NULL UNIQUE) STRICT"
            - "CREATE TABLE \"odd \"\"name\"(x, y REAL, z AS (x + 1))"
            - "CREATE TABLE \"as odd \"\"\"(x, y REAL)"
            - "CREATE TABLE k(k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID"
            - "CREATE TABLE audit(n INTEGER)"
            - "INSERT INTO audit VALUES (0)"
            - "CREATE TRIGGER t AFTER INSERT ON k BEGIN UPDATE audit SET n = n + 1; END"
          transactions:
            - statements:
                - "INSERT INTO a(v) VALUES (hex(randomblob(8)))"
                - "INSERT INTO \"odd \"\"name\"(x, y) VALUES (1, 2)"
                - "INSERT INTO \"as odd \"\"\" VALUES (x'00ff', 2)"
                - "INSERT INTO k VALUES (hex(randomblob(4)), '12')"
        explore: { crashes: power-loss, strategy: portfolio, minimum: 1, schedules: 64 }
        expect: { integrity: valid, consistency: valid, durability: valid, progress: valid }
        """#), in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(result.cells.first?.explored[RecoveryCounts.marks] ?? 0 > 20)
  }

  @Test("Marks that were acknowledged must be there, others may, and no more than were begun")
  func misfits() {
    var marks = RecoveryMarks()
    #expect(marks.misfit(of: 0) == nil)
    #expect(marks.misfit(of: 1) == "there is a write that no actor has begun")
    marks.begin(0)
    marks.begin(2)
    #expect(marks.misfit(of: 0) == nil && marks.misfit(of: 5) == nil)
    marks.acknowledge(2)
    #expect(marks.misfit(of: 4) == nil)
    #expect(
      marks.misfit(of: 1) == "the write of recoverer 2 was acknowledged and is not there")
    // Who looked before the acknowledgement need not have seen it.
    #expect(marks.misfit(of: 1, acknowledged: 0) == nil)
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
