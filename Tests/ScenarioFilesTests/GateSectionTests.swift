import AssayModel
import ScenarioFiles
import Testing

@Suite("The section gate")
struct GateSectionTests {
  @Test("Metrics, margins, rate and counts are read; a plan without the section has none")
  func reading() throws {
    let gate = try #require(
      try Sample.plan(
        """
        gate:
          metrics: [throughput, p99(store), disk]
          margins: { throughput: 2%, p99: 0.04 }
          rate: 500/s
          counts: { operations: 300 }
        """
      ).scenario.gate)
    #expect(gate.metrics == ["throughput", "p99(store)", "disk"])
    #expect(
      gate.margins == [
        GateSettings.Margin(metric: "throughput", share: 0.02),
        GateSettings.Margin(metric: "p99", share: 0.04),
      ])
    #expect(gate.rate == .perSecond(500))
    #expect(gate.countedOperations == 300)
    #expect(try Sample.plan().scenario.gate == nil)
  }

  @Test("The command line sets its rate and the number of counted operations")
  func overrides() throws {
    let overrides = [
      Assignment(path: "gate.rate", value: "capacity*0.5"),
      Assignment(path: "gate.counts.operations", value: "20"),
    ]
    let gate = try #require(
      try Sample.plan("gate: { metrics: [p99] }", overrides: overrides).scenario.gate)
    #expect(gate.rate == .ofCapacity(0.5))
    #expect(gate.countedOperations == 20)
    #expect(gate.metrics == ["p99"])
  }

  @Test(
    "What a gate cannot compare is an error with what is allowed",
    arguments: [
      ("gate: { metrics: [speed] }", "throughput"), ("gate: { metrics: [] }", "an empty list"),
      ("gate: { metrics: p99 }", "a list such as"), ("gate: { metrics: [p99(sale)] }", "store"),
      ("gate: { metrics: [p99(] }", "p99.9"), ("gate: { metrics: [throughput(store)] }", "p99.9"),
      ("gate: { metrics: [p99, p99] }", "each metric once"),
      ("gate: { margins: { throughput: 60% } }", "0.1% to 45%"),
      ("gate: { margins: { throughput: soon } }", "0.1% to 45%"),
      ("gate: { margins: { thruput: 2% } }", "throughput"),
      ("gate: { metrics: [throughput], margins: { p99: 5% } }", "a margin of what is not"),
      ("gate: { rate: fast }", "capacity*0.7"), ("gate: { counts: { operations: -1 } }", "from 0"),
      ("gate: { count: 3 }", "counts"),
    ])
  func errors(section: String, word: String) throws {
    let errors = Sample.errors(section)
    #expect(errors.count == 1, "\(errors)")
    #expect(errors.first?.contains(word) == true, "\(errors)")
  }

  @Test("In the simulated world nothing has a speed")
  func simulated() {
    let errors = Sample.errors(
      Sample.simulated + "gate: { metrics: [p99] }", load: Sample.simulatedLoad)
    #expect(errors.count == 1, "\(errors)")
    #expect(errors.first?.contains("a gate in the simulated world") == true)
  }
}
