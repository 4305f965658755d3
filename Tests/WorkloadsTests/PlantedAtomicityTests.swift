import AssayModel
import AssayStorage
import SQLiteDriver
import Testing
import Workloads

/// Transfers of which a part is missing, or was seen too early.
@Suite("Planted: atomicity")
struct PlantedAtomicityTests {
  // MARK: Halves in the database

  /// Thirty transfers and audits by two processes over a database that may do half the work.
  private static func ledger(sabotage: String? = nil, seed: UInt64 = 61) throws -> Judged {
    let trial = try Trial(.ledger, seed: seed) { $0.load.processes = 2 }
    let (a, b) = (try trial.actor(process: 0), try trial.actor(process: 1))
    if let sabotage { try trial.execute(sabotage) }
    try a.perform(15)
    try b.perform(15)
    return try trial.judge()
  }

  /// Undoes a part of one transfer, chosen by its number within process 1.
  private static func trigger(_ work: String) -> String {
    let identifier = TransferID(
      actor: ActorID(process: 1, incarnation: 0, actor: 0), number: 7)
    return """
      CREATE TRIGGER half AFTER INSERT ON transfers
      WHEN NEW.id = \(Int64(bitPattern: identifier.rawValue)) BEGIN \(work) END
      """
  }

  private static func victim(_ judged: Judged) throws -> (from: Int, to: Int, amount: Int) {
    let victim = try #require(
      judged.events.first { $0.actor.process == 1 && $0.sequence == 7 }?.operation)
    return (Int(victim.value >> 32), Int(victim.value & 0xffff_ffff), Int(victim.extra))
  }

  @Test("A ledger that keeps its promises is valid, audits included", arguments: [61, 62, 63])
  func soundLedger(seed: UInt64) throws {
    let judged = try Self.ledger(seed: seed)
    judged.expect(.atomicity, .valid)
    judged.expect(.durability, .valid)
  }

  @Test("A lost credit is named with the sum, the account and the transfer")
  func lostCredit() throws {
    let judged = try Self.ledger(
      sabotage: Self.trigger(
        "UPDATE accounts SET balance = balance - NEW.amount WHERE id = NEW.to_account;"))
    let (from, to, amount) = try Self.victim(judged)
    judged.expect(.atomicity, .violated)
    let witness = judged.result(.atomicity).witness
    let sum = 20_000 - amount
    #expect(
      witness.first
        == "the balances add up to \(sum / 1_000),\(String(sum % 1_000 + 1_000).dropFirst())"
        + " instead of 20,000", "\(witness)")
    #expect(witness.contains { $0.hasPrefix("account \(to) holds ") }, "\(witness)")
    #expect(
      witness.contains(
        "half-applied, perhaps: transfer p1.0/a0#7 of \(amount) from \(from) to \(to) (ok); "
          + "account \(to) is off by -\(amount)"), "\(witness)")
    // Its row is there, so durability has nothing to say.
    judged.expect(.durability, .valid)
  }

  @Test("A lost debit makes money, which is named too")
  func lostDebit() throws {
    let judged = try Self.ledger(
      sabotage: Self.trigger(
        "UPDATE accounts SET balance = balance + NEW.amount WHERE id = NEW.from_account;"))
    let (from, to, amount) = try Self.victim(judged)
    judged.expect(.atomicity, .violated)
    #expect(judged.witness(.atomicity).contains("the balances add up to 20,0"))
    #expect(
      judged.witness(.atomicity).contains(
        "transfer p1.0/a0#7 of \(amount) from \(from) to \(to) (ok); account \(from) is off by"))
  }

  @Test("A transfer that is undone but for its row leaves the sum right and is found all the same")
  func undoneButForItsRow() throws {
    let judged = try Self.ledger(
      sabotage: Self.trigger(
        """
        UPDATE accounts SET balance = balance - NEW.amount WHERE id = NEW.to_account;
        UPDATE accounts SET balance = balance + NEW.amount WHERE id = NEW.from_account;
        """))
    let (from, to, _) = try Self.victim(judged)
    judged.expect(.atomicity, .violated)
    #expect(!judged.witness(.atomicity).contains("add up"))
    #expect(judged.witness(.atomicity).contains("account \(from) holds "))
    #expect(judged.witness(.atomicity).contains("account \(to) holds "))
    judged.expect(.durability, .valid)
  }

  @Test("A missing row violates both: the transfer is lost, and the balances have no reason")
  func missingRow() throws {
    let judged = try Self.ledger(
      sabotage: Self.trigger("DELETE FROM transfers WHERE id = NEW.id;"))
    judged.expect(.durability, .violated)
    #expect(judged.witness(.durability).hasPrefix("transfer p1.0/a0#7, acknowledged, invoked"))
    judged.expect(.atomicity, .violated)
    #expect(!judged.witness(.atomicity).contains("add up"))
  }

  @Test("A phantom row is named by both checks, and by who would have written it")
  func phantomRow() throws {
    let phantom = TransferID(actor: ActorID(process: 9, incarnation: 2, actor: 3), number: 77)
    let judged = try Self.ledger(
      sabotage: """
        INSERT INTO transfers VALUES (\(Int64(bitPattern: phantom.rawValue)), 4, 5, 1111)
        """)
    judged.expect(.durability, .violated)
    #expect(
      judged.witness(.durability) == "transfer p9.2/a3#77 has a row, but no actor asked for it")
    judged.expect(.atomicity, .violated)
    #expect(judged.witness(.atomicity).contains("account 4 holds "))
    #expect(judged.witness(.atomicity).contains("account 5 holds "))
  }

  @Test("Every seventh credit is lost under four threads, and the sum says how much")
  func lostCreditsUnderThreads() throws {
    func run(sabotage: String?) throws -> Judged {
      let trial = try Trial(.ledger, seed: 64, isVirtual: false) { cell in
        cell.load.processes = 2
        cell.load.writers = 2
        cell.load.readers = 1
        cell.load.extent = .operations(300)
        cell.storage.busyTimeout = .seconds(60)
      }
      if let sabotage { try trial.execute(sabotage) }
      try trial.runThreads()
      return try trial.judge()
    }
    let judged = try run(
      sabotage: """
        CREATE TRIGGER half AFTER INSERT ON transfers WHEN NEW.id % 7 = 0
        BEGIN UPDATE accounts SET balance = balance - NEW.amount WHERE id = NEW.to_account; END
        """)
    judged.expect(.atomicity, .violated)
    #expect(judged.witness(.atomicity).contains("the balances add up to"))
    judged.expect(.durability, .valid)
    let sound = try run(sabotage: nil)
    sound.expect(.atomicity, .valid)
    sound.expect(.durability, .valid)
  }

  // MARK: Halves that a reader sees

  /// A real auditor looks while a writer is between its two updates.
  private static func watched(isSplit: Bool, topology: StorageSettings.Topology) throws -> Judged {
    let trial = try Trial(.ledger, seed: 65) { cell in
      cell.load.readers = 1
      cell.storage.topology = topology
    }
    let auditor = try trial.actor(1, role: .reader)
    let identifier = ActorID(process: 0, incarnation: 0, actor: 0)
    let writer = trial.adopt(
      WatchedTransferActor(
        database: try trial.process().database, actor: identifier, isSplit: isSplit
      ) { expectNoError { try auditor.perform() } }, as: identifier)
    try writer.perform(3)
    return try trial.judge()
  }

  @Test(
    "Debit and credit in two transactions show a reader the wrong sum, though the end is right",
    arguments: StorageSettings.Topology.allCases)
  func readerSeesHalf(topology: StorageSettings.Topology) throws {
    let judged = try Self.watched(isSplit: true, topology: topology)
    judged.expect(.atomicity, .violated)
    let witness = judged.result(.atomicity).witness
    #expect(witness.count == 3, "\(witness)")
    #expect(
      witness.allSatisfy {
        $0.hasPrefix("the audit of p0.0/a1, invoked ")
          && $0.hasSuffix("read the sum 19,950 instead of 20,000")
      }, "\(witness)")
    judged.expect(.durability, .valid)
  }

  @Test(
    "The same reader at the same moment sees no half of a transfer that is one transaction",
    arguments: [StorageSettings.Topology.pool, .singleWriter])
  func readerSeesWhole(topology: StorageSettings.Topology) throws {
    let judged = try Self.watched(isSplit: false, topology: topology)
    judged.expect(.atomicity, .valid)
    #expect(judged.result(.atomicity).evidence.hasSuffix("20 accounts, 3 audits"))
  }
}

