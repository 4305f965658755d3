import AssayModel
import Checkers
import SQLiteDriver
import Testing
import Workloads

/// Runs in which nothing is broken: the checks must accept them, and the content must be exactly
/// what the acknowledged operations say.
@Suite("Clean runs")
struct CleanRunTests {
  typealias Topology = StorageSettings.Topology

  /// Lets several actors of two processes take turns, one operation each, in an order from a seed.
  private static func interleave(
    _ workload: LoadSettings.Workload, seed: UInt64, operations: Int, topology: Topology = .pool,
    change: (inout PlannedCell) -> Void = { _ in }
  ) throws -> Judged {
    let trial = try Trial(workload, seed: seed) { cell in
      cell.load.processes = 2
      cell.load.writers = 2
      cell.load.readers = 1
      cell.storage.topology = topology
      change(&cell)
    }
    var actors: [TrialActor] = []
    for process in 0..<2 {
      for number in 0..<3 {
        actors.append(
          try trial.actor(number, process: process, role: number < 2 ? .writer : .reader))
      }
    }
    var generator = SeededGenerator(Seed(seed).derived("order"))
    for _ in 0..<operations {
      try actors[generator.below(actors.count)].perform()
    }
    return try trial.judge()
  }

  /// What is asked of each workload's clean run.
  private static func checks(_ workload: LoadSettings.Workload) -> [CheckName] {
    switch workload {
    case .ledger, .mixed: [.integrity, .durability, .atomicity, .busy]
    case .locks: [.integrity, .durability, .mutualExclusion, .busy]
    default: [.integrity, .durability, .busy]
    }
  }

