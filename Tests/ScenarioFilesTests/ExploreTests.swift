import AssayModel
import ScenarioFiles
import Testing

@Suite("Exploration in the simulated world")
struct ExploreTests {
  private func errors(_ explore: String, _ added: String = "") -> [String] {
    Sample.errors(
      "explore: \(explore)\nworld: simulated\n\(added)", load: Sample.simulatedLoad)
  }

  @Test("Everything that an exploration takes is read")
  func settings() throws {
    let cell = try Sample.cell(
      """
      world: simulated
      explore:
        crashes: power-loss
        strategy: pct
        schedules: 500
        budget: 60s
        minimum: 10000
        images: { exhaust: 8, samples: 10, recovery: 0 }
      """, load: Sample.simulatedLoad)
    let explore = try #require(cell.explore)
    #expect(explore.crashes == .powerLoss)
    #expect(explore.strategy == "pct")
    #expect(explore.schedules == 500)
    #expect(explore.budget == .seconds(60))
    #expect(explore.minimum == 10_000)
    #expect(explore.images.exhaust == 8)
    #expect(explore.images.samples == 10)
    #expect(explore.images.recovery == 0)
    #expect(cell.load.extent == .operations(20))
    let plan = try Sample.plan(
      "world: simulated\nexplore: { sweep: memory, minimum: 5 }", load: Sample.simulatedLoad)
    #expect(plan.scenario.explore?.sweep == .memory)
    #expect(plan.scenario.explore?.images == ExploreSettings.ImageBounds())
    #expect(try Sample.cell().explore == nil)
    #expect(try Sample.plan().scenario.explore == nil)
  }

