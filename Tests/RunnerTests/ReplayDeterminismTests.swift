import AssayModel
import AssayStorage
import Platform
import Schedules
import Testing
import Workloads

@testable import Runner

@Suite("Replay determinism")
struct ReplayDeterminismTests {
  /// So many blocks of each cell: one of each strategy of the portfolio, and one more.
  private static let blocks = 9

  private static let cells = [
    """
    storage: { journal_mode: wal, page_size: 1024, wal_autocheckpoint: 8, max_open_connections: 1 }
    load: { workload: mixed, processes: 3, keys: { count: 8 }, operations: 18,
            mix: { own: 4, counter: 3, several: 2, read: 2, checkpoint: 3, think: 4 } }
    explore: { minimum: 1 }
    check: [integrity, durability, atomicity, isolation, shared_memory, progress]
    """,
    """
    storage: { journal_mode: delete, page_size: 1024, max_open_connections: 1 }
    load: { workload: mixed, processes: 2, writers: 2, keys: { count: 4 }, operations: 12 }
    faults: [{ kill: random, probability: 0.004, restart_after: 1ms },
             { pause: 1, at: 1ms, for: 2ms }]
    explore: { minimum: 1 }
    check: [integrity, durability, atomicity, isolation, progress]
    """,
    """
    storage: { journal_mode: wal, page_size: 1024, max_open_connections: 1 }
    locks: { ttl: 20ms, poll: 1ms, renew: false }
    load: { workload: locks, processes: 3, keys: { count: 1 }, operations: 6, hold: 2ms }
    faults: [{ clock: 0, at: 4ms, skew: 1h, clocks: wall }]
    explore: { minimum: 1 }
    check: [integrity, durability, mutual_exclusion, progress]
    """,
    """
    storage: { journal_mode: truncate, synchronous: extra, page_size: 1024,
               max_open_connections: 1 }
    load: { workload: mixed, processes: 2, keys: { count: 8 }, operations: 6 }
    explore: { crashes: power-loss, strategy: portfolio, minimum: 1 }
    check: [integrity, consistency, durability, progress]
    """,
  ]

  @Test("1,000 schedules of several programs are the same in another process, byte for byte")
  func twice() async throws {
    var count = 0
    for sections in Self.cells {
      let cell = try SweepHarness.cell(sections)
      // In another order, so that what a process did before cannot matter.
      async let first = Self.digests(cell, Array(0..<Self.blocks))
      async let second = Self.digests(cell, (0..<Self.blocks).reversed())
      let (one, other) = try await (first, second)
      #expect(one == other, "\(sections)")
      let all = one.values.flatMap(\.self)
      #expect(Set(all).count > all.count * 9 / 10, "\(all.count) schedules of \(sections)")
      count += all.count
    }
    #expect(count >= 1_000)
  }

  /// What a worker process of its own says of blocks of schedules, by block: a text a schedule.
  private static func digests(
    _ cell: PlannedCell, _ blocks: [Int]
  ) async throws -> [Int: [String]] {
    let (sandbox, slot) = (try Sandbox(), await Slot.take())
    let path = sandbox.path
    let result: Result<[Int: [String]], RunnerError> = await onThread {
      Result { () throws(RunnerError) in
        let crew = try ExploreCrew(
          cell,
          launcher: WorkerLauncher(
            executable: Assay.executable, logFolder: path, libraryFolder: nil),
          historyFolder: path, jobs: 1, time: SystemTime(), expectedSourceID: nil)
        var left = Array(blocks.reversed())
        var digests: [Int: [String]] = [:]
        try crew.work(
          next: {
            left.popLast().map {
              .schedules(block: $0, atMost: ScheduleExploration.blockSize, until: nil)
            }
          },
          take: { (_, reply) in
            guard case .schedules(let report) = reply else { return }
            digests[report.block] = stride(from: 0, to: report.digests.count, by: 2).map {
              "\(report.digests[$0]) \(report.digests[$0 + 1])"
            }
          })
        return digests
      }
    }
    withExtendedLifetime((sandbox, slot)) {}
    return try result.get()
  }

  @Test("The digest of an exploration changes with any schedule's, and with their order")
  func combined() {
    func digest(_ words: [UInt64]) -> UInt64? {
      var report = ScheduleReport(block: 0, strategy: "uniform")
      report.digests = words
      var fold = ScheduleFold()
      fold.add(report)
      return fold.counts[ScheduledCounts.digest]
    }
    let base = digest([1, 2, 3, 4])
    #expect(base == digest([1, 2, 3, 4]))
    let others = [[3, 4, 1, 2], [1, 2, 3, 5], [1, 2, 2, 4], [0, 2, 3, 4], [1, 2], []]
      .map { digest($0) }
    #expect(Set(others + [base]).count == 7)
    #expect(others.allSatisfy { $0 ?? .max < 1 << 53 })
    // In blocks as well as at once.
    var fold = ScheduleFold()
    for words: [UInt64] in [[1, 2], [3, 4]] {
      var report = ScheduleReport(block: fold.blocks, strategy: "uniform")
      report.digests = words
      fold.add(report)
    }
    #expect(fold.counts[ScheduledCounts.digest] == base)
  }

  @Test(
    "A step, a byte or an answer that is left to chance gives another digest",
    arguments: ChancyWorkload.Chance.allCases)
  func planted(chance: ChancyWorkload.Chance) async {
    await #expect(processExitsWith: .success) { [chance = chance as ChancyWorkload.Chance] in
      try ReplayDeterminismTests.checkPlanted(chance)
    }
  }

  private static func checkPlanted(_ chance: ChancyWorkload.Chance) throws {
    let cell = try SweepHarness.cell(cells[0])
    for isPlanted in [false, true] {
      var entry = try #require(WorkloadCatalog.entry(.mixed))
      entry.make = { (context) throws(StorageError) in
        try ChancyWorkload(context, isPlanted ? chance : nil)
      }
      let trial = try ScheduleTrial(try SimulatedProgram(cell, entry: entry))
      let digests = try (0..<8).map { _ in try trial.run(0, .uniform(Seed(1))).digest }
      #expect((Set(digests).count == 1) != isPlanted, "\(digests)")
    }
  }
}
