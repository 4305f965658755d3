import AssayModel
import Platform
import Synchronization
import Testing

@testable import Runner

@Suite("From when the budget of an exploration counts")
struct ExploreBudgetTests {
  private static let scenario = """
    storage: { page_size: 1024, max_open_connections: 1 }
    load: { workload: ledger, operations: 1, keys: { count: 8 } }
    explore: { crashes: power-loss, minimum: 1000000, images: { exhaust: 2, samples: 0,
               recovery: 0 } }
    expect: { consistency: valid }
    """

  private func explored(budget: Nanoseconds, step: Nanoseconds) async throws -> ExploredCell {
    let sandbox = try Sandbox()
    var cell = try SweepHarness.cell(Self.scenario)
    cell.explore?.budget = budget
    let (planned, path) = (cell, sandbox.path)
    let slot = await Slot.take()
    let result: Result<ExploredCell, RunnerError> = await onThread {
      Result { () throws(RunnerError) in
        let time = StridingTime(step)
        let crew = try ExploreCrew(
          planned,
          launcher: WorkerLauncher(
            executable: Assay.executable, logFolder: path, libraryFolder: nil),
          historyFolder: path, jobs: 1, time: time, expectedSourceID: nil)
        return try ExploredCellRun(
          planned, planned.explore ?? ExploreSettings(), scenario: "sample", crew: crew,
          historyFolder: path, time: time, progress: { _ in }
        ).run()
      }
    }
    withExtendedLifetime((slot, sandbox)) {}
    return try result.get()
  }

  @Test("Time that passes before a worker is ready uses up nothing, what passes then does")
  func ready() async throws {
    // Had starting counted, nothing would have been explored; did nothing count, it would not end.
    // A step is far below what counts as a jump of time, however often the crew reads the clock.
    let step = Nanoseconds.milliseconds(10)
    let one = try await explored(budget: .milliseconds(5), step: step)
    #expect(one.explored["programs"] == 1, "\(one.explored)")
  }

  @Test("The budget ends within a program, and what it did not reach is counted")
  func within() async throws {
    // The clock of this test is far behind the worker's: for it the budget is over at once.
    let one = try await explored(budget: .milliseconds(5), step: .milliseconds(10))
    let left = try #require(one.explored["crash_points_unexplored"], "\(one.explored)")
    #expect(left > 0, "\(one.explored)")
    #expect(one.explored["crash_points"] ?? 0 == 0, "\(one.explored)")
    let consistency = try #require(one.checks.first { $0.check == .consistency })
    #expect(consistency.status == .unknown)
    #expect(
      consistency.reason?.hasSuffix("; the budget ended before \(left) crash points of a program")
        == true, "\(consistency)")
  }

  @Test("Every crash point of a program is explored or counted as left, whenever the time is up")
  func count() throws {
    let cell = try SweepHarness.cell(Self.scenario)
    let explore = try #require(cell.explore)
    let program = try SimulatedProgram(cell)
    let counts = { (questions: Int) throws -> [String: UInt64] in
      var left = questions
      var exploration = try BlockExploration(program, number: 0, explore: explore)
      exploration.explore(
        deadline: Deadline {
          left -= 1
          return left < 0
        })
      return exploration.report.counts
    }
    let whole = try counts(.max)
    #expect(whole["crash_points_unexplored"] == nil)
    let (all, images) = (try #require(whole["crash_points"]), try #require(whole["images"]))
    for questions in [0, 1, 2, 40, 100] {
      let part = try counts(questions)
      #expect(part["images"] ?? 0 <= UInt64(questions))
      #expect(part["images"] ?? 0 < images)
      let covered = (part["crash_points_exhausted"] ?? 0) + (part["crash_points_sampled"] ?? 0)
      #expect(covered <= part["crash_points"] ?? 0)
      #expect(try #require(part["crash_points_unexplored"]) > 0)
      #expect(part["crash_points"] ?? 0 < all)
    }
  }
}

/// A clock that strides on whenever it is read.
private final class StridingTime: TimeSource {
  private let step: Nanoseconds
  private let reading = Mutex(MonotonicTime(nanoseconds: 0))

  init(_ step: Nanoseconds) { self.step = step }

  func monotonicNow() -> MonotonicTime {
    reading.withLock { reading in
      reading = reading + step
      return reading
    }
  }

  func bootNow() -> BootTime { BootTime(nanoseconds: monotonicNow().nanoseconds) }

  func wallNow() -> WallTime { SystemTime().wallNow() }

  func sleep(until deadline: MonotonicTime) throws(ActorStopped) { throw ActorStopped() }
}
