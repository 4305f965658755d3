import AssayModel
import ScenarioFiles
import Testing

@Suite("The disk")
struct DiskTests {
  private func disk(_ text: String) throws -> DiskSettings {
    try Sample.cell(Sample.simulated + "disk: \(text)", load: Sample.simulatedLoad).disk
  }

  @Test("A latency stands under the method's name, directly or below latency, in one order")
  func latencies() throws {
    let expected = [
      DiskSettings.Latency(method: .read, span: .microseconds(100)),
      DiskSettings.Latency(method: .sync, span: .milliseconds(8)),
    ]
    for text in [
      "{ sync: 8ms, read: 100us }", "{ latency: { read: 0.1ms, sync: 8ms } }",
      "{ latency: { sync: 8ms }, read: 100us, write: 0 }",
    ] {
      // Latencies hold in the real world, too.
      #expect(try Sample.cell("disk: \(text)").disk.latencies == expected, "\(text)")
      #expect(try disk(text).latencies == expected, "\(text)")
    }
    #expect(try Sample.cell().disk == DiskSettings())
  }

  @Test("Every property of the device can be set")
  func properties() throws {
    let disk = try disk(
      """
      { sync: barrier, latency: { sync: 1ms }, sync_files: [wal, journal], sector_size: 4096,
        powersafe_overwrite: false, claims: [safe_append, atomic4k], truncation: journaled,
        directory: any, garbage: true }
      """)
    #expect(disk.sync == .barrier)
    #expect(disk.latencies == [.init(method: .sync, span: .milliseconds(1))])
    #expect(disk.syncFiles == [.journal, .wal])
    #expect(disk.sectorSize == 4_096)
    #expect(!disk.powersafeOverwrite)
    #expect(disk.claims == [.atomic4K, .safeAppend])
    #expect(disk.truncation == .journaled)
    #expect(disk.directory == .any)
    #expect(disk.garbage)
    #expect(try self.disk("{ sync: ignored }").syncFiles.isEmpty)
    #expect(try self.disk("{ claims: [sequential] , sync: ignored }").sync == .ignored)
  }

