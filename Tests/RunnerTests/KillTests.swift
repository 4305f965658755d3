import AssayModel
import Testing

@testable import Runner

@Suite("Kills")
struct KillTests {
  @Test("A kill of process 1 hits process 1 on time, and the other works on")
  func given() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, processes: 2, keys: { count: 50 }, think: 1ms, duration: 300ms }
      faults: [{ kill: 1, at: 100ms }]
      """)
    #expect(run.record.faults.count == 1)
    let kill = try #require(run.faults(.kill).first)
    #expect(kill.process == 1)
    #expect(kill.injected - run.record.measuredFrom >= .milliseconds(100))
    #expect(run.incarnations(of: 0).map(\.wasKilled) == [false])
    #expect(run.incarnations(of: 1).map(\.wasKilled) == [true])
    let detected = try #require(kill.detected)
    #expect(try run.events(process: 1).allSatisfy { $0.invoked < detected })
    #expect(try run.events(process: 0).contains { $0.invoked > detected })
    #expect(run.reports.keys.map(\.process) == [0])
    #expect(run.incidents.isEmpty)
  }

  @Test("Kills of random processes come every period and hit running ones, which return each time")
  func random() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, processes: 3, keys: { count: 50 }, think: 1ms, duration: 500ms }
      faults: [{ kill: random, every: 100ms, restart_after: 5ms }]
      """)
    let kills = run.faults(.kill)
    #expect((2...4).contains(kills.count))
    for kill in kills {
      let process = try #require(kill.process)
      #expect((0..<3).contains(process))
    }
    #expect(run.record.processes.count { $0.wasKilled } == kills.count)
    #expect(run.record.processes.count >= 3 + kills.count - 1)
  }

  @Test("A kill of all processes leaves none")
  func all() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, processes: 2, keys: { count: 50 }, think: 1ms, duration: 5s }
      faults: [{ kill: all, at: 50ms }]
      """)
    #expect(run.faults(.kill).map(\.process) == [0, 1])
    #expect(run.record.processes.map(\.wasKilled) == [true, true])
    #expect(run.reports.isEmpty)
  }

  @Test("The holder that is killed held the lock: it had acquired it and not begun to release it")
  func holderOfALock() async throws {
    let run = try await CellHarness.run(
      """
      locks: { ttl: 100ms, poll: 5ms }
      load: { workload: locks, processes: 2, hold: 20ms, duration: 500ms }
      faults: [{ kill: holder, at: 50ms }]
      """)
    let kill = try #require(run.faults(.kill).first)
    #expect(kill.hitDuringWrite)
    let victim = try #require(kill.process)
    let events = try run.events(process: victim)
    let last = try #require(
      events.last { [.acquire, .release].contains($0.operation.kind) })
    #expect(last.operation.kind == .acquire)
    #expect(last.outcome == .ok)
    // The survivor takes the lock when the lease has ended.
    #expect(
      try run.events(process: 1 - victim).contains {
        $0.operation.kind == .acquire && $0.outcome == .ok && $0.invoked > kill.injected
      })
  }

  @Test("Where there are no locks, the holder is a process inside a write")
  func holderOfTheWriteLock() async throws {
    let run = try await CellHarness.run(
      """
      storage: { synchronous: full, journal_mode: delete }
      load: { workload: kv, processes: 2, keys: { count: 50 }, duration: 1s }
      faults: [{ kill: holder, at: 20ms }]
      """)
    let kill = try #require(run.faults(.kill).first)
    #expect(kill.hitDuringWrite)
    let victim = try #require(kill.process)
    let last = try #require(try run.events(process: victim).last)
    #expect(last.completed == nil)
    #expect(last.operation.kind == .store)
  }

  @Test("After N commits a process has acknowledged exactly N", arguments: [1, 2, 50, 333])
  func afterCommits(count: Int) async throws {
    let run = try await CellHarness.run(
      """
      storage: { synchronous: off }
      load: { workload: kv, writers: 4, keys: { count: 50 }, duration: 2s }
      faults: [{ kill: 0, after: \(count) commits, restart_after: 10ms }]
      """, seed: UInt64(count))
    #expect(try run.events(process: 0, actors: 4).count { $0.isCommit } == count)
    #expect(run.incarnations(of: 0).map(\.wasKilled) == [true, false])
    #expect(run.faults(.kill).map(\.process) == [0])
    // The count is that of the first incarnation only.
    #expect(try run.events(process: 0, incarnation: 1, actors: 4).count { $0.isCommit } > count)
    #expect(run.incidents.isEmpty)
  }

  @Test("After N commits, as a rule for all, each process counts its own")
  func afterCommitsOfAll() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: ledger, processes: 2, writers: 2, keys: { count: 50 }, duration: 5s }
      faults: [{ kill: all, after: 20 commits }]
      """)
    for process in 0..<2 {
      #expect(try run.events(process: process, actors: 2).count { $0.isCommit } == 20)
      #expect(run.incarnations(of: process).map(\.wasKilled) == [true])
    }
  }

  @Test("After N commits, as a rule for a random process, hits one, and the seed says which")
  func afterCommitsOfOne() async throws {
    var victims: [Int?] = []
    for _ in 0..<2 {
      let run = try await CellHarness.run(
        """
        load: { workload: kv, processes: 3, keys: { count: 50 }, operations: 60 }
        faults: [{ kill: random, after: 5 commits }]
        """, seed: 3)
      #expect(run.faults(.kill).count == 1)
      victims += run.faults(.kill).map(\.process)
    }
    #expect(Set(victims).count == 1)
  }

  @Test(
    "A killed process returns after the delay under the owner that the fault and locks.owner say",
    arguments: [
      ("random", "", false), ("stable", "", true), ("random", ", owner: same", true),
      ("stable", ", owner: new", false),
    ])
  func restarts(configured: String, asked: String, isSame: Bool) async throws {
    let run = try await CellHarness.run(
      """
      locks: { ttl: 50ms, owner: \(configured), poll: 5ms }
      load: { workload: locks, processes: 1, hold: 1ms, duration: 400ms }
      faults: [{ kill: 0, at: 50ms, restart_after: 60ms\(asked) }]
      """)
    let lives = run.incarnations(of: 0)
    try #require(lives.map(\.incarnation) == [0, 1])
    #expect((lives[0].owner == lives[1].owner) == isSame, "\(lives.map(\.owner))")
    let kill = try #require(run.faults(.kill).first)
    #expect(lives[1].started - kill.injected >= .milliseconds(60))
    #expect(kill.recovered == lives[1].ready)
    #expect(try run.events(process: 0, incarnation: 1).contains { $0.isCommit })
  }

  @Test("A killed process without restart_after does not return")
  func noRestart() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, keys: { count: 50 }, think: 1ms, duration: 10s }
      faults: [{ kill: 0, at: 20ms }]
      """)
    #expect(run.record.processes.count == 1)
    #expect(run.faults(.kill).first?.recovered == nil)
    // Nobody is left who could do anything: the cell is over at once.
    #expect(run.record.processes[0].ended - run.record.measuredFrom < .seconds(5))
  }
}
