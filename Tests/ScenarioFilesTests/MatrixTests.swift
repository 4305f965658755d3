import AssayModel
import ScenarioFiles
import Testing

@Suite("Cells of a matrix")
struct MatrixTests {
  static let matrix = "matrix: { locks.ttl: [250ms, 1s], locks.owner: [random, stable] }"

  @Test("Cells are the product of the axes, the last one fastest, with ids as written")
  func order() throws {
    let plan = try Sample.plan(Self.matrix)
    #expect(
      plan.cells.map(\.id) == [
        "locks.ttl=250ms,locks.owner=random", "locks.ttl=250ms,locks.owner=stable",
        "locks.ttl=1s,locks.owner=random", "locks.ttl=1s,locks.owner=stable",
      ])
    #expect(
      plan.cells.map(\.locks.ttl.rawValue) == [250, 250, 1_000, 1_000].map { $0 * 1_000_000 })
    #expect(plan.cells.map(\.locks.owner) == [.random, .stable, .random, .stable])
    #expect(plan.cells[2].parameters.map(\.value) == ["1s", "random"])
    #expect(plan.scenario.matrix.map(\.path) == ["locks.ttl", "locks.owner"])
  }

  @Test("Without a matrix there is one cell named default")
  func single() throws {
    #expect(try Sample.plan().cells.map(\.id) == ["default"])
  }

  @Test("Settings of every section can be axes, pragmas and keys of keys too")
  func axes() throws {
    let plan = try Sample.plan(
      "matrix: { storage.cache_size: [-2000, 100], load.keys.count: [10, 20], "
        + "load.rate: [closed, 50/s], load.duration: [1s, 2s] }")
    #expect(plan.cells.count == 16)
    let last = try #require(plan.cells.last)
    #expect(last.storage.pragmas == [StorageSettings.Pragma(name: "cache_size", value: "100")])
    #expect(last.load.keyCount == 20)
    #expect(last.load.rate == .perSecond(50))
    #expect(last.load.extent == .duration(.seconds(2)))
  }

  @Test("A value that cannot be is an error at its place, once")
  func badValue() {
    #expect(
      Sample.errors("matrix: { locks.owner: [random, some], locks.ttl: [1s, 2s] }") == [
        "s.yaml:4:33: matrix.locks.owner: unknown value 'some'; allowed: random, stable"
      ])
    #expect(
      Sample.errors("matrix: { locks.ttl: [250ms, 0.25s] }") == [
        "s.yaml:4:30: matrix.locks.ttl: contradiction: '0.25s' for the second time; "
          + "allowed: each value once"
      ])
    #expect(Sample.errors("matrix: { locks.ttl: [] }").count == 1)
    #expect(Sample.errors("matrix: { locks: [1s] }").count == 1)
    #expect(Sample.errors("matrix: { load.mix: [1s] }").count == 1)
  }

  @Test("A cell's seed depends on its name alone")
  func seeds() throws {
    let whole = try Sample.plan(Self.matrix)
    let more = try Sample.plan(
      "matrix: { locks.ttl: [3s, 250ms, 1s], locks.owner: [random, stable] }")
    for cell in whole.cells {
      #expect(cell.seed == Seed(7).derived("cell").derived(cell.id))
      #expect(more.cells.first { $0.id == cell.id }?.seed == cell.seed)
    }
    #expect(Set(more.cells.map(\.seed)).count == 6)
  }

  @Test("One cell can be chosen by its id or by a part of it, and keeps its seed")
  func only() throws {
    let whole = try Sample.plan(Self.matrix)
    let one = try Sample.plan(Self.matrix, only: "locks.ttl=1s,locks.owner=random")
    #expect(one.cells == [whole.cells[2]])
    let some = try Sample.plan(Self.matrix, only: "locks.owner=stable")
    #expect(some.cells == [whole.cells[1], whole.cells[3]])
    let error = #expect(throws: ScenarioErrors.self) {
      try Sample.plan(Self.matrix, only: "locks.ttl=9s")
    }
    #expect(
      error?.description == "--only: unknown cell 'locks.ttl=9s'; allowed: "
        + whole.cells.map(\.id).joined(separator: " | "))
  }

  @Test("A million cells are refused before they are made, with the way to a limit")
  func million() {
    let numbers = (1...1_000).map(String.init).joined(separator: ", ")
    let matrix = "matrix: { load.writers: [\(numbers)], load.readers: [\(numbers)] }"
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(
        Sample.errors(matrix) == [
          "s.yaml:4:1: matrix: the matrix has 1000000 cells; "
            + "allowed: at most 1000; 'sweep: {limit: N}' allows more"
        ])
    }
    #expect(time < .seconds(20))
    #expect(
      Sample.errors(matrix + "\nsweep: { limit: 2000 }") == [
        "s.yaml:4:1: matrix: the matrix has 1000000 cells; allowed: at most 2000 by 'sweep: limit'"
      ])
  }

  @Test("More cells than 64 bits count are refused like any other")
  func overflow() {
    let keys = [
      "storage.cache_size", "storage.readers", "storage.max_open_connections", "load.writers",
      "load.readers", "load.processes", "load.operations", "load.keys.count", "storage.threads",
      "storage.wal_autocheckpoint",
    ]
    let numbers = (1...60).map(String.init).joined(separator: ", ")
    let axes = keys.map { "\($0): [\(numbers)]" } + ["storage.max_page_count: [\(numbers)]"]
    let errors = Sample.errors("matrix: { \(axes.joined(separator: ", ")) }")
    #expect(errors.first?.contains("the matrix has more than 2^63 cells") == true)
  }

  @Test("A limit allows more than a thousand cells")
  func limit() throws {
    let numbers = (1...1_001).map(String.init).joined(separator: ", ")
    let plan = try Sample.plan(
      "matrix: { storage.cache_size: [\(numbers)] }\nsweep: { limit: 1001 }")
    #expect(plan.cells.count == 1_001)
  }
}

