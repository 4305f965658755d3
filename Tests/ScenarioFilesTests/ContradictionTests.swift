import AssayModel
import ScenarioFiles
import Testing

@Suite("Settings that contradict each other are errors")
struct ContradictionTests {
  @Test(
    "Storage in memory is one connection of one process, without WAL",
    arguments: [
      (
        "journal_mode: wal", "{ workload: kv }",
        "s.yaml:4:30: storage.journal_mode: contradiction: 'wal' with storage.path ':memory:'; "
          + "allowed: memory, off"
      ),
      (
        "max_open_connections: 2", "{ workload: kv }",
        "s.yaml:4:30: storage.max_open_connections: contradiction: 2 connections with "
          + "storage.path ':memory:'; allowed: 1, since each connection would have an empty "
          + "database of its own"
      ),
      (
        "topology: single-writer", "{ workload: kv }",
        "s.yaml:4:30: storage.topology: contradiction: 'single-writer' with storage.path "
          + "':memory:'; allowed: pool, since each connection would have an empty database of its "
          + "own"
      ),
      (
        "synchronous: off", "{ workload: kv, processes: 2 }",
        "s.yaml:3:23: load.processes: contradiction: 2 processes with storage.path ':memory:'; "
          + "allowed: 1, since each process would have an empty database of its own"
      ),
    ])
  func memory(_ setting: String, _ load: String, _ message: String) {
    #expect(Sample.errors("storage: { path: ':memory:', \(setting) }", load: load) == [message])
  }

  @Test("A soft heap limit above the hard one, or none, is not what SQLite would take")
  func heapLimits() {
    for (soft, isRefused) in [("0", true), ("9MiB", true), ("8MiB", false), ("1MiB", false)] {
      let errors = Sample.errors(
        "storage: { hard_heap_limit: 8MiB, soft_heap_limit: \(soft) }", load: "{ workload: kv }")
      #expect(errors.isEmpty != isRefused, "\(soft): \(errors)")
      #expect(errors.allSatisfy { $0.contains("storage.soft_heap_limit") }, "\(errors)")
    }
  }

  @Test("No other process can leave a lock behind in a database in memory")
  func staleLockInMemory() {
    let errors = Sample.errors(
      "storage: { path: ':memory:' }\nfaults: [{ stale_lock: 0, at: 1ms }]",
      load: "{ workload: locks }")
    #expect(errors.count == 1)
    #expect(errors.first?.contains("stale_lock with storage.path ':memory:'") == true, "\(errors)")
  }

