import AssayModel
import ScenarioFiles
import Testing

@Suite("tune:")
struct TuneTests {
  @Test("Class, objectives and knobs are read; without the section there is none")
  func reads() throws {
    let scenario = try Sample.plan(
      "tune: { class: d3, objectives: [p99, written], knobs: [cache_size, begin] }"
    ).scenario
    let tune = try #require(scenario.tune)
    #expect(tune.durability == .d3)
    #expect(tune.objectives == [.p99, .written])
    #expect(tune.knobs == ["cache_size", "begin"])
    #expect(try Sample.plan().scenario.tune == nil)
    let short = try #require(try Sample.plan("tune: {}").scenario.tune)
    #expect(short == TuneSettings())
  }

  @Test(
    "What is wrong is named with its place and what is allowed",
    arguments: [
      ("tune: { class: D4 }", ["4:", "tune.class", "D4", "D1, D2, D3"]),
      ("tune: { objectives: [speed] }", ["tune.objectives", "speed", "throughput"]),
      ("tune: { objectives: [p99, p99] }", ["tune.objectives", "second time"]),
      ("tune: { objectives: [] }", ["tune.objectives", "an empty list"]),
      ("tune: { objectives: p99 }", ["tune.objectives", "a list of"]),
      ("tune: { knobs: [cache] }", ["tune.knobs", "cache_size"]),
      ("tune: { klass: D2 }", ["tune.klass", "class"]),
      ("tune: fast", ["tune", "a mapping"]),
      (
        "tune: { knobs: [begin] }\nmatrix: { storage.begin: [deferred, immediate] }",
        ["tune.knobs", "matrix"]
      ),
      ("storage: { path: ':memory:' }\ntune: {}", ["tune", ":memory:"]),
    ])
  func errors(text: String, words: [String]) {
    let errors = Sample.errors(text)
    #expect(errors.count == 1, "\(errors)")
    for word in words { #expect(errors.joined().contains(word), "\(errors)") }
  }

  @Test("A tuning in the simulated world is refused: nothing has a speed there")
  func simulated() {
    let errors = Sample.errors(Sample.simulated + "tune: {}", load: Sample.simulatedLoad)
    #expect(errors.count == 1 && errors[0].contains("virtual time"), "\(errors)")
  }

  @Test("Every built-in knob is a key of storage, and each of its values one that it takes")
  func builtIn() {
    for knob in TuneKnob.builtIn {
      for value in knob.values {
        #expect(ScenarioFile.canonical(value, of: "storage.\(knob.name)") != nil, "\(knob)")
      }
      #expect(Set(knob.values).count == knob.values.count)
    }
  }

  @Test("What storage settings hold is read in the form that equal values share")
  func values() throws {
    let storage = try Sample.cell("storage: { synchronous: FULL, foreign_keys: yes }").storage
    #expect(ScenarioFile.value(of: "storage.synchronous", in: storage) == "full")
    #expect(ScenarioFile.value(of: "storage.foreign_keys", in: storage) == "1")
    #expect(ScenarioFile.value(of: "storage.cache_size", in: storage) == nil)
    #expect(ScenarioFile.canonical("nonsense", of: "storage.synchronous") == nil)
  }
}
