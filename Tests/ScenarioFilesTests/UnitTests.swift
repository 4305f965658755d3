import AssayModel
import ScenarioFiles
import Testing

@Suite("Values with units")
struct UnitTests {
  @Test(
    "Durations are exact",
    arguments: [
      ("250ms", 250_000_000), ("5s", 5_000_000_000), ("2m", 120_000_000_000),
      ("1h", 3_600_000_000_000), ("100us", 100_000), ("100µs", 100_000), ("10ns", 10), ("0", 0),
      ("0s", 0), ("0.25s", 250_000_000), ("1.5h", 5_400_000_000_000), ("1_000ms", 1_000_000_000),
      ("0.000000001s", 1), ("5 s", 5_000_000_000),
    ])
  func durations(_ text: String, _ nanoseconds: Int64) throws {
    let storage = try Sample.cell("storage: { busy_timeout: \(text) }").storage
    #expect(storage.busyTimeout == Nanoseconds(nanoseconds))
  }

  @Test(
    "What is no duration is refused",
    arguments: [
      "5", "5 parsecs", "ms", "s5", "1.s", ".5s", "1e3s", "1m30s", "0.5ns", "5S", "--1s", "_5s",
      "1.0000000001s", "٥s", "\"\"",
    ])
  func noDurations(_ text: String) {
    #expect(Sample.errors("storage: { busy_timeout: \(text) }").count == 1)
  }

  @Test("Only skew and step may be negative")
  func negative() throws {
    let fault = try Sample.cell(
      "faults: [{ clock: all, at: 1s, skew: -2s, step: -5s, drift: -0.01, clocks: all }]"
    ).faults.first
    #expect(fault?.clock?.skew == .seconds(-2))
    #expect(fault?.clock?.step == .seconds(-5))
    #expect(fault?.clock?.drift == -0.01)
    #expect(fault?.clock?.clocks == .all)
    #expect(fault?.target == .all)
    #expect(Sample.errors("faults: [{ kill: all, at: -1s }]").count == 1)
    #expect(Sample.errors("locks: { poll: -1ms }").count == 1)
  }

  @Test(
    "Sizes are in powers of two or plain bytes",
    arguments: [("100B", 100), ("4KiB", 4_096), ("1MiB", 1 << 20), ("0.5KiB", 512), ("100", 100)])
  func sizes(_ text: String, _ bytes: Int64) throws {
    let load = try Sample.cell(load: "{ workload: kv, value_size: \(text) }").load
    #expect(load.valueSize == ByteCount(bytes))
  }

  @Test("What is no size is refused", arguments: ["4KB", "15B", "-1KiB", "1GiB", "0.3B", "big"])
  func noSizes(_ text: String) {
    #expect(Sample.errors("", load: "{ workload: kv, value_size: \(text) }").count == 1)
  }

  @Test("Rates are closed, so many a second, or a share of the capacity")
  func rates() throws {
    #expect(try Sample.cell(load: "{ workload: kv, rate: closed }").load.rate == .closed)
    #expect(try Sample.cell(load: "{ workload: kv, rate: 500/s }").load.rate == .perSecond(500))
    #expect(try Sample.cell(load: "{ workload: kv, rate: 0.5/s }").load.rate == .perSecond(0.5))
    for text in ["capacity*0.7", "capacity * 0.7", "Capacity*0.70"] {
      let load = try Sample.cell(load: "{ workload: kv, rate: '\(text)' }").load
      #expect(load.rate == .ofCapacity(0.7), "\(text)")
    }
    for text in ["capacity", "capacity*0", "capacity*5", "capacity*x", "0.7*capacity"] {
      #expect(Sample.errors("", load: "{ workload: kv, rate: '\(text)' }").count == 1, "\(text)")
    }
    for text in ["500", "0/s", "-1/s", "nan/s", "inf/s", "0x10/s", "open", "5/m", "/s"] {
      #expect(Sample.errors("", load: "{ workload: kv, rate: \(text) }").count == 1, "\(text)")
    }
  }

  @Test("A load ends after a duration or a number of operations")
  func extent() throws {
    #expect(try Sample.cell().load.extent == .duration(.seconds(5)))
    let load = try Sample.cell(load: "{ workload: kv, operations: 1_000_000 }").load
    #expect(load.extent == .operations(1_000_000))
  }

  @Test("The default number of keys depends on the workload, wherever it stands")
  func keys() throws {
    #expect(try Sample.cell(load: "{ workload: kv }").load.keyCount == 100_000)
    let load = try Sample.cell(
      load: "{ keys: { count: 5, distribution: zipfian }, writers: 3, workload: locks }"
    ).load
    #expect(load.keyCount == 5)
    #expect(load.distribution == .zipfian)
    #expect(load.writers == 3)
    #expect(load.workload == .locks)
    #expect(try Sample.cell(load: "{ workload: locks }").load.keyCount == 1)
  }

  @Test("A mix keeps its order and needs a weight")
  func mix() throws {
    let load = try Sample.cell(load: "{ workload: kv, mix: { store: 20, read: 80 } }").load
    #expect(load.mix.map(\.operation) == ["store", "read"])
    #expect(load.mix.map(\.weight) == [20, 80])
    for mix in ["{}", "{ read: 0 }", "{ red: 1 }", "{ read: -1 }", "read"] {
      #expect(Sample.errors("", load: "{ workload: kv, mix: \(mix) }").count == 1, "\(mix)")
    }
  }

  @Test("Pragmas keep the order of the file and the form in which SQLite reads them back")
  func pragmas() throws {
    let pragmas = try Sample.cell(
      "storage: { mmap_size: 64MiB, cache_size: -2000, foreign_keys: on, temp_store: memory, "
        + "auto_vacuum: 2, secure_delete: fast, locking_mode: NORMAL, read_uncommitted: no, "
        + "cell_size_check: 1, cache_spill: yes }"
    ).storage.pragmas
    #expect(
      pragmas.map { "\($0.name)=\($0.value)" } == [
        "mmap_size=67108864", "cache_size=-2000", "foreign_keys=1", "temp_store=2",
        "auto_vacuum=2", "secure_delete=fast", "locking_mode=normal", "read_uncommitted=0",
        "cell_size_check=1", "cache_spill=on",
      ])
  }

  @Test("A version range has bounds and holes")
  func versions() throws {
    let cell = try Sample.cell(
      "expect: { integrity: { is: valid, when: { library: '>=3.7.0 <=3.51.2 !3.44.6' } } }")
    let condition = cell.expectations.first?.rules.first?.conditions.first
    let expected = VersionRange(
      from: LibraryVersion(number: 3_007_000), below: LibraryVersion(number: 3_051_003),
      except: [LibraryVersion(number: 3_044_006)])
    #expect(condition == .library(expected))
    for text in [">=3.8 <3.8", "3", ">>3.8.0", "3.8.0.1", "!", "' '"] {
      let added = "expect: { integrity: { is: valid, when: { library: \(text) } } }"
      #expect(Sample.errors(added).count == 1, "\(text)")
    }
  }
}
