import AssayModel
import Foundation
import Gate
import Testing

@testable import Runner

@Suite("The blocks of a comparison")
struct BlockRunnerTests {
  @Test("A block measures operations, time and latencies, and leaves no database and no history")
  func measures() async throws {
    let trial = try ComparisonTrial()
    let block = try await trial.withRunner { try $0.sample(.base) }
    let measurement = block.measurement
    #expect(measurement.operations > 0)
    #expect(measurement.duration == .milliseconds(60))
    // One operation more is under way when measuring ends.
    let waits = measurement.latencies["store"]?.total ?? 0
    #expect(waits - measurement.operations <= 1)
    #expect(measurement.attempts?["store"]?.acknowledged == measurement.operations)
    #expect(measurement.attempts?["store"]?.failed == 0)
    #expect(block.operations["store"] == measurement.operations)
    #expect(measurement.violations == [])
    #expect(!measurement.isOverloaded)
    #expect(measurement.counts == [:])
    #expect(measurement.resources["peak_resident_bytes", default: 0] > 0)
    #expect(measurement.resources["disk_peak_bytes", default: 0] > 0)
    let databases = trial.sandbox.files(named: "assay.db")
    #expect(databases.count == 1, "only the template: \(databases)")
    #expect(!trial.sandbox.everything().contains { $0.hasSuffix(".0000") })
  }

