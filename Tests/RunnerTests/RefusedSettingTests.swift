import Testing

@Suite("A setting that SQLite does not take")
struct RefusedSettingTests {
  @Test(
    "A limit of pages below the initial content is a mistake of the scenario, and no harness error",
    arguments: [
      "explore: { crashes: power-loss, schedules: 1, minimum: 1 }",
      "explore: { schedules: 1, minimum: 1 }",
    ])
  func pageLimit(explore: String) async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        world: simulated
        storage: { max_page_count: 2 }
        load: { workload: mixed, operations: 2 }
        \(explore)
        expect: { durability: valid }
        """))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    ending.expectRefusal(64, containing: ["sample", "max_page_count = 2"])
  }
}
