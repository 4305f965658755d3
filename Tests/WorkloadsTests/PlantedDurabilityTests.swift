import AssayModel
import AssayStorage
import SQLiteDriver
import Testing
import Workloads

/// Commits that are acknowledged and then are not there.
@Suite("Planted: durability")
struct PlantedDurabilityTests {
  // MARK: Acknowledged before COMMIT

  /// A writer that says "done" before COMMIT; some of its transactions then come to nothing.
  private static func hasty(lost: Set<UInt32>) throws -> Judged {
    let trial = try Trial(.ledger, seed: 51)
    let identifier = ActorID(process: 0, incarnation: 0, actor: 0)
    let actor = trial.adopt(
      HastyTransferActor(database: try trial.process().database, actor: identifier, lost: lost),
      as: identifier)
    try actor.perform(30)
    return try trial.judge()
  }

  @Test("A transfer that was acknowledged before its COMMIT and rolled back is named as lost")
  func acknowledgedTransferIsLost() throws {
    let judged = try Self.hasty(lost: [17])
    judged.expect(.durability, .violated)
    #expect(judged.result(.durability).evidence == "30 acknowledged transfers, 29 rows")
    #expect(
      judged.witness(.durability).hasPrefix("transfer p0.0/a0#17, acknowledged, invoked +0.0000"))
    #expect(judged.witness(.durability).hasSuffix("has no row"))
    // Nothing of it was done, so what is there is consistent.
    judged.expect(.atomicity, .valid)
  }

  @Test("The same hasty writer is valid as long as every COMMIT succeeds")
  func hastyButLucky() throws {
    let judged = try Self.hasty(lost: [])
    judged.expect(.durability, .valid)
    judged.expect(.atomicity, .valid)
  }

  // MARK: Acknowledged, never made

  /// A run of workload `kv` by two processes over a database that may swallow writes.
  private static func keys(sabotage: String?) throws -> Judged {
    let trial = try Trial(.kv, seed: 52) { $0.load.processes = 2 }
    let (a, b) = (try trial.actor(process: 0), try trial.actor(process: 1))
    try a.perform(30)
    if let sabotage { try trial.execute(sabotage) }
    try b.perform(30)
    return try trial.judge()
  }

  @Test("A database that says yes to a store and keeps the old value is caught by the key")
  func storeIsSwallowed() throws {
    let judged = try Self.keys(
      sabotage: """
        CREATE TRIGGER swallow BEFORE UPDATE ON certmagic_data WHEN NEW.key = 'key/00000003'
        BEGIN SELECT RAISE(IGNORE); END
        """)
    judged.expect(.durability, .violated)
    #expect(judged.result(.durability).witness.count == 1, judged.replay)
    let stores = judged.events.filter { $0.operation.subject == 3 && $0.actor.process == 1 }
    let last = try #require(stores.last)
    #expect(last.outcome == .ok)
    let witness = judged.witness(.durability)
    #expect(witness.hasPrefix("key 3 holds nonce "), "\(witness)")
    #expect(witness.contains("the store of nonce \(last.operation.value) by p1.0/a0, invoked"))
    #expect(witness.hasSuffix("was acknowledged"))
    try Self.keys(sabotage: nil).expect(.durability, .valid)
  }

  @Test("A key that comes back with a value that nobody wrote, or is gone, is caught")
  func valueIsForeignOrGone() throws {
    let foreign = try Self.keys(
      sabotage: """
        CREATE TRIGGER forge AFTER UPDATE ON certmagic_data
        WHEN NEW.key = 'key/00000003' AND NEW.value <> zeroblob(100)
        BEGIN UPDATE certmagic_data SET value = x'ff00000000000000' WHERE key = NEW.key; END
        """)
    foreign.expect(.durability, .violated)
    #expect(foreign.witness(.durability).hasPrefix("key 3 holds nonce 255, which no actor wrote"))

    let gone = try Self.keys(
      sabotage: """
        CREATE TRIGGER forget AFTER UPDATE ON certmagic_data WHEN NEW.key = 'key/00000003'
        BEGIN DELETE FROM certmagic_data WHERE key = NEW.key; END
        """)
    gone.expect(.durability, .violated)
    #expect(gone.witness(.durability).hasPrefix("key 3 is absent, which no actor wrote"))
  }

  // MARK: Files

  @Test(
    "A copy of the database without its WAL has lost what was acknowledged",
    arguments: [false, true])
  func copyWithoutTheLog(isCopiedWithLog: Bool) throws {
    for workload in [LoadSettings.Workload.kv, .ledger, .locks] {
      let trial = try Trial(workload, seed: 53)
      let actor = try trial.actor()
      try actor.perform(40)
      // The engine is still open: no checkpoint has moved the log into the file.
      try trial.folder.copy(Trial.databaseName, to: "copy.db")
      if isCopiedWithLog {
        try trial.folder.copy(Trial.databaseName + "-wal", to: "copy.db-wal")
      }
      try trial.judge().expect(.durability, .valid)
      let copy = try trial.judge("copy.db")
      copy.expect(.durability, isCopiedWithLog ? .valid : .violated)
      copy.expect(.integrity, .valid)
      if !isCopiedWithLog, workload == .kv {
        #expect(copy.witness(.durability).contains("as before the run; the store of nonce"))
      }
    }
  }

  // MARK: On threads

  /// Four threads transfer; every seventh row may vanish in its own transaction.
  private static func vanishing(sabotage: String?) throws -> Judged {
    let trial = try Trial(.ledger, seed: 54, isVirtual: false) { cell in
      cell.load.processes = 2
      cell.load.writers = 2
      cell.load.extent = .operations(200)
      cell.storage.busyTimeout = .seconds(60)
    }
    if let sabotage { try trial.execute(sabotage) }
    try trial.runThreads()
    return try trial.judge()
  }

  @Test("Four threads lose every seventh row, and the check counts them all")
  func rowsVanishUnderThreads() throws {
    let judged = try Self.vanishing(
      sabotage: """
        CREATE TRIGGER vanish AFTER INSERT ON transfers WHEN NEW.id % 7 = 0
        BEGIN DELETE FROM transfers WHERE id = NEW.id; END
        """)
    judged.expect(.durability, .violated)
    let lost = judged.events.count { Int64(bitPattern: $0.operation.subject) % 7 == 0 }
    #expect(judged.result(.durability).evidence.contains("\(200 - lost) rows"), judged.replay)
    #expect(judged.result(.durability).witness.last == "and \(lost - 5) more")
    try Self.vanishing(sabotage: nil).expect(.durability, .valid)
  }
}

