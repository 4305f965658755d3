import AssayModel
import FaultVFS
import Testing

@testable import Runner

/// Sweeps by real workers.
@Suite("Fault sweeps")
struct SweepTests {
  @Test(
    "A small cell handles every error of the file system layer",
    arguments: zip(["kv", "ledger"], ["wal", "delete"]))
  func ioErrors(workload: String, journal: String) async throws {
    let outcome = try await SweepHarness().sweep(
      SweepHarness.small(workload, journal: journal, minimum: 100))
    #expect(outcome.status(.errorHandling) == .valid, "\(outcome.text)")
    #expect(outcome.status(.integrity) == .valid, "\(outcome.text)")
    #expect(outcome.status(.durability) == .valid, "\(outcome.text)")
    #expect(outcome.findings.isEmpty)
    let explored = outcome.explored
    #expect(explored["programs"] == 1 && (explored["reported"] ?? 0) > 0)
    for name in ["read", "write", "sync", "open", "lock", "disk_full", "fsync_error"] {
      #expect((explored["faults_\(name)"] ?? 0) > 0, "\(name): \(outcome.text)")
    }
  }

  @Test("In a load without writers nothing is written, not even after the fault")
  func readersOnly() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        world: simulated
        storage: { journal_mode: persist, synchronous: extra, max_open_connections: 1 }
        load: { workload: mixed, processes: 2, writers: 0, readers: 2, operations: 9,
          keys: { count: 3 } }
        explore: { sweep: io-errors, schedules: 1, minimum: 1 }
        expect: { integrity: valid, durability: valid, error_handling: valid }
        """), in: try Sandbox(), within: .seconds(120))
    // No write, no verdict; what was read came back whole, or something would be violated.
    #expect(ending.code == 4, "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.verdicts.allSatisfy { $0.status == .unknown }, "\(cell.verdicts)")
    #expect(cell.explored["faults"] ?? 0 > 50)
  }

  @Test("A run in which two actors block each other for ever is stuck, and says nothing else")
  func stuck() async throws {
    // Neither waits for a lock, and both try again after the same pause: one of them keeps a shared
    // lock whenever the other one needs the exclusive lock. What they leave is locked by them.
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        world: simulated
        storage: { journal_mode: persist, synchronous: off, busy: none, begin: immediate,
          max_open_connections: 10 }
        load: { workload: kv, writers: 3, operations: 2, keys: { count: 10 } }
        disk: { read: 1ms }
        explore: { sweep: io-errors, schedules: 1, minimum: 5, budget: 1s }
        expect: { integrity: valid, progress: valid, error_handling: valid }
        """), ["--seed", "962"], in: try Sandbox(), within: .seconds(120))
    let cell = try #require(result.cells.first, "\(ending.errors)")
    let statuses = Dictionary(uniqueKeysWithValues: cell.verdicts.map { ($0.check, $0) })
    #expect(statuses[.progress]?.status == .violated, "\(cell.verdicts)")
    #expect(statuses[.progress]?.witness.first?.contains(": livelock of ") == true)
    #expect(statuses[.integrity]?.status == .valid, "\(cell.verdicts)")
    #expect(statuses[.errorHandling]?.status == .valid, "\(cell.verdicts)")
  }

  @Test("A small cell handles every failed allocation")
  func memory() async throws {
    let outcome = try await SweepHarness().sweep(
      SweepHarness.small("ledger", sweep: "memory", operations: 1))
    #expect(outcome.checks.allSatisfy { $0.status == .valid }, "\(outcome.text)")
    let faults = outcome.explored["faults"] ?? 0
    #expect(faults > 200 && outcome.explored["faults_allocation"] == faults, "\(outcome.text)")
    #expect((outcome.explored["reported"] ?? 0) > faults / 2, "\(outcome.text)")
  }

  @Test("The number of workers changes nothing")
  func jobs() async throws {
    // A cell with findings: without a journal nothing can be rolled back.
    let cell = try SweepHarness.small("ledger", journal: "off")
    let harness = try SweepHarness()
    let one = try await harness.sweep(cell, jobs: 1)
    let three = try await harness.sweep(cell, jobs: 3)
    #expect(one.explored == three.explored)
    #expect(one.checks == three.checks)
    #expect(one.findings == three.findings && !one.findings.isEmpty)
  }

  @Test("Without a journal an error damages the database, and the finding does so again")
  func knownBad() async throws {
    let harness = try SweepHarness()
    let outcome = try await harness.sweep(SweepHarness.small("ledger", journal: "off"))
    // The cell does not ask for atomicity: the check of errors says it.
    #expect(outcome.status(.errorHandling) == .violated, "\(outcome.text)")
    let finding = try #require(outcome.findings.first)
    let fault = try #require(finding.fault)
    #expect(finding.summary.hasPrefix("\(fault): ") && fault.call > 0)
    let again = try await harness.runAgain(finding)
    #expect(again == finding.problems)
    // A call that never comes hits nothing.
    var other = finding
    other.fault?.call = 10_000
    let nothing = try await harness.runAgain(other)
    #expect(nothing == [])
  }

  @Test("A read of the database that comes back short is taken for its end, and is found")
  func shortRead() async throws {
    let cell = try SweepHarness.small("ledger", journal: "delete")
    let line = SweepFault.Line(
      target: .call(effect: .shortRead, method: .read, file: .database), isLasting: true)
    #expect(!SweepFault.Line.all(of: cell).contains(line), "SQLite does not promise that")
    var found: [CheckName] = []
    for call in 1...8 where found.isEmpty {
      let finding = SweepFinding(
        scenario: "sample", cell: cell, program: 0,
        fault: SweepFault(program: 0, line: line, call: call), problems: [])
      found = try await SweepHarness().runAgain(finding).map(\.check)
    }
    #expect(!found.isEmpty)
  }

  @Test("Fewer faults than the minimum are no verdict, and name both numbers")
  func minimum() async throws {
    let outcome = try await SweepHarness().sweep(
      SweepHarness.small("kv", minimum: 1_000_000, operations: 1))
    let faults = try #require(outcome.explored["faults"])
    for check in outcome.checks {
      #expect(check.status == .unknown)
      #expect(check.reason == "\(faults) faults are fewer than the minimum of 1000000")
    }
    #expect(outcome.checks.count == 3)
  }

  @Test("Without a number of programs, as many are swept as the minimum needs")
  func programs() async throws {
    var cell = try SweepHarness.small("kv", operations: 1)
    let harness = try SweepHarness()
    let one = try await harness.sweep(cell)
    let faults = try #require(one.explored["faults"])
    cell.explore?.schedules = nil
    cell.explore?.minimum = Int(faults) + 1
    let two = try await harness.sweep(cell)
    #expect(two.explored["programs"] == 2)
    #expect((two.explored["faults"] ?? 0) > faults)
    #expect(two.status(.errorHandling) == .valid, "\(two.text)")
  }

  @Test("A sweep whose budget is used up says so and gives no verdict")
  func budget() async throws {
    var cell = try SweepHarness.small("kv", minimum: 1_000_000)
    cell.explore?.budget = Nanoseconds(1)
    let outcome = try await SweepHarness().sweep(cell)
    let reason = outcome.checks.first?.reason ?? ""
    #expect(reason.hasSuffix("; the budget was used up"), "\(outcome.text)")
  }

  @Test("A sync that loses data is tried only where every commit syncs")
  func fsyncErrors() throws {
    var cell = try SweepHarness.small("kv")
    func lines() -> Int {
      SweepFault.Line.all(of: cell).count { $0.target.countName == "fsync_error" }
    }
    #expect(lines() == 2 * FileKind.allCases.count)
    cell.storage.synchronous = .normal
    #expect(lines() == 0)
  }
}
