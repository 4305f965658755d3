import AssayModel
import ScenarioFiles
import Testing

@Suite("Faults of files and calls")
struct FaultTests {
  private func fault(_ text: String, storage: String = "{}") throws -> FaultSpecification {
    let cell = try Sample.cell("storage: \(storage)\nfaults: [\(text)]")
    return try #require(cell.faults.first)
  }

  @Test("A fault of the file system says which call of which file fails, when and for how long")
  func calls() throws {
    let error = try fault(
      "{ io_error: random, operation: 7, method: sync, file: wal, lasts: forever }")
    #expect(error.target == .random)
    #expect(error.trigger == .operation(7))
    #expect(error.method == .sync)
    #expect(error.file == .wal)
    #expect(error.lasting == .forever)
    let sync = try fault("{ fsync_error: all, probability: 0.5, drop: true }")
    #expect(sync.trigger == .probability(try #require(Probability(0.5))))
    #expect(sync.dropsDirtyPages)
    #expect(sync.lasting == .once)
    let lock = try fault("{ silent_lock: 0, at: 1s, method: shm_lock, for: 2s }")
    #expect(lock.method == .sharedMemoryLock)
    #expect(lock.duration == .seconds(2))
    #expect(try fault("{ short_read: all, every: 1s, file: super_journal }").file == .superJournal)
    #expect(try fault("{ bit_flip: all, at: 0, lasts: once }").kind == .bitFlip)
  }

