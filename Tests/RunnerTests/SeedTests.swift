import AssayModel
import Foundation
import Testing

@testable import Runner

@Suite("Seeds and digests")
struct SeedTests {
  private static let counted = """
    load:
      workload: kv
      mix: { read: 3, store: 2, delete: 1 }
      keys: { count: 40, distribution: zipfian }
      operations: 400
    """

  /// What an actor did, in order, without the times.
  private func program(seed: UInt64) async throws -> [WorkloadOperation] {
    let run = try await CellHarness.run(Self.counted, seed: seed)
    let events = try run.events(process: 0)
    #expect(events.allSatisfy { $0.outcome == .ok })
    return events.map(\.operation)
  }

  @Test("The same seed makes an actor do the same operations in the same order")
  func sameProgram() async throws {
    let first = try await program(seed: 7)
    #expect(first.count == 400)
    #expect(Set(first.map(\.kind)) == [.load, .store, .delete])
    #expect(try await program(seed: 7) == first)
    #expect(try await program(seed: 8) != first)
  }

  @Test("operations: N is N over all actors of all processes")
  func operationCount() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, processes: 2, writers: 2, readers: 1, keys: { count: 40 }, operations: 100 }
      """)
    let events = try (0..<2).flatMap { try run.events(process: $0, actors: 3) }
    #expect(events.count { $0.isFinal } == 100)
  }

  /// Digests of one run of a small scenario.
  private func digests(_ options: [String] = []) async throws -> (plan: String, workload: String) {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario("load: { workload: kv, keys: { count: 40 }, operations: 20 }"), options,
      in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    return (result.planDigest, result.workloadDigest)
  }

  @Test("Digests: equal runs agree, a setting changes the plan's, the load and the seed both")
  func digestRules() async throws {
    let base = try await digests()
    #expect(base.plan.count == 64)
    #expect(base.workload.count == 64)
    #expect(try await digests() == base)
    let setting = try await digests(["--set", "storage.cache_size=-4000"])
    #expect(setting.plan != base.plan)
    #expect(setting.workload == base.workload)
    for change in [["--set", "load.value_size=200"], ["--seed", "2"]] {
      let changed = try await digests(change)
      #expect(changed.plan != base.plan)
      #expect(changed.workload != base.workload)
    }
  }
}

@Suite("Open loop")
struct OpenLoopTests {
  private static let load = """
    load:
      workload: kv
      writers: 2
      keys: { count: 40 }
      rate: 200/s
      duration: 1500ms
    """

  /// Intended starts since measuring began, of both actors.
  private func arrivals(seed: UInt64) async throws -> [[Int64]] {
    let run = try await CellHarness.run(Self.load, seed: seed)
    return try (0..<2).map { actor in
      try run.events(process: 0, actor: actor).filter(\.isFirstAttempt).map {
        ($0.intended - run.record.measuredFrom).rawValue
      }
    }
  }

  @Test("A rate of 200/s is 200 arrivals a second, at times that only the seed decides")
  func arrivalTimes() async throws {
    let first = try await arrivals(seed: 1)
    // 300 expected; the bounds are four standard deviations of a Poisson count away.
    #expect((231...369).contains(first.joined().count))
    for times in first {
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
      #expect(times.allSatisfy { (0..<1_500_000_000).contains($0) })
    }
    #expect(first[0] != first[1])
    #expect(try await arrivals(seed: 1) == first)
    #expect(try await arrivals(seed: 2) != first)
  }

  @Test("Response is queue and service together, and each has its distribution")
  func distributions() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(Self.load), in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let store = try #require(result.cells.first?.operations["store"])
    #expect(store.queue.count == store.count)
    #expect(store.response.count == store.count)
    #expect(store.service.count == store.count)
    #expect(store.response.max ?? 0 >= store.service.max ?? 0)
    #expect((154...246).contains(store.throughput), "\(store.throughput)")
  }

  @Test("An actor that is too slow makes its arrivals wait, not rare")
  func overload() async throws {
    let run = try await CellHarness.run(
      """
      storage: { synchronous: full }
      load: { workload: kv, keys: { count: 40 }, rate: 500/s, duration: 600ms }
      faults: [{ pause: 0, at: 100ms, for: 300ms }]
      """)
    let late = try run.events(process: 0).filter(\.isFirstAttempt).count {
      $0.invoked - $0.intended > .milliseconds(50)
    }
    // Some 150 arrivals fall into the pause, most of them more than 50 ms before its end.
    #expect(late > 60)
  }
}
