import AssayModel
import AssayStorage
import Foundation
import Schedules
import Testing
import Workloads

@testable import FaultVFS
@testable import Runner

/// Races that were put in on purpose, each beside the same program without it: the explorer must
/// find the one and nothing in the other.
///
/// Each in a process of its own: the simulated disk belongs to the process.
@Suite("Planted races")
struct SchedulePlantedTests {
  @Test("A pool that hands one connection to two actors is found")
  func sharedConnection() async {
    await #expect(processExitsWith: .success) { try PlantedRace.sharedConnection() }
  }

  @Test("A lock that is taken without a look at its owner is found")
  func ownerlessLock() async {
    await #expect(processExitsWith: .success) { try PlantedRace.ownerlessLock() }
  }

  @Test("A VFS whose shared memory forgets the writer's lock is found")
  func forgottenWriteLock() async {
    await #expect(processExitsWith: .success) { try PlantedRace.forgottenSlot(0) }
  }

  @Test("A VFS whose shared memory forgets the checkpointer's lock is found")
  func forgottenCheckpointLock() async {
    await #expect(processExitsWith: .success) { try PlantedRace.forgottenSlot(1) }
  }

  @Test("A VFS whose shared memory forgets a reader's lock is found")
  func forgottenReadLock() async {
    await #expect(processExitsWith: .success) { try PlantedRace.forgottenSlot(4) }
  }

  @Test("A read that mixes two snapshots is found")
  func mixedSnapshots() async {
    await #expect(processExitsWith: .success) { try PlantedRace.mixedSnapshots() }
  }

  @Test("An update that is lost because it was read in another transaction is found")
  func lostUpdate() async {
    await #expect(processExitsWith: .success) { try PlantedRace.lostUpdate() }
  }

  @Test("Two actors that wait for each other are found")
  func deadlock() async {
    await #expect(processExitsWith: .success) { try PlantedRace.deadlock() }
  }

  @Test("Two actors that let each other go first for ever are found")
  func livelock() async {
    await #expect(processExitsWith: .success) { try PlantedRace.livelock() }
  }
}

/// What the processes of the tests do; each ends with a failure when the race is not found, or
/// when something is found without it.
private enum PlantedRace {
  private typealias Make =
    @Sendable (WorkloadContext) throws(StorageError) -> any Workload

  private static func cell(
    _ workload: String, _ load: String, checks: String, checkpoint: Int = 0, sections: String = ""
  ) throws -> PlannedCell {
    try SweepHarness.cell(
      """
      storage: { page_size: 1024, wal_autocheckpoint: \(checkpoint), max_open_connections: 1,
                 busy_timeout: 1s }
      load: { workload: \(workload), \(load) }
      \(sections)
      explore: { minimum: 1 }
      expect: { progress: valid }
      check: [\(checks)]
      """)
  }

  private static func program(
    _ cell: PlannedCell, _ make: Make? = nil, prepare: @escaping (SimulatedDisk) -> Void = { _ in }
  ) throws -> SimulatedProgram {
    guard var entry = WorkloadCatalog.entry(cell.load.workload) else { exit(3) }
    if let make { entry.make = make }
    let program = try SimulatedProgram(cell, entry: entry)
    program.prepare = prepare
    return program
  }

  /// What so many blocks of schedules of the portfolio show.
  private static func explore(_ program: SimulatedProgram, blocks: Int) throws -> Set<CheckName> {
    let exploration = try ScheduleExploration(program, ExploreSettings())
    var found: Set<CheckName> = []
    for block in 0..<blocks {
      let report = try exploration.run(block: block, atMost: ScheduleExploration.blockSize)
      // A connection that is kept from schedule to schedule must judge as a fresh one does.
      guard report.counts[ExploredCounts.keptMistakes] == nil else { exit(4) }
      for violation in report.violations {
        if found.insert(violation.found.check).inserted {
          write("schedule \(violation.index): \(violation.found.check): \(violation.found.text)")
        }
      }
    }
    return found
  }

  private static func write(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }

  private static func require(_ condition: Bool, _ found: Set<CheckName>) {
    guard !condition else { return }
    write("found: \(found.map(\.rawValue).sorted())")
    exit(2)
  }

  // MARK: The races