  @Test("A disk is full after a size, a kill comes after commits")
  func after() throws {
    #expect(
      try fault("{ disk_full: all, after: 2 MiB }").trigger == .afterBytes(ByteCount(2 << 20)))
    #expect(try fault("{ disk_full: 0, after: 1.5KiB }").trigger == .afterBytes(ByteCount(1_536)))
    #expect(try fault("{ kill: all, after: 1 commit }").trigger == .afterCommits(1))
  }

  @Test("A kill at an operation says where in it")
  func kill() throws {
    let plain = try fault("{ kill: 0, operation: 3 }")
    #expect(plain.moment == .before)
    #expect(plain.method == nil)
    let middle = try fault(
      "{ kill: all, operation: 3, method: write, file: journal, moment: middle }")
    #expect(middle.moment == .middle)
    #expect(middle.file == .journal)
    #expect(
      try fault("{ kill: all, operation: 3, method: delete, moment: after }").moment == .after)
  }

  @Test("Tampering names a file of the database")
  func tamper() throws {
    let fault = try fault("{ tamper: copy, at: 1s, file: wal }")
    #expect(fault.target == .named("copy"))
    #expect(fault.file == .wal)
    #expect(try self.fault("{ tamper: zero_shm, every: 1s }").file == nil)
  }

  @Test("copy_by names the way of tamper: copy, by which a matrix can compare copies")
  func copying() throws {
    let plan = try Sample.plan(
      "matrix: { copy_by: [cp, vacuum_into, backup] }\nfaults: [{ tamper: copy, at: 1s }]\n"
        + "expect: { durability: { is: valid, when: { copy_by: [vacuum_into, backup] } } }")
    #expect(
      plan.cells.map { $0.faults.map(\.target) }
        == [[.named("copy")], [.named("vacuum_into")], [.named("backup")]])
    #expect(plan.cells.map(\.expectations.count) == [0, 1, 1])
    #expect(try self.fault("{ tamper: backup, at: 1s }").target == .named("backup"))
    #expect(try self.fault("{ tamper: schema, at: 1s }").target == .named("schema"))
    for faults in ["", "faults: [{ tamper: delete, at: 1s }]"] {
      #expect(
        Sample.errors("copy_by: backup\n\(faults)") == [
          "s.yaml:4:1: copy_by: contradiction: copy_by without tamper: copy; "
            + "allowed: copy_by with a fault tamper: copy, whose method it selects"
        ])
    }
    #expect(Sample.errors("copy_by: tar\nfaults: [{ tamper: copy, at: 1s }]").count == 1)
  }

  @Test(
    "A word that is none of a fault's is an error with the nearest one",
    arguments: [
      (
        "{ io_error: all, operation: 1, method: fsync }",
        "s.yaml:5:42: faults.method: unknown value 'fsync'; did you mean 'sync'? allowed: read, "
          + "write, sync, truncate, lock, unlock, shm_lock, shm_map, open, delete, access, "
          + "file_size"
      ),
      (
        "{ io_error: all, operation: 1, file: jurnal }",
        "s.yaml:5:40: faults.file: unknown value 'jurnal'; did you mean 'journal'? allowed: "
          + "database, journal, wal, super_journal, temporary"
      ),
      (
        "{ io_error: all, probability: 1.5 }",
        "s.yaml:5:33: faults.probability: '1.5' is out of range; "
          + "allowed: a probability from 0 to 1, such as 0.01"
      ),
      (
        "{ io_error: wal, operation: 1 }",
        "s.yaml:5:15: faults.io_error: unknown value 'wal'; "
          + "allowed: random, all, the number of a process from 0 to 65535"
      ),
      (
        "{ disk_full: all, after: 20 }",
        "s.yaml:5:28: faults.after: found '20'; allowed: a number of commits from 1 to "
          + "1000000000, such as 20 commits; for disk_full a size up to 1048576GiB, such as 2MiB"
      ),
      (
        "{ power_loss: all, at: 1s }",
        "s.yaml:5:5: faults.power_loss: contradiction: a power loss among the faults; allowed: "
          + "explore: {crashes: power-loss, minimum: 1000} with world: simulated"
      ),
      (
        "{ kill: all, at: 1s, moments: after }",
        "s.yaml:5:24: faults.moments: unknown key 'moments'; did you mean 'moment'?"
      ),
    ])
  func words(_ text: String, _ message: String) {
    #expect(Sample.errors("faults:\n- \(text)") == [message])
  }

  @Test(
    "What does not belong to a fault is an error",
    arguments: [
      ("{ kill: all, after: 2MiB }", "kill after a size", "a number of commits, such as after: 20"),
      ("{ disk_full: all, after: 2 commits }", "disk_full after commits", "a size, such as after:"),
      ("{ io_error: all, after: 2MiB }", "io_error with after", "exactly one of at, every, oper"),
      ("{ kill: holder, operation: 1 }", "kill of the holder at an operation", "the number of a"),
      ("{ clock: all, probability: 0.1 }", "clock with probability", "exactly one of at, every"),
      ("{ kill: all, at: 1s, file: wal }", "kill with file", "file with faults of the file sy"),
      ("{ kill: all, at: 1s, moment: after }", "kill with moment", "moment with kill with oper"),
      (
        "{ kill: all, operation: 1, moment: middle }", "moment middle without method write",
        "method: write, since only a write has a middle"
      ),
      ("{ kill: all, operation: 1, lasts: once }", "kill with lasts", "lasts with io_error, sho"),
      ("{ disk_full: all, at: 1s, lasts: once }", "disk_full with lasts", "lasts with io_error"),
      (
        "{ io_error: all, at: 1s, lasts: once, for: 1s }", "lasts together with for",
        "one of the two"
      ),
      ("{ io_error: all, every: 1s, for: 2s }", "io_error as long as its p", "for shorter than"),
      (
        "{ io_error: all, every: 1s, lasts: forever }", "a fault that lasts forever with every",
        "lasts: once, or another trigger"
      ),
      ("{ io_error: all, at: 1s, drop: true }", "io_error with drop", "drop with fsync_error"),
      ("{ short_read: all, at: 1s, method: sync }", "short_read with method sync", "method read, "),
      ("{ disk_full: all, at: 1s, method: read }", "disk_full with method read", "method write, "),
      ("{ fsync_error: all, at: 1s, method: read }", "fsync_error with method", "method sync, or"),
      ("{ bit_flip: all, at: 1s, method: sync }", "bit_flip with method sync", "method read, wri"),
      ("{ silent_lock: all, at: 1s, method: read }", "silent_lock with method", "method lock, shm"),
      ("{ tamper: zero_shm, at: 1s, file: wal }", "tamper: zero_shm with file", "no file, since "),
      ("{ tamper: copy, at: 1s, file: temporary }", "tamper with file temporary", "file database,"),
      ("{ tamper: copy, at: 1s, method: read }", "tamper with method", "method and file with"),
      ("{ tamper: copy, at: 1s, for: 1s }", "tamper with for", "for with pause and faults"),
      ("{ tamper: copy, operation: 1 }", "tamper with operation", "exactly one of at, every"),
    ])
  func misfits(_ text: String, _ found: String, _ allowed: String) throws {
    let errors = Sample.errors("faults: [\(text)]")
    try #require(errors.count == 1, "\(errors)")
    #expect(errors[0].contains("faults: contradiction: \(found)"), "\(errors)")
    #expect(errors[0].contains("; allowed: \(allowed)"), "\(errors)")
  }

  @Test(
    "A fault of a file that the database never has is an error at its place",
    arguments: [
      ("{ journal_mode: delete }", "{ io_error: all, at: 1s, file: wal }", "io_error of the WAL"),
      ("{ journal_mode: off }", "{ tamper: zero_shm, at: 1s }", "tamper of shared memory"),
      (
        "{ journal_mode: persist }", "{ kill: 0, operation: 1, method: shm_map }",
        "kill of shared memory"
      ),
      ("{ path: ':memory:' }", "{ bit_flip: all, at: 1s }", "bit_flip of files"),
      ("{ path: ':memory:' }", "{ kill: 0, operation: 1 }", "kill of files"),
      ("{ path: ':memory:' }", "{ tamper: copy, at: 1s }", "tamper of files"),
    ])
  func missingFiles(_ storage: String, _ fault: String, _ found: String) {
    let errors = Sample.errors("storage: \(storage)\nfaults: [\(fault)]")
    #expect(errors.count == 1, "\(errors)")
    #expect(
      errors.first?.hasPrefix("s.yaml:5:10: faults: contradiction: \(found) with ") == true,
      "\(errors)")
  }

  @Test("A control cell has the settings of the others and no faults")
  func control() throws {
    let plan = try Sample.plan(
      "matrix: { inject: [true, false] }\nfaults: [{ kill: all, at: 1s }]\n"
        + "expect: { durability: { is: valid, when: { inject: false } } }")
    #expect(plan.cells.map(\.id) == ["inject=true", "inject=false"])
    #expect(plan.cells.map(\.faults.count) == [1, 0])
    #expect(plan.cells.map(\.expectations.count) == [0, 1])
    #expect(plan.scenario.faults.count == 1)
    #expect(try Sample.cell("inject: false\nfaults: [{ kill: all, at: 1s }]").faults.isEmpty)
    #expect(
      Sample.errors("inject: false") == [
        "s.yaml:4:1: inject: contradiction: inject without faults; "
          + "allowed: inject with faults, which it turns on and off"
      ])
  }
}