@Suite("Overrides of the command line")
struct OverrideTests {
  private func override(_ text: String...) throws -> [Assignment] {
    try text.map { try ScenarioFile.assignment($0) }
  }

  @Test("A value replaces that of the file, or stands where the file has none; the last one wins")
  func replaces() throws {
    let plan = try Sample.plan(
      "storage: { busy_timeout: 1s }",
      overrides: override(
        "storage.busy_timeout=2s", "storage.busy_timeout=3s", "locks.ttl=4s", "load.keys.count=5",
        "storage.cache_size=9", "repeat=3", "disk.sync=8ms", "probe=times"))
    let cell = try #require(plan.cells.first)
    #expect(cell.storage.busyTimeout == .seconds(3))
    #expect(cell.locks.ttl == .seconds(4))
    #expect(cell.load.keyCount == 5)
    #expect(cell.storage.pragmas.map(\.value) == ["9"])
    #expect(cell.disk.latencies == [.init(method: .sync, span: .milliseconds(8))])
    #expect(cell.probe == .times)
    #expect(plan.scenario.repetitions == 3)
  }

  @Test("An axis that is overridden takes this value only, and ratios to others stay right")
  func axis() throws {
    let added =
      MatrixTests.matrix + "\nexpect: { busy: { max: 2, relative_to: { locks.owner: random } } }"
    let plan = try Sample.plan(added, overrides: override("locks.owner=stable"))
    #expect(
      plan.cells.map(\.id) == [
        "locks.ttl=250ms,locks.owner=stable", "locks.ttl=1s,locks.owner=stable",
      ])
  }

  @Test("duration and operations replace each other")
  func extent() throws {
    let load = "{ workload: kv, duration: 5s }"
    let plan = try Sample.plan(load: load, overrides: override("load.operations=100"))
    #expect(plan.cells.first?.load.extent == .operations(100))
  }

  @Test("Errors of an override say that it was one")
  func errors() throws {
    #expect(
      Sample.errors(in: Sample.text(), overrides: try override("storage.busy_tmeout=1s")) == [
        "--set: storage.busy_tmeout: unknown key 'storage.busy_tmeout'; "
          + "did you mean 'storage.busy_timeout'?"
      ])
    #expect(
      Sample.errors(in: Sample.text(), overrides: try override("storage.readers=0")) == [
        "--set: storage.readers: '0' is out of range; allowed: a whole number from 1 to 1024"
      ])
    #expect(
      Sample.errors(in: Sample.text(), overrides: try override("storage.readers=")).count == 1)
    for text in ["storage.readers", "=4", ""] {
      let error = #expect(throws: ScenarioErrors.self) { try ScenarioFile.assignment(text) }
      #expect(error?.errors.first?.code == .wrongType)
    }
  }

  @Test("A value may hold further equals signs")
  func equalsSigns() throws {
    #expect(
      try ScenarioFile.assignment("storage.path=a=b")
        == Assignment(path: "storage.path", value: "a=b"))
  }
}
