import AssayModel
import Foundation
import Glibc
import Platform
import Testing

@testable import Runner

@Suite("Evidence that was lost")
struct LostEvidenceTests {
  private static let floodAndCrash = """
    head -c 2000000 /dev/zero | tr '\\0' x >&2
    echo 'last words' >&2
    kill -SEGV $$
    """

  @Test("The history of a process that was ready must be there", arguments: [0, 1])
  func missingHistory(actor: Int) async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, writers: 1, readers: 1, keys: { count: 50 }, duration: 50ms }
      expect: { durability: valid }
      """)
    let outcome = Self.outcome(run)
    _ = try CellAnalysis.analyse(outcome, historyFolder: run.histories)
    try Folder.remove("\(run.histories)/p0i0a\(actor).0000")
    let error = #expect(throws: RunnerError.self) {
      _ = try CellAnalysis.analyse(outcome, historyFolder: run.histories).checks.count
    }
    #expect(error?.code == .harness)
    #expect(error?.message.contains("p0.0/a\(actor)") == true, "\(error?.message ?? "")")
  }

  private static func outcome(_ run: CellHarness.Finished) -> CellOutcome {
    CellOutcome(
      record: run.record, reports: run.reports, incidents: [],
      library: WorkerReady(time: SystemTime()), wasInterrupted: false, observing: .zero)
  }

  @Test("A history that holds fewer operations than its process reports is an error")
  func shortHistory() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, writers: 1, readers: 2, keys: { count: 50 }, operations: 60 }
      expect: { durability: valid }
      """)
    let path = "\(run.histories)/p0i0a1.0000"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    // The count of published slots, which is the fourth word of the header.
    bytes.replaceSubrange(24..<32, with: [1, 0, 0, 0, 0, 0, 0, 0])
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RunnerError.self) {
      _ = try CellAnalysis.analyse(Self.outcome(run), historyFolder: run.histories).checks.count
    }
    #expect(error?.code == .harness)
  }

  @Test("A worker that dies before it is ready is an incident that keeps its last words")
  func deathBeforeReady() async throws {
    var harness = try CellHarness(
      "load: { workload: kv, processes: 2, keys: { count: 50 }, think: 1ms, duration: 100ms }")
    try harness.replaceWorker(after: 1, by: Self.floodAndCrash)
    let run = try await harness.run()
    try #require(run.incidents.count == 1)
    #expect(run.incidents[0].exit.contains("signal 11"))
    #expect(run.incidents[0].standardError.hasSuffix("xlast words\n"))
    #expect(run.incidents[0].standardError.utf8.count <= 4_000)
    // The other one worked as if nothing had happened.
    #expect(run.reports.count == 1)
    #expect(run.record.observation.integrityRows == ["ok"])
  }

  @Test("A worker that was to leave a stale lock and crashes is an incident")
  func abandonerCrash() async throws {
    var harness = try CellHarness(
      """
      locks: { ttl: 100ms, poll: 5ms }
      load: { workload: locks, processes: 1, hold: 5ms, duration: 300ms }
      faults: [{ stale_lock: 0, at: 20ms }]
      """)
    try harness.replaceWorker(after: 2, by: "kill -SEGV $$")
    let run = try await harness.run()
    #expect(run.incidents.map(\.process) == [1])
    #expect(run.incidents.first?.exit.contains("signal 11") == true)
  }

  @Test("A worker that had crashed before a kill reached it was not killed, it exited unexpectedly")
  func crashBeforeKill() async throws {
    let harness = try CellHarness(
      """
      load: { workload: kv, keys: { count: 50 }, duration: 1s }
      faults: [{ kill: 0, at: 1ms, restart_after: 1ms }]
      """)
    let script = try harness.sandbox.script("worker.sh", "#!/bin/sh\nkill -SEGV $$\n")
    let run = harness.makeRun()
    let now = run.time.monotonicNow()
    let worker = try WorkerProcess.spawn(
      executable: script, environment: [], standardErrorPath: harness.sandbox.file("errors"),
      now: now)
    run.slots = [CellRun.Slot(state: .running(worker), owner: "a")]
    run.processes = [
      ProcessRecord(
        process: 0, incarnation: 0, owner: "a", started: now, ready: now, ended: now,
        wasKilled: false, peakResidentBytes: 0)
    ]
    run.timeline = FaultTimeline(harness.cell.faults, from: now, seed: Seed(1))
    let pid = worker.processID
    try await eventually("the worker has crashed") { !Processes.isAlive(pid) }
    try run.inject(0)
    #expect(run.faults.isEmpty)
    #expect(run.incidents.map(\.exit) == [worker.exit?.text])
    #expect(run.processes.map(\.wasKilled) == [false])
  }

  @Test("A worker that is told to stop before it began ends in order")
  func stoppedBeforeBegin() async throws {
    let harness = try CellHarness("load: { workload: kv, keys: { count: 50 }, duration: 1s }")
    let run = harness.makeRun()
    try Folder.create(harness.folder.histories(cell: 0, repetition: 0))
    try Folder.create(harness.folder.data(cell: 0, repetition: 0))
    try run.runAlone(.setUp)
    let worker = try run.launcher.launch(
      run.assignment(.run, owner: "a"), now: run.time.monotonicNow())
    var wasFinished = false
    while let message = try worker.channel.receive(WorkerMessage.self) {
      switch message {
      case .ready: try worker.channel.send(CoordinatorMessage.stop)
      case .finished: wasFinished = true
      default: break
      }
    }
    #expect(wasFinished)
    #expect(worker.reap().status == 0)
  }

  @Test("A database in memory that died with its process was not damaged: nobody can tell")
  func memoryDied() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { path: ":memory:", journal_mode: memory }
        load: { workload: kv, keys: { count: 50 }, think: 1ms, duration: 1s }
        faults: [{ kill: 0, at: 50ms }]
        expect: { integrity: valid }
        """), in: sandbox)
    #expect(result.cells.first?.verdicts.map(\.status) == [.unknown])
    #expect(ending.code == 4, "\(ending.errors)")
  }

  @Test("Damage that a returning process met is an incident unless the checks see it too")
  func unseenDamage() throws {
    func incidents(_ observation: Observation, asked: Bool) throws -> [Int] {
      let expectation = asked ? "\nexpect: { integrity: valid }" : ""
      let run = try CellHarness("load: { workload: kv, duration: 1s }" + expectation).makeRun()
      run.slots = [
        CellRun.Slot(state: .ended, owner: "a"), CellRun.Slot(state: .ended, owner: "b"),
      ]
      run.slots[1].refusal = WorkerFailure(kind: .damagedDatabase, message: "SQLITE_CORRUPT")
      run.reportUnseenDamage(observation)
      return run.incidents.map(\.process)
    }
    let sound = Observation(integrityRows: ["ok"])
    let damaged = Observation(integrityRows: ["row 3 missing from index"])
    #expect(try incidents(sound, asked: true) == [1])
    #expect(try incidents(damaged, asked: true) == [])
    #expect(try incidents(Observation(failure: "not a database"), asked: true) == [])
    #expect(try incidents(damaged, asked: false) == [1])
  }

  @Test("Processes may end as late as their pauses and holds let them")
  func patience() throws {
    let short = try CellHarness("load: { workload: kv, duration: 1s }").cell
    let paused = try CellHarness(
      """
      load: { workload: kv, duration: 1s }
      faults: [{ pause: 0, at: 500ms, for: 90s }]
      """
    ).cell
    let holding = try CellHarness("load: { workload: locks, hold: 70s, duration: 1s }").cell
    let patience = CellRun.patience(of: short)
    #expect(CellRun.patience(of: paused) == patience + .seconds(90))
    #expect(CellRun.patience(of: holding) == patience + .seconds(70))
  }

  @Test("Where whoever started assay ignores the ends of children, a kill is still a kill")
  func ignoredChildren() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        load: { workload: kv, keys: { count: 50 }, duration: 200ms }
        faults: [{ kill: 0, after: 20 commits, restart_after: 10ms }]
        expect: { durability: valid }
        """))
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out"], in: sandbox,
      prelude: #"exec perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' "$@""#)
    #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    #expect(sandbox.files(named: "incident-1.json").isEmpty)
  }
}