  @Test(
    "A layer without shared memory has no WAL, unless one connection has the file to itself",
    arguments: [
      ("unix-none", "normal", true), ("unix-dotfile", "normal", true), ("mixed", "normal", true),
      ("default", "normal", false), ("unix-none", "exclusive", false),
    ])
  func sharedMemory(layer: String, locking: String, isRefused: Bool) {
    let errors = Sample.errors(
      "storage: { journal_mode: wal, vfs: \(layer), locking_mode: \(locking), "
        + "max_open_connections: 1, topology: pool }", load: "{ workload: kv }")
    #expect(errors.count == (isRefused ? 1 : 0), "\(errors)")
    #expect(
      errors.allSatisfy {
        $0.contains("storage.journal_mode: contradiction: 'wal' with storage.vfs '\(layer)'")
      }, "\(errors)")
  }

  @Test("No other process can leave a lock behind in a file that one connection has to itself")
  func staleLockInExclusiveFile() {
    for (locking, isRefused) in [("exclusive", true), ("normal", false)] {
      let errors = Sample.errors(
        "storage: { locking_mode: \(locking), max_open_connections: 1, topology: pool }\n"
          + "faults: [{ stale_lock: 0, at: 1ms }]", load: "{ workload: locks }")
      #expect(errors.count == (isRefused ? 1 : 0), "\(errors)")
      #expect(
        errors.allSatisfy { $0.contains("stale_lock with storage.locking_mode 'exclusive'") },
        "\(errors)")
    }
  }

  @Test("Storage in memory has defaults that fit it")
  func memoryDefaults() throws {
    let storage = try Sample.cell("storage: { path: ':memory:' }").storage
    #expect(storage.journalMode == .memory)
    #expect(storage.maxOpenConnections == 1)
    #expect(storage.maxIdleConnections == 1)
  }

  @Test(
    "A load must be possible",
    arguments: [
      (
        "{ workload: kv, duration: 5s, operations: 10 }",
        "s.yaml:3:37: load.operations: contradiction: operations together with duration; "
          + "allowed: one of the two"
      ),
      (
        "{ workload: kv, writers: 0 }",
        "s.yaml:3:1: load: contradiction: no writers and no readers; "
          + "allowed: at least one of load.writers and load.readers above 0"
      ),
      (
        "{ workload: ledger, mix: { read: 1 } }",
        "s.yaml:3:27: load.mix: contradiction: a mix for workload ledger; "
          + "allowed: load.mix with workload kv or mixed"
      ),
      (
        "{ workload: kv, hold: 1s }",
        "s.yaml:3:23: load.hold: contradiction: hold for workload kv; "
          + "allowed: load.hold with workload locks"
      ),
      (
        "{ workload: ledger, keys: { count: 1 } }",
        "s.yaml:3:35: load.keys.count: contradiction: a ledger with one account; "
          + "allowed: at least 2 accounts to transfer between"
      ),
      (
        "{ workload: kv, setup: x }",
        "s.yaml:3:23: load.setup: contradiction: setup for workload kv; "
          + "allowed: load.setup with workload sql"
      ),
      (
        "{ workload: kv, rate: 5/s, think: 1ms }",
        "s.yaml:3:34: load.think: contradiction: a pause in an open loop; "
          + "allowed: load.think with load.rate closed, since arrivals do not wait"
      ),
    ])
  func load(_ load: String, _ message: String) {
    #expect(Sample.errors("", load: load) == [message])
  }

  @Test(
    "World, workload and expectations must go together",
    arguments: [
      (
        "expect: { latency: { max: 1s } }\n" + Sample.simulated,
        "s.yaml:4:11: expect.latency: contradiction: latency in the simulated world; "
          + "allowed: latency with world: real, since simulated time measures nothing"
      ),
      (
        "expect: { wal: { max: 1 MiB } }\n" + Sample.simulated,
        "s.yaml:4:11: expect.wal: contradiction: wal in the simulated world; "
          + "allowed: wal with world: real, since how large files get there is the explorer's choice"
      ),
      (
        "expect: { throughput: { min: 1 } }\n" + Sample.simulated,
        "s.yaml:4:11: expect.throughput: contradiction: throughput in the simulated world; "
          + "allowed: throughput with world: real, since simulated time measures nothing"
      ),
      (
        "explore: { crashes: power-loss }",
        "s.yaml:4:1: explore: contradiction: power loss in the real world; "
          + "allowed: explore with world: simulated, since power loss and crash images exist "
          + "there only"
      ),
      (
        "expect: { mutual_exclusion: valid }",
        "s.yaml:4:11: expect.mutual_exclusion: contradiction: mutual_exclusion for workload kv, "
          + "which takes no locks; allowed: mutual_exclusion with workload locks"
      ),
      (
        "expect: { atomicity: valid }",
        "s.yaml:4:11: expect.atomicity: contradiction: atomicity for workload kv, which has no "
          + "transactions of several rows; allowed: atomicity with workload ledger"
      ),
      (
        "expect: { invariants: valid }",
        "s.yaml:4:11: expect.invariants: contradiction: invariants for workload kv; "
          + "allowed: invariants with workload sql"
      ),
      (
        "storage: { max_open_connections: 2, max_idle_connections: 3 }",
        "s.yaml:4:37: storage.max_idle_connections: contradiction: 3 idle of 2 open connections; "
          + "allowed: at most storage.max_open_connections"
      ),
    ])
  func world(_ added: String, _ message: String) {
    let load = added.contains(Sample.simulated) ? Sample.simulatedLoad : "{ workload: kv }"
    #expect(Sample.errors(added, load: load) == [message])
  }

  @Test(
    "A fault has one kind, one trigger, and only what belongs to it",
    arguments: [
      ("{ at: 1s }", "no kind of fault", "one of kill, pause, clock"),
      ("{ kill: all, pause: all, at: 1s }", "2 kinds of faults in one entry", "one of kill"),
      ("{ kill: all }", "kill without a trigger", "exactly one of at, every, after"),
      ("{ kill: all, at: 1s, every: 1s }", "kill with at and every", "exactly one of at, every"),
      ("{ pause: all, at: 1s }", "pause without for", "for, such as for: 1s"),
      ("{ pause: all, every: 1s, for: 1s }", "a pause as long as its period", "for shorter than"),
      ("{ pause: all, after: 3 commits, for: 1s }", "pause with after", "exactly one of at, every"),
      ("{ kill: all, at: 1s, for: 1s }", "kill with for", "for with pause"),
      ("{ kill: all, at: 1s, owner: new }", "owner without restart_after", "both or neither"),
      ("{ kill: all, at: 1s, skew: 1s }", "kill with skew, drift, step", "these with clock"),
      ("{ kill: all, at: 1s, method: sync }", "kill with method", "method and file with"),
      ("{ kill: holder, after: 3 commits }", "kill of the holder with after", "the number of a"),
      ("{ clock: 0, at: 1s }", "a clock that does not move", "skew, drift or step"),
      ("{ clock: 0, at: 1s, skew: 1s, restart_after: 1s }", "clock with restart_after", "restart"),
      ("{ stale_lock: 0, at: 1s }", "stale_lock for workload kv", "stale_lock with workload locks"),
      ("{ kill: 1, at: 1s }", "kill: 1 of 1 processes", "a number from 0 to 0"),
      ("{ kill: all, at: 5s }", "kill at or after the end of the cell", "at below load.duration"),
      ("{ kill: all, every: 6s }", "kill whose first time is not before", "every below"),
    ])
  func faults(_ fault: String, _ found: String, _ allowed: String) throws {
    let errors = Sample.errors("faults: [\(fault)]")
    try #require(errors.count == 1)
    #expect(errors[0].contains("faults: contradiction: \(found)"))
    #expect(errors[0].contains("; allowed: \(allowed)"))
  }

  @Test("A contradiction that only one cell of the matrix has points at the value there")
  func cell() {
    let errors = Sample.errors(
      "storage: { max_idle_connections: 2 }\nmatrix: { storage.max_open_connections: [4, 1] }")
    #expect(
      errors == [
        "s.yaml:4:12: storage.max_idle_connections: contradiction: 2 idle of 1 open connections; "
          + "allowed: at most storage.max_open_connections"
      ])
    let memory = Sample.errors(
      "storage: { path: ':memory:' }\nmatrix: { storage.journal_mode: [memory, wal] }")
    #expect(memory.first?.hasPrefix("s.yaml:5:42: storage.journal_mode: contradiction") == true)
  }
}
