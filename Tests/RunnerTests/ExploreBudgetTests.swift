import AssayModel
import Platform
import Synchronization
import Testing

@testable import Runner

@Suite("From when the budget of an exploration counts")
struct ExploreBudgetTests {
  private func explored(budget: Nanoseconds, step: Nanoseconds) async throws -> ExploredCell {
    let sandbox = try Sandbox()
    var cell = try SweepHarness.cell(
      """
      storage: { page_size: 1024, max_open_connections: 1 }
      load: { workload: ledger, operations: 1, keys: { count: 8 } }
      explore: { crashes: power-loss, minimum: 1000000, images: { exhaust: 2, samples: 0,
                 recovery: 0 } }
      expect: { consistency: valid }
      """)
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