  @Test("What ends a program can be an axis with conditions, and so can the minimum")
  func axes() throws {
    let plan = try Sample.plan(
      """
      world: simulated
      explore: { schedules: 10 }
      matrix: { explore.crashes: [process, power-loss], explore.minimum: [1, 2] }
      expect:
        durability:
          - { is: may_violate, when: { explore.crashes: power-loss } }
          - { is: valid }
      """, load: Sample.simulatedLoad)
    #expect(
      plan.cells.map(\.explore?.crashes) == [.process, .process, .powerLoss, .powerLoss])
    #expect(plan.cells.map(\.explore?.minimum) == [1, 2, 1, 2])
    #expect(plan.cells[0].expectations.map(\.rules.count) == [1])
    #expect(plan.cells[2].expectations[0].rules[0].requirement == .mayViolate)
  }

  @Test(
    "A value that is none is an error",
    arguments: [
      (
        "{ crashes: power, minimum: 1 }",
        "s.yaml:4:21: explore.crashes: unknown value 'power'; "
          + "allowed: process, power-loss"
      ),
      ("{ crashes: process }", "s.yaml:4:10: explore.minimum: missing; allowed: a whole number "),
      ("{ minimum: 0 }", "s.yaml:4:21: explore.minimum: '0' is out of range; allowed: a whole"),
      ("{ schedules: 0, minimum: 1 }", "s.yaml:4:23: explore.schedules: '0' is out of range"),
      ("{ budget: 0s, minimum: 1 }", "s.yaml:4:20: explore.budget: '0s' is out of range"),
      ("{ sweep: io, minimum: 1 }", "s.yaml:4:19: explore.sweep: unknown value 'io'; allowed: io-"),
      (
        "{ crashes: process, minimum: 1, images: { exhaust: 17 } }",
        "s.yaml:4:61: explore.images.exhaust: '17' is out of range; "
          + "allowed: a whole number from 0 to 16"
      ),
      (
        "{ crashes: process, minimum: 1, images: { sample: 17 } }",
        "s.yaml:4:52: explore.images.sample: unknown key 'sample'; did you mean 'samples'?"
      ),
    ])
  func values(_ explore: String, _ message: String) {
    let errors = errors(explore)
    #expect(errors.count == 1)
    #expect(errors.first?.hasPrefix(message) == true, "\(errors)")
  }

  @Test(
    "An exploration that contradicts itself is an error with place and remedy",
    arguments: [
      (
        "{ crashes: process, sweep: memory, minimum: 1 }",
        "s.yaml:4:30: explore.sweep: contradiction: sweep memory together with crashes process; "
          + "allowed: one of the two"
      ),
      (
        "{ sweep: io-errors, minimum: 1, images: { samples: 1 } }",
        "s.yaml:4:42: explore.images: contradiction: images without crashes; "
          + "allowed: images with explore.crashes"
      ),
      (
        "{ schedules: 5, minimum: 6 }",
        "s.yaml:4:12: explore.schedules: contradiction: 5 schedules below the minimum of 6; "
          + "allowed: at least as many as explore.minimum, since fewer give no verdict"
      ),
    ])
  func contradictions(_ explore: String, _ message: String) {
    #expect(errors(explore) == [message])
  }

  @Test(
    "What needs real time or real processes is an error in the simulated world",
    arguments: [
      (
        "{ workload: kv }", "",
        "s.yaml:3:1: load: contradiction: no operations in the simulated world; allowed: "
          + "load.operations, such as operations: 20, because virtual time does not limit a program"
      ),
      (
        "{ workload: kv, duration: 1s }", "",
        "s.yaml:3:23: load.duration: contradiction: duration in the simulated world; allowed: "
          + "load.operations, such as operations: 20, because virtual time does not limit a program"
      ),
      (
        "{ workload: kv, operations: 9, rate: 5/s }", "",
        "s.yaml:3:38: load.rate: contradiction: an open loop in the simulated world; "
          + "allowed: load.rate closed, because arrivals in virtual time mean nothing"
      ),
      (
        "{ workload: kv, operations: 9, warm_up: 1s }", "",
        "s.yaml:3:38: load.warm_up: contradiction: warm_up in the simulated world; allowed: "
          + "load.warm_up with world: real, because nothing is measured in virtual time"
      ),
      (
        "{ workload: kv, operations: 9 }", "probe: counts",
        "s.yaml:6:1: probe: contradiction: probe counts in the simulated world; "
          + "allowed: probe with world: real"
      ),
      (
        "{ workload: kv, operations: 9 }", "storage: { path: /tmp/x.db }",
        "s.yaml:6:12: storage.path: contradiction: a path in the simulated world; "
          + "allowed: no path, because the simulated disk begins empty"
      ),
      (
        "{ workload: kv, operations: 9 }", "storage: { path: ':memory:' }",
        "s.yaml:5:1: explore: contradiction: crashes with storage.path ':memory:'; "
          + "allowed: no storage.path, since this database has no files"
      ),
      (
        "{ workload: kv, operations: 9 }", "repeat: 2",
        "s.yaml:6:1: repeat: contradiction: 2 repetitions in the simulated world; allowed: 1, "
          + "because a seed gives the same result every time; explore.schedules asks for more"
      ),
      (
        "{ workload: locks, operations: 9 }", "expect: { recovery_time: { max: 1s } }",
        "s.yaml:6:11: expect.recovery_time: contradiction: recovery_time in the simulated world; "
          + "allowed: recovery_time with world: real, since simulated time measures nothing"
      ),
      (
        "{ workload: kv, operations: 9 }", "expect: { busy: valid }",
        "s.yaml:6:11: expect.busy: contradiction: busy in the simulated world; allowed: busy with "
          + "world: real, since how often something happens there is the explorer's choice"
      ),
      (
        "{ workload: kv, operations: 9 }", "check: [integrity, latency]",
        "s.yaml:6:20: check: contradiction: latency in the simulated world; "
          + "allowed: latency with world: real, since simulated time measures nothing"
      ),
    ])
  func simulated(_ load: String, _ added: String, _ message: String) {
    #expect(Sample.errors(Sample.simulated + added, load: load) == [message])
  }

  @Test("Each world says what it lacks")
  func worlds() {
    #expect(
      Sample.errors("world: simulated", load: Sample.simulatedLoad) == [
        "s.yaml:4:1: world: contradiction: the simulated world without explore; "
          + "allowed: an explore section, such as explore: {crashes: power-loss, minimum: 1000}"
      ])
    #expect(
      Sample.errors("explore: { minimum: 5 }") == [
        "s.yaml:4:1: explore: contradiction: an exploration in the real world; allowed: explore "
          + "with world: simulated, since power loss and crash images exist there only"
      ])
    let when = "{ is: valid, when: { explore.crashes: process } }"
    #expect(
      Sample.errors("expect: { integrity: \(when) }") == [
        "s.yaml:4:11: expect.integrity: contradiction: a condition on explore in the real world; "
          + "allowed: conditions on what the scenario has"
      ])
  }

  @Test(
    "What an exploration judges is accepted there",
    arguments: [
      ("kv", "consistency: valid, durability: violated, integrity: valid, progress: valid"),
      ("ledger", "atomicity: valid"), ("locks", "mutual_exclusion: may_violate"),
    ])
  func checks(_ workload: String, _ expect: String) {
    let load = "{ workload: \(workload), operations: 20 }"
    #expect(Sample.errors(Sample.simulated + "expect: { \(expect) }", load: load) == [])
  }

  @Test("Errors are handled where there are some")
  func errorHandling() {
    let expect = "\nexpect: { error_handling: valid }"
    #expect(errors("{ sweep: io-errors, minimum: 1 }", expect) == [])
    #expect(Sample.errors("faults: [{ io_error: all, at: 1s }]" + expect) == [])
    #expect(
      Sample.errors(expect) == [
        "s.yaml:5:11: expect.error_handling: contradiction: error_handling without errors; "
          + "allowed: error_handling with faults of the file system such as io_error, or with "
          + "explore.sweep"
      ])
  }
}
