import AssayModel
import Glibc
import Testing

/// Runs whose coordinator is stopped for a while, alone or together with its workers.
@Suite("Jumps of time")
struct TimeJumpTests {
  private static let options = ["--ending-limit", "200ms", "--jump-limit", "300ms"]
  private static let stop = Duration.milliseconds(1_800)

  /// Three processes that could end long before a coordinator returns that is stopped.
  private static let scenario = Text.scenario(
    """
    load: { workload: kv, processes: 3, keys: { count: 50 }, think: 1ms, duration: 1200ms }
    expect:
      integrity: valid
      durability: valid
      latency: { max: 1h }
    """)

  private func run(stopping stopsWorkers: Bool) async throws -> (Assay.Ending, RunResult) {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Self.scenario)
    let assay = try await Assay.start(
      ["run", "scenario.yaml", "--json", "--out", "out"] + Self.options, in: sandbox)
    let workers = try await assay.awaitWorkers(3, in: sandbox)
    let stopped = [assay.processID] + (stopsWorkers ? workers : [])
    for process in stopped { kill(process, SIGSTOP) }
    try await Task.sleep(for: Self.stop)
    for process in stopped.reversed() { kill(process, SIGCONT) }
    let ending = try await assay.ending()
    return (ending, try Assay.result(ending.output, ending))
  }

  @Test("A coordinator that was stopped kills no worker for it, and says that time jumped")
  func coordinator() async throws {
    let (ending, result) = try await run(stopping: false)
    #expect(ending.code == 5, "\(ending.errors)")
    #expect(result.exitCode == 5)
    #expect(result.outcome == "failed")
    let cell = try #require(result.cells.first)
    #expect(cell.incidents.isEmpty)
    let jump = try #require(cell.timeJumps?.first)
    #expect(jump.kind == .stopped)
    #expect(jump.length > 1_000_000_000)
    #expect(jump.completedMeanwhile > 0)
    let statuses = Dictionary(
      cell.verdicts.map { ($0.check, $0.status) }, uniquingKeysWith: { first, _ in first })
    #expect(statuses[.durability] == .valid)
    #expect(statuses[.integrity] == .valid)
    #expect(statuses[.latency] == .unknown)
    #expect(ending.errors.contains("the harness was stopped for"), "\(ending.errors)")
    #expect(result.finding.contains("Time jumped"), "\(result.finding)")
  }

  @Test("Workers that were stopped with the coordinator end in order, and the latencies are marked")
  func everybody() async throws {
    let (ending, result) = try await run(stopping: true)
    #expect(ending.code == 5, "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.incidents.isEmpty)
    let jump = try #require(cell.timeJumps?.first)
    #expect(jump.completedMeanwhile == 0)
    let longest = cell.operations["store"]?.response.max ?? 0
    // A worker may have been stopped between two operations; where the jump is in a latency, the
    // result says so.
    #expect((longest > 1_000_000_000) == (jump.lastedThrough > 0), "\(longest) \(jump)")
    #expect(ending.errors.contains("no operation completed meanwhile"), "\(ending.errors)")
    let durability = cell.verdicts.first { $0.check == .durability }
    #expect(durability?.status == .valid)
  }
}
