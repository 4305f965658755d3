import AssayModel
import ScenarioFiles
import Testing

@testable import Runner

@Suite("Plans that reach below SQLite")
struct SimulatedPlanTests {
  private func plan(_ sections: String) throws -> Plan {
    try ScenarioFile(text: Text.scenario(sections), name: "s.yaml").plan(seed: Seed(1))
  }

  private func simulated(_ explore: String) throws -> Plan {
    try plan(
      """
      world: simulated
      explore: { \(explore) }
      load: { workload: ledger, processes: 2, writers: 2, operations: 20 }
      """)
  }

  @Test("A dry run says what is explored, and states a time only where a budget limits it")
  func dryRun() throws {
    let crashes = DryRun.text(
      try simulated("crashes: power-loss, schedules: 500, budget: 60s, minimum: 10000"))
    for words in [
      "2 processes x 2 actors, 20 operations", "crashes: power-loss", "500 schedules",
      "at least 10,000 images", "about 60 s at most", "seed 1",
    ] {
      #expect(crashes.contains(words), "\(crashes)")
    }
    let sweep = DryRun.text(try simulated("sweep: memory, minimum: 1"))
    #expect(sweep.contains("sweep: memory, at least 1 fault"), "\(sweep)")
    #expect(sweep.contains("without a limit of time"), "\(sweep)")
    #expect(DryRun.text(try simulated("minimum: 2")).contains("at least 2 schedules"))
    #expect(!sweep.contains("MiB"))
  }

  @Test("The user's SQL is part of the workload's name, the disk of the plan's only")
  func digests() throws {
    func sql(_ statement: String, disk: String = "{}") throws -> Plan {
      try plan(
        """
        load: { workload: sql, duration: 1s, transactions: [{ statements: [\(statement)] }] }
        disk: \(disk)
        """)
    }
    let one = try sql("SELECT 1")
    let two = try sql("SELECT 2")
    let slow = try sql("SELECT 1", disk: "{ sync: 8ms }")
    #expect(try Digests.workload(one) == Digests.workload(try sql("SELECT 1")))
    #expect(try Digests.workload(one) != Digests.workload(two))
    #expect(try Digests.workload(one) == Digests.workload(slow))
    #expect(try Digests.plan(one) != Digests.plan(slow))
    let few = try simulated("crashes: process, minimum: 1")
    let many = try simulated("crashes: process, minimum: 2")
    #expect(try Digests.workload(few) == Digests.workload(many))
    #expect(try Digests.plan(few) != Digests.plan(many))
  }

  @Test("There are as many jobs as were asked for, otherwise one for each processor")
  func jobs() {
    #expect(RunOptions(jobs: 3).jobs == 3)
    #expect(RunOptions.jobsRange.contains(RunOptions().jobs))
  }
}