/// Transfers one unit from account 0 to 1 and tells its recorder so *before* COMMIT.
struct HastyTransferActor: WorkloadActor {
  /// What ends a transaction that is to be lost.
  private struct Crash: Error {}

  let database: Database
  let actor: ActorID
  let lost: Set<UInt32>
  private var sequence: UInt32 = 0

  init(database: Database, actor: ActorID, lost: Set<UInt32>) {
    self.database = database
    self.actor = actor
    self.lost = lost
  }

  mutating func skip() {}

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let operation = WorkloadOperation(
      .transfer, subject: TransferID(actor: actor, number: sequence).rawValue, value: 1, extra: 1)
    let isLost = lost.contains(sequence)
    sequence += 1
    recorder.begin(intended: intended)
    recorder.invoke(operation)
    do {
      try database.write { connection in
        try connection.execute(
          """
          UPDATE accounts SET balance = balance - 1 WHERE id = 0;
          UPDATE accounts SET balance = balance + 1 WHERE id = 1;
          INSERT INTO transfers VALUES (\(Int64(bitPattern: operation.subject)), 0, 1, 1);
          """)
        recorder.complete(operation, .ok, code: 0, isFinal: true)
        if isLost { throw Crash() }
      }
    } catch is Crash {
      // Too late: the recorder has been told.
    } catch {
      Issue.record("\(error)")
    }
  }
}
