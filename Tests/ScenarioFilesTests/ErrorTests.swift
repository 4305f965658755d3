import AssayModel
import ScenarioFiles
import Testing

@Suite("Errors name place, key, what was found and what is allowed")
struct ErrorTests {
  @Test(
    "A key that does not exist is named with the nearest known one",
    arguments: [
      (
        "storage: { jornal_mode: wal }",
        "s.yaml:4:12: storage.jornal_mode: unknown key 'jornal_mode'; did you mean 'journal_mode'?"
      ),
      ("storag: {}", "s.yaml:4:1: storag: unknown key 'storag'; did you mean 'storage'?"),
      (
        "locks: { zebra: 1 }",
        "s.yaml:4:10: locks.zebra: unknown key 'zebra'; allowed: ttl, owner, fencing, renew, poll"
      ),
      (
        "locks: { busy_timeout: 1s }",
        "s.yaml:4:10: locks.busy_timeout: unknown key 'busy_timeout'; "
          + "did you mean 'storage.busy_timeout'?"
      ),
      (
        "matrix: { locks.tll: [1s] }",
        "s.yaml:4:11: matrix.locks.tll: unknown key 'locks.tll'; did you mean 'locks.ttl'?"
      ),
      (
        "expect: { durabilty: valid }",
        "s.yaml:4:11: expect.durabilty: unknown key 'durabilty'; did you mean 'durability'?"
      ),
      (
        "expect: { integrity: { is: valid, when: { locks.tll: 1s } } }",
        "s.yaml:4:43: expect.integrity.when.locks.tll: unknown key 'locks.tll'; "
          + "did you mean 'locks.ttl'?"
      ),
      (
        "faults: [{ kill: random, at: 1s, restart_afer: 1s }]",
        "s.yaml:4:34: faults.restart_afer: unknown key 'restart_afer'; "
          + "did you mean 'restart_after'?"
      ),
      (
        "explore: { schedule: 5 }",
        "s.yaml:4:12: explore.schedule: unknown key 'schedule'; did you mean 'schedules'?"
      ),
    ])
  func unknownKey(_ added: String, _ message: String) {
    #expect(Sample.errors(added) == [message])
  }

  @Test(
    "A value of another shape is an error",
    arguments: [
      (
        "storage: { busy_timeout: 5 }",
        "s.yaml:4:26: storage.busy_timeout: found '5'; "
          + "allowed: a duration from 0 to 24h, such as 250ms, 5s or 2m"
      ),
      (
        "storage: { busy_timeout: 22:30 }",
        "s.yaml:4:26: storage.busy_timeout: found '22:30'; "
          + "allowed: a duration from 0 to 24h, such as 250ms, 5s or 2m"
      ),
      (
        "storage: { readers: [4] }",
        "s.yaml:4:21: storage.readers: found a list; allowed: a whole number from 1 to 1024"
      ),
      (
        "storage: { readers: }",
        "s.yaml:4:21: storage.readers: found nothing; allowed: a whole number from 1 to 1024"
      ),
      (
        "storage: { readers: 4.5 }",
        "s.yaml:4:21: storage.readers: found '4.5'; allowed: a whole number from 1 to 1024"
      ),
      (
        "locks: { fencing: maybe }",
        "s.yaml:4:19: locks.fencing: found 'maybe'; allowed: true, false"
      ),
      (
        "locks: 5",
        "s.yaml:4:8: locks: found '5'; "
          + "allowed: a mapping with the keys ttl, owner, fencing, renew, poll"
      ),
      (
        "matrix: { locks.ttl: 1s }",
        "s.yaml:4:22: matrix.locks.ttl: found '1s'; allowed: a list of values, each "
          + "a duration from 1ms to 168h, such as 250ms, 5s or 2m"
      ),
      ("tags: smoke", "s.yaml:4:7: tags: found 'smoke'; allowed: a list such as [locks, smoke]"),
      (
        "faults: { kill: all, at: 1s }",
        "s.yaml:4:9: faults: found a mapping; allowed: a list such as [{kill: holder, every: 1s}]"
      ),
      (
        "expect: { integrity: [] }",
        "s.yaml:4:22: expect.integrity: found an empty list; allowed: valid, violated, may_violate"
      ),
      (
        "expect: { busy: { max: soon } }",
        "s.yaml:4:24: expect.busy.max: found 'soon'; allowed: a number, a duration, a size or a "
          + "sum such as ttl + 400ms or 2 * ttl, where the names are ttl, busy_timeout, "
          + "query_timeout, acquire_timeout"
      ),
      (
        "expect: { integrity: { is: valid, when: { library: new } } }",
        "s.yaml:4:52: expect.integrity.when.library: found 'new'; "
          + "allowed: a range of SQLite versions, such as \">=3.7.0 <3.51.3 !3.44.6\""
      ),
    ])
  func wrongType(_ added: String, _ message: String) {
    #expect(Sample.errors(added) == [message])
  }

