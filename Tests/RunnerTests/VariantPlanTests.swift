import AssayModel
import Testing

@testable import Runner

@Suite("The plan of a comparison")
struct VariantPlanTests {
  private func refusal(
    _ sections: String = ComparisonTrial.kv, base: [String] = [], head: [String] = []
  ) -> RunnerError? {
    do {
      _ = try ComparisonTrial(sections, base: base, head: head)
      return nil
    } catch {
      return error as? RunnerError
    }
  }

  @Test("Two variants of one load have one digest and draw the same numbers")
  func sameLoad() throws {
    let plan = try ComparisonTrial(
      base: ["storage.synchronous=full"], head: ["storage.synchronous=normal"]
    ).plan
    #expect(plan.cells[.base]?.storage.synchronous == .full)
    #expect(plan.cells[.head]?.storage.synchronous == .normal)
    #expect(plan.cells[.base]?.seed == plan.cells[.head]?.seed)
    #expect(plan.workloadDigest.count == 64)
  }

  @Test(
    "The cells of a matrix are compared by its settings, and draw the same numbers all the same")
  func matrix() throws {
    let sections = "\(ComparisonTrial.kv)\nmatrix: { storage.synchronous: [full, normal] }"
    let plan = try ComparisonTrial(
      sections, base: ["storage.synchronous=full"], head: ["storage.synchronous=normal"]
    ).plan
    #expect(plan.cells[.base]?.id != plan.cells[.head]?.id)
    #expect(plan.cells[.base]?.seed == plan.cells[.head]?.seed)
    let error = refusal(sections)
    #expect(error?.code == .input)
    #expect(error?.message.contains("2 cells") == true)
    #expect(error?.message.contains("--only") == true)
  }

  @Test(
    "Different loads are refused, and what differs is named",
    arguments: [
      ("load.writers=1", "load.writers=2", "load.writers is 1 in A and 2 in B"),
      ("load.keys.count=10", "load.keys.count=20", "load.keys.count is 10 in A and 20 in B"),
      ("load.value_size=100", "load.value_size=200", "load.value_size is 100 in A and 200 in B"),
      ("storage.path=:memory:", "storage.busy=none", "storage.path is :memory: in A and not set"),
    ])
  func differentLoads(base: String, head: String, words: String) {
    let error = refusal(base: [base], head: [head])
    #expect(error?.code == .input)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "accepted")")
  }

  @Test("What is no matter of speed is refused: faults and the simulated world")
  func refused() throws {
    let faults = "\(ComparisonTrial.kv)\nfaults: [{ kill: random, every: 20ms }]"
    #expect(refusal(faults)?.message.contains("inject=false") == true)
    #expect(refusal(faults, base: ["inject=false"], head: ["inject=false"]) == nil)
    let simulated = """
      world: simulated
      load: { workload: kv, operations: 20 }
      explore: { crashes: power-loss, minimum: 10 }
      """
    #expect(refusal(simulated)?.message.contains("simulated world") == true)
  }
}
