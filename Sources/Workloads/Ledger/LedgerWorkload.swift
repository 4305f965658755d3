public import AssayModel
public import AssayStorage
public import SQLiteDriver

/// Workload `ledger`: transfers between accounts, one row per transfer; the sum is invariant.
///
/// A transfer debits one account, credits another and inserts its own row, all in one transaction.
/// So half a transfer shows in the sum, and a lost one in the missing row.
public struct LedgerWorkload: Workload {
  private let context: WorkloadContext

  /// Stores the context; needs no preparation beyond the database.
  public init(_ context: WorkloadContext) throws(StorageError) {
    self.context = context
  }

  /// Creates one actor: a writer transfers, a reader adds up all balances.
  public func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    let generator = SeededGenerator(context.seed(of: actor))
    switch role {
    case .writer:
      return TransferActor(context: context, actor: actor, generator: generator)
    case .reader:
      return AuditActor(database: context.database, time: context.environment.time)
    }
  }

  /// Creates the tables and the accounts.
  public static func setUp(
    _ connection: inout Connection, _ cell: PlannedCell
  ) throws(SQLiteError) {
    try connection.execute(
      """
      CREATE TABLE accounts(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
      CREATE TABLE transfers(
        id INTEGER PRIMARY KEY,
        from_account INTEGER NOT NULL REFERENCES accounts(id),
        to_account INTEGER NOT NULL REFERENCES accounts(id),
        amount INTEGER NOT NULL);
      """)
    for account in 0..<cell.load.keyCount {
      try connection.run(insertAccount, Int64(account), InitialContent.balance)
    }
  }

  private static let insertAccount = SQL("INSERT INTO accounts(id, balance) VALUES (?1, ?2)")
  private static let selectAccounts = SQL("SELECT id, balance FROM accounts")
  private static let selectTransfers = SQL(
    "SELECT id, from_account, to_account, amount FROM transfers")

  /// Reads every account and every transfer.
  public static func readContent(
    _ connection: inout Connection, _ emit: (ContentRow) -> Void
  ) throws(SQLiteError) {
    try connection.withStatement(selectAccounts) { (statement) throws(SQLiteError) in
      while try statement.step() {
        emit(
          ContentRow(
            .account, subject: UInt64(bitPattern: statement.int64(0)),
            value: UInt64(bitPattern: statement.int64(1))))
      }
    }
    try connection.withStatement(selectTransfers) { (statement) throws(SQLiteError) in
      while try statement.step() {
        emit(
          ContentRow(
            .transfer, subject: UInt64(bitPattern: statement.int64(0)),
            value: accountsWord(from: statement.int64(1), to: statement.int64(2)),
            extra: UInt64(bitPattern: statement.int64(3))))
      }
    }
  }
}

/// Returns both accounts of a transfer in one word, as events and rows of content carry them.
private func accountsWord(from: Int64, to: Int64) -> UInt64 {
  UInt64(bitPattern: from) << 32 | UInt64(bitPattern: to) & 0xffff_ffff
}

/// A writer of workload `ledger`.
struct TransferActor: WorkloadActor {
  private static let debit = SQL("UPDATE accounts SET balance = balance - ?2 WHERE id = ?1")
  private static let credit = SQL("UPDATE accounts SET balance = balance + ?2 WHERE id = ?1")
  private static let insert = SQL(
    "INSERT INTO transfers(id, from_account, to_account, amount) VALUES (?1, ?2, ?3, ?4)")

  private let database: Database
  private let time: any TimeSource
  private let actor: ActorID
  private let chooser: KeyChooser
  private let accounts: Int
  private var generator: SeededGenerator
  private var sequence: UInt32 = 0

  init(context: WorkloadContext, actor: ActorID, generator: SeededGenerator) {
    database = context.database
    time = context.environment.time
    self.actor = actor
    accounts = context.cell.load.keyCount
    chooser = KeyChooser(count: accounts, distribution: context.cell.load.distribution)
    self.generator = generator
  }

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let transfer = draw()
    let operation = transfer.operation
    try Workloads.perform(
      operation, recorder, intended: intended, deadline: deadline, time: time
    ) {
      try database.write { connection in
        try connection.run(Self.debit, transfer.from, transfer.amount)
        try connection.run(Self.credit, transfer.to, transfer.amount)
        try connection.run(
          Self.insert, transfer.identifier, transfer.from, transfer.to, transfer.amount)
      }
      return operation
    }
  }

  mutating func skip() { _ = draw() }

  /// One transfer, drawn and not yet made.
  private struct Transfer {
    var identifier: Int64
    var from: Int64
    var to: Int64
    var amount: Int64

    var operation: WorkloadOperation {
      WorkloadOperation(
        .transfer, subject: UInt64(bitPattern: identifier),
        value: accountsWord(from: from, to: to), extra: UInt64(bitPattern: amount))
    }
  }

  private mutating func draw() -> Transfer {
    let from = chooser.next(&generator)
    // A second draw until the accounts differ would not end with one account.
    let to = accounts == 1 ? from : (from + 1 + generator.below(accounts - 1)) % accounts
    let amount = Int64(1 + generator.below(100))
    let identifier = TransferID(actor: actor, number: sequence)
    sequence += 1
    return Transfer(
      identifier: Int64(bitPattern: identifier.rawValue), from: Int64(from), to: Int64(to),
      amount: amount)
  }
}

/// A reader of workload `ledger`: adds up all balances in one statement, so in one snapshot.
struct AuditActor: WorkloadActor {
  private static let sum = SQL("SELECT sum(balance) FROM accounts")

  let database: Database
  let time: any TimeSource

  /// Does nothing: there are no random numbers to draw.
  mutating func skip() {}

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    var operation = WorkloadOperation(.audit)
    try Workloads.perform(
      operation, recorder, intended: intended, deadline: deadline, time: time
    ) {
      let sum = try database.read { connection in
        try connection.first(Self.sum) { $0.int64(0) }
      }
      operation.value = UInt64(bitPattern: sum ?? 0)
      return operation
    }
  }
}