  @Test(
    "A value outside its range or its words is an error",
    arguments: [
      (
        "storage: { max_open_connections: 0 }",
        "s.yaml:4:34: storage.max_open_connections: '0' is out of range; "
          + "allowed: a whole number from 1 to 1024"
      ),
      (
        "storage: { busy_timeout: -5s }",
        "s.yaml:4:26: storage.busy_timeout: '-5s' is out of range; "
          + "allowed: a duration from 0 to 24h, such as 250ms, 5s or 2m"
      ),
      (
        "storage: { busy_timeout: 99999999999999999999h }",
        "s.yaml:4:26: storage.busy_timeout: '99999999999999999999h' is out of range; "
          + "allowed: a duration from 0 to 24h, such as 250ms, 5s or 2m"
      ),
      (
        "locks: { ttl: 0 }",
        "s.yaml:4:15: locks.ttl: '0' is out of range; "
          + "allowed: a duration from 1ms to 168h, such as 250ms, 5s or 2m"
      ),
      (
        "storage: { journal_mode: wall }",
        "s.yaml:4:26: storage.journal_mode: unknown value 'wall'; did you mean 'wal'? "
          + "allowed: delete, truncate, persist, memory, wal, off"
      ),
      (
        "storage: { page_size: 5000 }",
        "s.yaml:4:23: storage.page_size: unknown value '5000'; "
          + "allowed: 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536"
      ),
      (
        "world: rael",
        "s.yaml:4:8: world: unknown value 'rael'; did you mean 'real'? allowed: real, simulated"
      ),
      (
        "repeat: 0",
        "s.yaml:4:9: repeat: '0' is out of range; allowed: a whole number from 1 to 1000"
      ),
      (
        "expect: { latency: fast }",
        "s.yaml:4:20: expect.latency: unknown value 'fast'; "
          + "allowed: may_violate, or a bound such as {max: 10ms}"
      ),
      (
        "faults: [{ io_error: random, probability: 2 }]",
        "s.yaml:4:43: faults.probability: '2' is out of range; "
          + "allowed: a probability from 0 to 1, such as 0.01"
      ),
      (
        "faults: [{ kill: random, after: 0 commits }]",
        "s.yaml:4:33: faults.after: '0 commits' is out of range; "
          + "allowed: a number of commits from 1 to 1000000000, such as 20 commits; "
          + "for disk_full a size up to 1048576GiB, such as 2MiB"
      ),
      (
        "faults: [{ kill: everybody, at: 1s }]",
        "s.yaml:4:18: faults.kill: unknown value 'everybody'; "
          + "allowed: holder, random, all, the number of a process from 0 to 65535"
      ),
    ])
  func outOfRange(_ added: String, _ message: String) {
    #expect(Sample.errors(added) == [message])
  }

  @Test("What must be there and is not is named")
  func missing() {
    #expect(
      Sample.errors(in: "world: real\nload: {}\n") == [
        "s.yaml:1:1: name: missing; allowed: 1 to 64 lower-case letters, digits and hyphens, "
          + "a letter or digit first",
        "s.yaml:1:1: question: missing; allowed: a text of 1 to 500 characters, such as "
          + "Do readers block during writes?",
        "s.yaml:2:7: load.workload: missing; allowed: kv, locks, ledger, mixed, sql, queue, "
          + "backup, migration, list-append",
      ])
    #expect(
      Sample.errors(in: "name: a\nquestion: b\n") == [
        "s.yaml:1:1: load: missing; allowed: a mapping (who does what, for how long)"
      ])
  }

  @Test("All errors are reported at once, in the order of the lines")
  func several() {
    let errors = Sample.errors(
      "expect: { integrity: maybe }\nstorage: { readers: 0, x_y: 1 }\nlocks: { ttl: [] }")
    #expect(
      errors.map { $0.prefix(10) } == ["s.yaml:4:2", "s.yaml:5:2", "s.yaml:5:2", "s.yaml:6:1"])
  }

  @Test("An error can be switched on and keeps its parts")
  func parts() throws {
    let error = #expect(throws: ScenarioErrors.self) {
      try Sample.plan("storage: { jornal_mode: wal }")
    }
    let first = try #require(error?.errors.first)
    #expect(first.code == .unknownKey)
    #expect(first.place == SourcePlace(file: "s.yaml", line: 4, column: 12))
    #expect(first.path == "storage.jornal_mode")
    #expect(first.found == "jornal_mode")
    #expect(first.nearest == "journal_mode")
    #expect(first.allowed.hasPrefix("profile, journal_mode, synchronous"))
  }
}