/// Transfers 50 from account 2 to 3, and lets somebody look between the two updates.
private struct WatchedTransferActor: WorkloadActor {
  let database: Database
  let actor: ActorID
  /// Whether debit and credit are two transactions.
  let isSplit: Bool
  let watcher: () -> Void
  private var sequence: UInt32 = 0

  init(
    database: Database, actor: ActorID, isSplit: Bool, watcher: @escaping () -> Void
  ) {
    self.database = database
    self.actor = actor
    self.isSplit = isSplit
    self.watcher = watcher
  }

  mutating func skip() {}

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let operation = WorkloadOperation(
      .transfer, subject: TransferID(actor: actor, number: sequence).rawValue, value: 2 << 32 | 3,
      extra: 50)
    sequence += 1
    recorder.begin(intended: intended)
    recorder.invoke(operation)
    expectNoError { try transfer(Int64(bitPattern: operation.subject)) }
    recorder.complete(operation, .ok, code: 0, isFinal: true)
  }

  private func transfer(_ identifier: Int64) throws {
    let debit = "UPDATE accounts SET balance = balance - 50 WHERE id = 2"
    let credit = """
      UPDATE accounts SET balance = balance + 50 WHERE id = 3;
      INSERT INTO transfers VALUES (\(identifier), 2, 3, 50);
      """
    if isSplit {
      try database.write { try $0.execute(debit) }
      watcher()
      try database.write { try $0.execute(credit) }
    } else {
      try database.write { connection in
        try connection.execute(debit)
        watcher()
        try connection.execute(credit)
      }
    }
  }
}
