import AssayModel
import Platform
import Testing

@testable import Runner

@Suite("Cells that work in turns")
struct TurnedCellsTests {
  private static let load =
    "load: { workload: kv, writers: 2, keys: { count: 50 }, duration: 100ms }"

  /// Runs cells of these sections side by side.
  private func run(_ sections: [String]) async throws -> [Result<CellOutcome, RunnerError>] {
    let harnesses = try sections.map { try CellHarness($0) }
    let slot = await Slot.take()
    let outcomes: Result<[Result<CellOutcome, RunnerError>], RunnerError> = await onThread {
      Result { () throws(RunnerError) in
        let turns = try TurnedCells(
          path: harnesses[0].sandbox.file("turns"), cells: harnesses.map(\.cell),
          slice: .milliseconds(5), number: 0, time: SystemTime())
        let runs = harnesses.enumerated().map { $1.makeRun(seat: turns.seat(of: $0)) }
        return try turns.run(runs, first: 0)
      }
    }
    withExtendedLifetime(slot) {}
    return try outcomes.get()
  }

  @Test("Each of several cells has its whole time, whatever the others do")
  func several() async throws {
    let outcomes = try await run(Array(repeating: Self.load, count: 3)).map { try $0.get() }
    #expect(outcomes.count == 3)
    for outcome in outcomes {
      #expect(outcome.record.measuredUntil - outcome.record.measuredFrom == .milliseconds(100))
      #expect(outcome.reports.count == 1)
      #expect(outcome.incidents.isEmpty)
    }
  }

  @Test(
    "A process that dies takes the turn from nobody, whether it had it or waited for it",
    arguments: ["after: 5 commits", "at: 11ms", "at: 23ms", "at: 60ms"])
  func death(moment: String) async throws {
    // Long enough that whoever supervises both of them comes to the kill in time.
    let load = Self.load.replacing("100ms", with: "600ms")
    let outcomes = try await run([
      "\(load)\nfaults: [{ kill: 0, \(moment) }]", load,
    ]).map { try $0.get() }
    #expect(outcomes[0].record.faults.map(\.kind) == [.kill])
    #expect(outcomes[0].reports.count == 0)
    #expect(outcomes[1].reports.count == 1)
    let operations = try #require(outcomes[1].reports.values.first).operations
    #expect(operations.contains { $0.response.total > 0 })
  }

  @Test("Settings that cannot be used leave the others alone")
  func refusal() async throws {
    let sql = """
      load: { workload: sql, writers: 1, duration: 100ms, setup: ["CREATE TABLE t(n)"],
        transactions: [{ name: none, statements: ["INSERT INTO absent VALUES (1)"] }] }
      """
    let outcomes = try await run([sql, Self.load])
    let refusal = #expect(throws: RunnerError.self) { try outcomes[0].get() }
    #expect(refusal?.code == .input)
    #expect(try outcomes[1].get().reports.count == 1)
  }
}
