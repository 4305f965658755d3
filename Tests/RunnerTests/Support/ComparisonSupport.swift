import AssayModel
import Foundation
import ScenarioFiles
import Testing

@testable import Runner

/// Comparisons of short scenarios, for tests.
struct ComparisonTrial: Sendable {
  let sandbox: Sandbox
  let plan: VariantPlan
  var options: RunOptions

  static let kv = "load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 100ms }"
  /// Rows that break the user's own rule: what is measured is no longer what was asked for.
  static let brokenRule = """
    load:
      workload: sql
      writers: 1
      duration: 100ms
      setup: ["CREATE TABLE stock(n INTEGER); INSERT INTO stock VALUES (1)"]
      transactions: [{ statements: ["UPDATE stock SET n = n + 1"] }]
      invariants: [{ query: "SELECT count(*) FROM stock WHERE n > 1", equals: 0 }]
    expect: { invariants: valid }
    """
  /// Everything follows from the seed.
  static let scripted =
    "probe: counts\nload: { workload: kv, writers: 1, keys: { count: 50 }, operations: 200 }"

  /// - Parameters:
  ///   - base: settings of A, such as `storage.synchronous=full`.
  init(
    _ sections: String = Self.kv, base: [String] = [], head: [String] = [], only: String? = nil
  ) throws {
    sandbox = try Sandbox()
    let file = try ScenarioFile(text: Text.scenario(sections), name: "sample.yaml")
    func side(_ texts: [String]) throws -> (plan: Plan, variant: ComparisonVariant) {
      let overrides = try texts.map(ScenarioFile.assignment)
      let plan = try file.plan(overrides: overrides, only: only, seed: Seed(1))
      return (plan, ComparisonVariant(overrides: overrides))
    }
    plan = try VariantPlan(base: side(base), head: side(head))
    options = RunOptions(resultsFolder: sandbox.file("out"))
    options.workerExecutable = Assay.executable
  }

  func folder() throws -> RunFolder {
    try RunFolder(results: options.resultsFolder, scenario: "sample", run: "run", data: nil)
  }

  /// Runs `body` with a runner on a thread of its own, when it is this test's turn.
  func withRunner<Value: Sendable>(
    _ body: @escaping @Sendable (BlockRunner) throws -> Value
  ) async throws -> Value {
    let slot = await Slot.take()
    defer { withExtendedLifetime(slot) {} }
    let result: Result<Value, any Error> = await onThread { [self] in
      Result { try body(try BlockRunner(plan, options, folder: try folder())) }
    }
    return try result.get()
  }
}

/// Turns as they are where nothing outlasts them.
let usualTurns = TurnChoice(slice: RunOptions.usualSlice, reason: "in turns of 10.0 ms")

extension BlockRunner {
  /// How short its blocks are.
  func shape(_ side: ComparisonSide) throws -> BlockShape {
    BlockShape(try #require(plan.cells[side]).load, length: .milliseconds(60))
  }

  /// A short block of a side.
  func sample(_ side: ComparisonSide, seed: UInt64 = 7) throws -> FreshBlocks.Block {
    try run(side, shape(side), seed: Seed(seed))
  }
}