  @Test("The blocks of a pair in turns have their time each, on one template, with one machine")
  func inTurns() async throws {
    let trial = try ComparisonTrial()
    let (blocks, elapsed) = try await trial.withRunner { runner in
      let shape = try runner.shape(.base)
      #expect(
        !runner.canTakeTurns(shape, of: usualTurns.slice), "nobody has said yet that they can")
      for side in ComparisonSide.allCases { _ = try runner.sample(side) }
      #expect(runner.canTakeTurns(shape, of: usualTurns.slice))
      let from = ContinuousClock.now
      let blocks = try runner.runInTurns(shape, of: usualTurns.slice, seed: Seed(5), first: .head)
      return (blocks.mapValues(\.measurement), ContinuousClock.now - from)
    }
    #expect(blocks.count == 2)
    for block in blocks.values {
      #expect(block.operations > 0)
      #expect(block.duration == .milliseconds(60))
      #expect(block.violations == [])
      #expect((block.latencies["store"]?.total ?? 0) - block.operations <= 1)
    }
    // One worked while the other stood: both times passed one after the other.
    #expect(elapsed >= .milliseconds(120))
    #expect(blocks[.base]?.environment == blocks[.head]?.environment)
    #expect(!trial.sandbox.everything().contains { $0.contains("turns-") })
  }

  @Test("A script, a load of so many operations and timed calls take no turns")
  func noTurns() async throws {
    for sections in [ComparisonTrial.scripted, "\(ComparisonTrial.kv)\nprobe: times"] {
      let trial = try ComparisonTrial(sections)
      let takes = try await trial.withRunner { runner in
        for side in ComparisonSide.allCases { _ = try runner.sample(side) }
        return runner.canTakeTurns(try runner.shape(.base), of: usualTurns.slice)
      }
      #expect(!takes, "\(sections)")
    }
  }

  @Test("The machine's state goes with each block")
  func environment() async throws {
    let block = try await ComparisonTrial().withRunner { try $0.sample(.head) }
    let environment = try #require(block.measurement.environment)
    #expect(environment.processors ?? 0 > 0)
    #expect(environment.loadAverage ?? -1 >= 0)
    #expect((0...1).contains(environment.stealShare ?? -1))
    #expect(environment.fsyncCanary ?? .zero > .zero)
    #expect(environment.processor?.isEmpty == false)
  }

  @Test("A block begins with the template's content, whatever blocks before it wrote")
  func freshCopies() async throws {
    let trial = try ComparisonTrial()
    let template = try await trial.withRunner { runner in
      let before = trial.sandbox.files(named: "assay.db")
      let first = try Data(contentsOf: URL(fileURLWithPath: try #require(before.first)))
      for side in ComparisonSide.allCases { _ = try runner.sample(side) }
      let after = trial.sandbox.files(named: "assay.db")
      let again = try Data(contentsOf: URL(fileURLWithPath: try #require(after.first)))
      return [before, after].map(\.count) == [1, 1] && first == again
    }
    #expect(template)
  }

  @Test(
    "One template serves both sides, but other page sizes need another one",
    arguments: [
      (["storage.journal_mode=wal"], ["storage.journal_mode=delete"], 1),
      (["storage.page_size=4096"], ["storage.page_size=8192"], 2),
    ])
  func templates(base: [String], head: [String], count: Int) async throws {
    let trial = try ComparisonTrial(base: base, head: head)
    let made = try await trial.withRunner { _ in trial.sandbox.files(named: "assay.db").count }
    #expect(made == count)
  }

  @Test("Two blocks of a script count the same, and another setting counts otherwise")
  func scriptedCounts() async throws {
    let trial = try ComparisonTrial(
      ComparisonTrial.scripted, base: ["storage.synchronous=full"],
      head: ["storage.synchronous=normal"])
    let counts = try await trial.withRunner { runner in
      try [ComparisonSide.base, .base, .head].map { try runner.sample($0).measurement.counts }
    }
    #expect(counts[0] == counts[1])
    #expect(counts[0] != counts[2])
    #expect(!counts[0].isEmpty)
    #expect(Set(counts[0].keys) == Set(counts[2].keys))
    #expect(!counts[0].keys.contains { $0.contains("nanoseconds") })
  }

  @Test("A cache that is too small is seen in pages, at the same steps")
  func smallCache() async throws {
    let trial = try ComparisonTrial(
      ComparisonTrial.scripted, base: ["storage.cache_size=-2000"], head: ["storage.cache_size=1"])
    let (base, head) = try await trial.withRunner {
      (try $0.sample(.base).measurement, try $0.sample(.head).measurement)
    }
    func grows(_ name: String) -> Bool { head.counts[name] ?? 0 > base.counts[name] ?? 0 }
    #expect(grows("sqlite.cache_misses"))
    // The pragma itself is no work: it belongs to the opening.
    let steps = [base, head].map { $0.counts["sqlite.virtual_machine_steps"] ?? 0 }
    #expect(steps[0] == steps[1] && steps[0] > 1_000)
  }

  @Test("The peak of the WAL is a resource of each block, and nothing without a WAL")
  func walPeak() async throws {
    let trial = try ComparisonTrial(
      base: ["storage.journal_mode=wal"], head: ["storage.journal_mode=delete"])
    let peaks = try await trial.withRunner { runner in
      try ComparisonSide.allCases.map {
        try runner.sample($0).measurement.resources["wal_peak_bytes"]
      }
    }
    // A header and a page with its own at least.
    #expect(try #require(peaks[0]) >= 32 + 24 + 4_096)
    #expect(peaks[1] == 0)
  }

  @Test("A database in memory needs no template")
  func inMemory() async throws {
    let trial = try ComparisonTrial(base: [], head: [])
    let memory = try ComparisonTrial(
      base: ["storage.path=:memory:"], head: ["storage.path=:memory:"])
    #expect(trial.plan.workloadDigest != memory.plan.workloadDigest)
    let block = try await memory.withRunner { try $0.sample(.base) }
    #expect(block.measurement.operations > 0)
    #expect(memory.sandbox.files(named: "assay.db") == [])
  }

  @Test("A pilot makes blocks long enough for the percentile, and no shorter than a quarter second")
  func pilot() async throws {
    let trial = try ComparisonTrial(
      "load: { workload: kv, writers: 1, keys: { count: 50 }, think: 5ms, duration: 1s }")
    let lengths = try await trial.withRunner { runner in
      let pilot = try BlockPilot(runner)
      let kinds = [pilot.mainKind("store"), pilot.mainKind("nothing")]
      #expect(kinds == ["store", "store"])
      return [Metric.throughput, .percentile(.p50, of: "store"), .percentile(.p90, of: "store")]
        .map { pilot.length(for: [$0]) } + [pilot.length(for: [.percentile(.p999, of: nil)])]
    }
    #expect(lengths[0] == BlockShape.shortest)
    #expect(lengths[1] < lengths[2])
    // At most 200 operations a second: a hundred take half a second and more.
    #expect(lengths[2] > .milliseconds(500))
    #expect(lengths[2] <= BlockPilot.longest)
    // Ten thousand would take a minute: nobody waits for them.
    #expect(lengths[3] == BlockShape.shortest)
  }

  @Test("A violated check of correctness is a violation of the block; may_violate is none")
  func violations() async throws {
    for (expectation, count) in [("valid", 1), ("may_violate", 0)] {
      let sections = "\(ComparisonTrial.kv)\nexpect: { durability: \(expectation) }"
      let harness = try CellHarness(sections)
      let slot = await Slot.take()
      let result: Result<[String], any Error> = await onThread {
        Result {
          let run = harness.makeRun()
          let outcome = try run.run()
          var analysed = try CellAnalysis.analyse(outcome, historyFolder: run.historyFolder)
          analysed.checks = [
            .violated(.durability, evidence: "1 store is missing", witness: ["key-3"])
          ]
          let figures = BlockFigures(harness.cell, analysed)
          return figures.block().measurement.violations
        }
      }
      withExtendedLifetime(slot) {}
      let violations = try result.get()
      #expect(violations.count == count, "\(expectation)")
      #expect(violations.allSatisfy { $0.contains("durability") && $0.contains("key-3") })
    }
  }
}