  @Test(
    "Actors that take turns leave a history that every check accepts",
    arguments: [LoadSettings.Workload.kv, .ledger, .locks, .mixed], Topology.allCases)
  func takingTurns(workload: LoadSettings.Workload, topology: Topology) throws {
    let judged = try Self.interleave(workload, seed: 31, operations: 120, topology: topology)
    for check in Self.checks(workload) { judged.expect(check, .valid) }
    #expect(
      judged.events.allSatisfy {
        ($0.outcome == .ok || $0.code == HarnessCode.rolledBack) && $0.isFinal
      })
    #expect(Set(judged.events.map(\.actor)).count == 6, judged.replay)
  }

  @Test(
    "Actors on threads of their own leave a history that every check accepts",
    arguments: [LoadSettings.Workload.kv, .ledger, .locks], Topology.allCases)
  func onThreads(workload: LoadSettings.Workload, topology: Topology) throws {
    let trial = try Trial(workload, seed: 32, isVirtual: false) { cell in
      cell.load.processes = 2
      cell.load.writers = 2
      cell.load.readers = 1
      cell.load.extent = .operations(workload == .locks ? 60 : 300)
      cell.load.mix = [
        LoadSettings.Share(operation: "store", weight: 3),
        LoadSettings.Share(operation: "delete", weight: 1),
        LoadSettings.Share(operation: "read", weight: 1),
      ]
      cell.locks.poll = .milliseconds(1)
      cell.storage.topology = topology
      cell.storage.busyTimeout = .seconds(60)
    }
    try trial.runThreads()
    let judged = try trial.judge()
    for check in Self.checks(workload) { judged.expect(check, .valid) }
    let finals = judged.events.count { $0.isFirstAttempt && $0.operation.kind.isMain }
    #expect(finals == (workload == .locks ? 60 : 300), judged.replay)
  }

  @Test("Loads see the last store, and the final content is what the last writes left")
  func keysHoldTheLastWrite() throws {
    let judged = try Self.interleave(.kv, seed: 33, operations: 400) { cell in
      cell.load.mix = [
        LoadSettings.Share(operation: "store", weight: 2),
        LoadSettings.Share(operation: "delete", weight: 1),
        LoadSettings.Share(operation: "read", weight: 2),
      ]
    }
    var model = Dictionary(
      uniqueKeysWithValues: (0..<20).map { (UInt64($0), InitialContent.nonce(ofKey: UInt64($0))) })
    var kinds: [OperationKind: Int] = [:]
    for event in judged.events.sorted(by: { $0.invoked < $1.invoked }) {
      kinds[event.operation.kind, default: 0] += 1
      switch event.operation.kind {
      case .store: model[event.operation.subject] = event.operation.value
      case .delete: model[event.operation.subject] = nil
      default:
        #expect(event.operation.value == model[event.operation.subject] ?? 0, judged.replay)
      }
    }
    let content = Dictionary(uniqueKeysWithValues: judged.content.map { ($0.subject, $0.value) })
    #expect(content == model, judged.replay)
    let stores = judged.events.filter { $0.operation.kind == .store }
    #expect(Set(stores.map(\.operation.value)).count == stores.count, "a nonce names one store")
    #expect(kinds.count == 3 && kinds.values.allSatisfy { $0 > 30 }, "\(kinds)")
    judged.expect(.durability, .valid)
  }

  @Test("A writer's kinds of operation have the shares of the mix, a reader only loads")
  func sharesOfTheMix() throws {
    let trial = try Trial(.kv, seed: 40) { cell in
      cell.load.mix = [
        LoadSettings.Share(operation: "store", weight: 5),
        LoadSettings.Share(operation: "delete", weight: 0),
        LoadSettings.Share(operation: "read", weight: 15),
      ]
    }
    let (writer, reader) = (try trial.actor(), try trial.actor(1, role: .reader))
    try writer.perform(1_000)
    try reader.perform(20)
    let stores = writer.events.count { $0.operation.kind == .store }
    // 250 expected; 5 sigma are 68.
    #expect(abs(stores - 250) < 68, trial.replay)
    #expect(!writer.events.contains { $0.operation.kind == .delete })
    #expect(reader.events.allSatisfy { $0.operation.kind == .load })
  }

  @Test("Balances and rows of the ledger are the sum of the acknowledged transfers")
  func ledgerAddsUp() throws {
    let judged = try Self.interleave(.ledger, seed: 34, operations: 300)
    var balances = [Int64](repeating: InitialContent.balance, count: 20)
    var rows: Set<ContentRow> = []
    for event in judged.events where event.operation.kind == .transfer {
      let words = event.operation
      let (from, to) = (Int(words.value >> 32), Int(words.value & 0xffff_ffff))
      #expect(from != to)
      balances[from] -= Int64(words.extra)
      balances[to] += Int64(words.extra)
      rows.insert(
        ContentRow(.transfer, subject: words.subject, value: words.value, extra: words.extra))
    }
    let accounts = judged.content.filter { $0.kind == .account }
    #expect(accounts.map { Int64(bitPattern: $0.value) } == balances, judged.replay)
    #expect(Set(judged.content.filter { $0.kind == .transfer }) == rows, judged.replay)
    let audits = judged.events.filter { $0.operation.kind == .audit }
    #expect(!audits.isEmpty)
    #expect(audits.allSatisfy { $0.operation.value == UInt64(20 * InitialContent.balance) })
  }

  @Test("Protected writes stand in the order of their tokens, and the counters count them")
  func protectedWritesAreComplete() throws {
    let judged = try Self.interleave(.locks, seed: 35, operations: 120) { $0.load.keyCount = 3 }
    let writes = judged.events.filter { $0.operation.kind == .protectedWrite }
      .sorted { $0.invoked < $1.invoked }
    let rows = judged.content.filter { $0.kind == .protectedWrite }
    #expect(rows.map(\.extra) == writes.map(\.operation.extra), judged.replay)
    #expect(
      rows.map(\.value) == writes.map { $0.operation.subject << 32 | $0.operation.value },
      judged.replay)
    for counter in judged.content where counter.kind == .counter {
      let count = writes.count { $0.operation.subject == counter.subject }
      #expect(counter.value == UInt64(count))
      #expect(counter.extra == UInt64(count), "the token counts the acquisitions")
    }
    let reads = judged.events.filter { $0.operation.kind == .protectedRead }
    for read in reads {
      let before = writes.count {
        $0.operation.subject == read.operation.subject && $0.invoked < read.invoked
      }
      #expect(read.operation.value == UInt64(before), judged.replay)
    }
    judged.expect(.mutualExclusion, .valid)
  }

  @Test("An abandoned lock stays taken until its lease has ended, then the next one gets it")
  func abandonedLock() throws {
    let trial = try Trial(.locks, seed: 41) { $0.locks.ttl = .milliseconds(500) }
    let workload = try #require(try trial.process(1).workload as? LocksWorkload)
    let (waiter, dead) = (try trial.actor(), try trial.actor(process: 1))
    let clock = trial.clock
    let start = clock.monotonicNow()
    #expect(try workload.abandon(lock: 0, dead.recorder, deadline: start + .seconds(1)))
    try waiter.perform()
    let isTaken = try workload.abandon(
      lock: 0, dead.recorder, deadline: clock.monotonicNow() + .seconds(1))
    #expect(isTaken)
    let deadline = clock.monotonicNow() + .milliseconds(100)
    #expect(try !workload.abandon(lock: 0, dead.recorder, deadline: deadline))
    #expect(dead.events.last?.code == HarnessCode.lockTimedOut)
    let judged = try trial.judge()
    judged.expect(.mutualExclusion, .valid)
    judged.expect(.recoveryTime, .valid)
    let takeover = try #require(judged.findings.takeovers.first)
    let time = takeover.acquired - takeover.lastRenewal
    #expect(time >= .milliseconds(500) && time < .milliseconds(531), "poll 25 ms and a fifth")
  }

  @Test("The catalogue knows what this version runs, and nothing else")
  func catalogue() {
    let known = LoadSettings.Workload.allCases.filter { WorkloadCatalog.entry($0) != nil }
    #expect(known == [.kv, .locks, .ledger, .mixed, .sql])
    #expect(
      known.map { WorkloadCatalog.entry($0)?.mainOperation } == [
        .store, .acquire, .transfer, .updateOwn, .sqlTransaction,
      ])
  }

  @Test("A transfer from the only account to itself changes nothing and is a row all the same")
  func oneAccount() throws {
    let judged = try Self.interleave(.ledger, seed: 36, operations: 40) { $0.load.keyCount = 1 }
    judged.expect(.atomicity, .valid)
    judged.expect(.durability, .valid)
    #expect(judged.content.first?.value == UInt64(InitialContent.balance))
  }

  @Test("A database that nobody has touched holds the initial content that the checks expect")
  func initialContent() throws {
    let kv = try Trial(.kv, seed: 37).judge().content
    #expect(kv == (0..<20).map { ContentRow(.value, subject: $0, value: $0 + 1) })
    let ledger = try Trial(.ledger, seed: 37).judge().content
    #expect(ledger == (0..<20).map { ContentRow(.account, subject: $0, value: 1_000) })
    let locks = try Trial(.locks, seed: 37) { $0.load.keyCount = 2 }.judge().content
    #expect(locks == (0..<2).map { ContentRow(.counter, subject: $0, value: 0) })
  }

  @Test("What a run does to the database follows from its seed")
  func sameSeedSameHistory() throws {
    for workload in [LoadSettings.Workload.kv, .ledger, .locks, .mixed] {
      let one = try Self.interleave(workload, seed: 38, operations: 60)
      let two = try Self.interleave(workload, seed: 38, operations: 60)
      let other = try Self.interleave(workload, seed: 39, operations: 60)
      #expect(one.events == two.events)
      #expect(one.content == two.content)
      #expect(one.content != other.content)
    }
  }
}

extension OperationKind {
  /// Whether it begins what an actor was asked for, so that there is one per operation.
  fileprivate var isMain: Bool {
    switch self {
    case .release, .renew, .protectedWrite: false
    default: true
    }
  }
}