  @Test("A latency and what a sync does can be axes, and conditions tell their cells apart")
  func axes() throws {
    let plan = try Sample.plan(
      Sample.simulated
        + """
        disk: { latency: { sync: 1ms } }
        matrix: { disk.sync: [honest, ignored], disk.write: [0, 1ms] }
        expect:
          durability: { is: violated, when: { disk.sync: ignored } }
          integrity: { is: valid, when: { disk.write: 1000us } }
        """, load: Sample.simulatedLoad)
    #expect(plan.cells.map(\.disk.sync) == [.honest, .honest, .ignored, .ignored])
    #expect(plan.cells.map(\.disk.latencies.count) == [1, 2, 1, 2])
    #expect(
      plan.cells.map { $0.expectations.map(\.check) } == [
        [], [.integrity], [.durability], [.durability, .integrity],
      ])
    let spans = try Sample.plan("matrix: { disk.sync: [honest, 8ms] }").cells.map(\.disk.latencies)
    #expect(spans == [[], [.init(method: .sync, span: .milliseconds(8))]])
  }

  @Test(
    "A value that is none is an error",
    arguments: [
      (
        "{ sync: ignore }",
        "s.yaml:4:15: disk.sync: unknown value 'ignore'; did you mean 'ignored'? allowed: honest, "
          + "ignored, barrier, or a duration from 0 to 1m, such as 250ms, 5s or 2m"
      ),
      (
        "{ sync: 8 }",
        "s.yaml:4:15: disk.sync: found '8'; allowed: honest, "
          + "ignored, barrier, or a duration from 0 to 1m, such as 250ms, 5s or 2m"
      ),
      (
        "{ write: -1ms }",
        "s.yaml:4:16: disk.write: '-1ms' is out of range; "
          + "allowed: a duration from 0 to 1m, such as 250ms, 5s or 2m"
      ),
      (
        "{ latency: { fsync: 1ms } }",
        "s.yaml:4:20: disk.latency.fsync: unknown key 'fsync'; did you mean 'sync'?"
      ),
      ("{ sleep: 1ms }", "s.yaml:4:9: disk.sleep: unknown key 'sleep'; allowed: read, write, "),
      ("{ sector_size: 1024 }", "s.yaml:4:22: disk.sector_size: '1024' is out of range"),
      ("{ claims: atomic4k }", "s.yaml:4:17: disk.claims: found 'atomic4k'; allowed: a list such"),
      ("{ claims: [atomic5k] }", "s.yaml:4:18: disk.claims: unknown value 'atomic5k'; did you "),
      (
        "{ claims: [atomic, atomic] }",
        "s.yaml:4:26: disk.claims: contradiction: 'atomic' for the second time; allowed: each "
      ),
      (
        "{ sync: ignored, sync_files: [temporary] }",
        "s.yaml:4:37: disk.sync_files: unknown value 'temporary'; "
          + "allowed: database, journal, wal, super_journal"
      ),
      (
        "{ directory: random }", "s.yaml:4:20: disk.directory: unknown value 'random'; allowed: ord"
      ),
    ])
  func values(_ text: String, _ message: String) throws {
    let errors = Sample.errors("disk: \(text)\n" + Sample.simulated, load: Sample.simulatedLoad)
    #expect(errors.count == 1)
    #expect(errors.first?.hasPrefix(message) == true, "\(errors)")
  }

  @Test(
    "A device that contradicts itself is an error with place and remedy",
    arguments: [
      (
        "{ sync: 8ms, latency: { sync: 1ms } }",
        "s.yaml:4:31: disk.latency.sync: contradiction: a second latency of sync; "
          + "allowed: either disk.sync or disk.latency.sync"
      ),
      (
        "{ claims: [sequential], directory: any }",
        "s.yaml:4:31: disk.directory: contradiction: directory any with claim sequential, by which "
          + "names change in order; allowed: directory ordered, or no claim sequential"
      ),
      (
        "{ claims: [sequential], directory: never }",
        "s.yaml:4:31: disk.directory: contradiction: directory never with claim sequential, by "
          + "which names change in order; allowed: directory ordered, or no claim sequential"
      ),
      (
        "{ claims: [sequential], garbage: true }",
        "s.yaml:4:31: disk.garbage: contradiction: garbage with claim sequential, by which an "
          + "operation is there or not; allowed: garbage false, or no claim sequential"
      ),
      (
        "{ claims: [atomic], garbage: true }",
        "s.yaml:4:27: disk.garbage: contradiction: garbage with claim atomic, by which every write "
          + "is there or not; allowed: garbage false, or no claim atomic"
      ),
      (
        "{ claims: [atomic1k], sector_size: 4096, powersafe_overwrite: false }",
        "s.yaml:4:9: disk.claims: contradiction: claim atomic1k with sector_size 4096, whose "
          + "sectors are written as a whole; allowed: claims of 4 KiB and more, or sector_size 512"
      ),
      (
        "{ sync_files: [wal] }",
        "s.yaml:4:9: disk.sync_files: contradiction: sync_files with an honest sync; "
          + "allowed: sync_files with disk.sync ignored or barrier"
      ),
      (
        "{ sector_size: 4096 }",
        "s.yaml:4:9: disk.sector_size: contradiction: sector_size 4096 with powersafe_overwrite, "
          + "where it has no effect; allowed: disk.powersafe_overwrite false, or sector_size 512"
      ),
    ])
  func contradictions(_ text: String, _ message: String) {
    #expect(
      Sample.errors("disk: \(text)\n" + Sample.simulated, load: Sample.simulatedLoad) == [message])
  }

  @Test("A cell that is there for comparison may hold what only the other cells use")
  func comparison() {
    for text in [
      "disk: { sync_files: [wal] }\nmatrix: { disk.sync: [honest, barrier] }",
      "disk: { sector_size: 4096 }\nmatrix: { disk.powersafe_overwrite: [true, false] }",
    ] {
      #expect(Sample.errors("\(text)\n" + Sample.simulated, load: Sample.simulatedLoad) == [])
    }
    let axis = "disk: { sync_files: [wal] }\nmatrix: { disk.sync: [honest, 1ms] }\n"
    #expect(Sample.errors(axis + Sample.simulated, load: Sample.simulatedLoad).count == 1)
  }

  @Test(
    "What only a power loss shows is an error in the real world",
    arguments: [
      ("sync: ignored", "sync"), ("garbage: true", "garbage"), ("directory: any", "directory"),
      ("powersafe_overwrite: false", "powersafe_overwrite"), ("claims: [atomic]", "claims"),
      ("truncation: journaled", "truncation"),
    ])
  func realWorld(_ text: String, _ key: String) {
    #expect(
      Sample.errors("disk: { \(text) }") == [
        "s.yaml:4:9: disk.\(key): contradiction: \(key) in the real world; allowed: disk.\(key) "
          + "with world: simulated, since power loss and crash images exist there only"
      ])
  }

  @Test("A database in memory has no calls that could be slow or counted")
  func memory() {
    let storage = "storage: { path: ':memory:' }\n"
    #expect(
      Sample.errors(storage + "disk: { sync: 1ms }") == [
        "s.yaml:5:1: disk: contradiction: latencies with storage.path ':memory:'; "
          + "allowed: a database in a file, since this one has none"
      ])
    #expect(
      Sample.errors(storage + "probe: counts") == [
        "s.yaml:5:1: probe: contradiction: probe counts with storage.path ':memory:'; "
          + "allowed: a database in a file, since this one makes no calls"
      ])
  }
}