  static func sharedConnection() throws {
    let cell = try cell(
      "mixed", "writers: 3, operations: 18, keys: { count: 1 }",
      checks: "atomicity, isolation, durability, integrity")
    for isPlanted in [false, true] {
      let program = try program(
        cell,
        { (context) throws(StorageError) in
          isPlanted
            ? PooledWorkload(context, pool: try GenerousPool(context))
            : try PooledWorkload(context)
        },
        prepare: { disk in
          if let base = disk.yieldPoint { disk.yieldPoint = QuietPoint(base) }
        })
      let found = try explore(program, blocks: 2)
      require(isPlanted ? found.contains(.isolation) : found.isEmpty, found)
    }
  }

  static func ownerlessLock() throws {
    let cell = try cell(
      "locks", "processes: 3, operations: 12, hold: 8ms, keys: { count: 1 }",
      checks: "mutual_exclusion, durability, integrity",
      sections: "locks: { ttl: 5ms, poll: 1ms, fencing: true }")
    for isPlanted in [false, true] {
      let program = try program(cell) { (context) throws(StorageError) in
        try EvictingWorkload(context, looksAtOwner: !isPlanted)
      }
      let found = try explore(program, blocks: 6)
      require(isPlanted ? found == [.mutualExclusion] : found.isEmpty, found)
    }
  }

  static func forgottenSlot(_ slot: Int) throws {
    let cell = try cell(
      "mixed",
      "processes: 3, operations: 48, keys: { count: 8 }, "
        + "mix: { own: 4, counter: 3, several: 2, read: 3, checkpoint: \(slot == 0 ? 0 : 4), "
        + "think: 3 }",
      checks: "atomicity, isolation, durability, integrity, shared_memory",
      checkpoint: slot == 0 ? 0 : 4)
    for forgotten in [nil, slot] {
      let program = try program(cell, prepare: { $0.forgottenSlot = forgotten })
      let found = try explore(program, blocks: 6)
      require(forgotten != nil ? !found.isEmpty : found.isEmpty, found)
    }
  }

  static func mixedSnapshots() throws {
    let cell = try cell(
      "mixed", "processes: 2, readers: 1, operations: 32, keys: { count: 2 }",
      checks: "atomicity, isolation, durability, integrity")
    for isPlanted in [false, true] {
      let program = try program(cell) { (context) throws(StorageError) in
        try MixingWorkload(context, usesTransaction: !isPlanted)
      }
      let found = try explore(program, blocks: 3)
      require(isPlanted ? found == [.isolation, .atomicity] : found.isEmpty, found)
    }
  }

  static func lostUpdate() throws {
    let cell = try cell(
      "mixed", "processes: 3, operations: 24, keys: { count: 1 }",
      checks: "atomicity, durability, integrity")
    for isPlanted in [false, true] {
      let program = try program(cell) { (context) throws(StorageError) in
        TwoStepWorkload(context, usesTransaction: !isPlanted)
      }
      let found = try explore(program, blocks: 3)
      require(found == (isPlanted ? [.durability, .atomicity] : []), found)
    }
  }

  static func deadlock() throws {
    let cell = try cell(
      "mixed", "writers: 2, operations: 8, keys: { count: 1 }", checks: "integrity")
    for isPlanted in [false, true] {
      let program = try program(cell) { (context) throws(StorageError) in
        CrossingWorkload(context, keepsOrder: !isPlanted)
      }
      let found = try explore(program, blocks: 2)
      require(found == (isPlanted ? [.progress] : []), found)
    }
  }

  /// With a limit of steps of its own: a livelock costs as many steps as there may be.
  static func livelock() throws {
    let cell = try cell(
      "mixed", "writers: 2, operations: 8, keys: { count: 1 }", checks: "integrity")
    for isPlanted in [false, true] {
      let program = try program(cell) { (context) throws(StorageError) in
        PoliteWorkload(context, hasPrecedence: !isPlanted)
      }
      var judge = ScheduleJudge(program: program)
      for number in 0..<32 {
        let order = SeededOrder(program.seed(of: number))
        let (_, result) = try program.run(number, chooser: order, skips: []) { settings in
          settings.stepLimit = 20_000
        }
        judge.add(progress: result.report)
        for database in result.databases { database.close() }
      }
      let found = Set(judge.violations.map(\.check))
      if let text = judge.violations.first?.text { write(text) }
      require(found == (isPlanted ? [.progress] : []), found)
    }
  }
}
