import AssayModel
import AssayStorage
import SQLiteDriver

/// Thrown by a body to roll back its transaction; never reported as an error.
struct DeliberateRollback: Error {}

/// A writer or reader of workload `mixed`.
struct MixedActor: WorkloadActor {
  private static let updateRow = SQL("UPDATE mixed_rows SET nonce = ?2 WHERE id = ?1")
  private static let updateCounter = SQL("UPDATE mixed_counter SET count = count + 1")
  private static let writeCounter = SQL("UPDATE mixed_counter SET count = ?1")
  private static let updateCount = SQL(
    "UPDATE mixed_counts SET count = count + 1, nonce = ?2 WHERE owner = ?1")
  private static let insertLog = SQL(
    "INSERT INTO mixed_log(owner, nonce, padding) VALUES (?1, ?2, zeroblob(60))")
  private static let selectCounter = SQL("SELECT count FROM mixed_counter")
  private static let selectSum = SQL("SELECT sum(count) FROM mixed_counts")
  private static let selectRow = SQL("SELECT nonce FROM mixed_rows WHERE id = ?1")

  private static let updateBulk = SQL(
    "UPDATE mixed_bulk SET nonce = ?2, data = \(MixedWorkload.bulkText("?2")) WHERE id = ?1")
  private static let updateAll = SQL(
    "UPDATE mixed_rows SET nonce = ?3 WHERE id BETWEEN ?1 AND ?2")
  /// The last row violates NOT NULL when those before it are written already.
  private static let updateAllButLast = SQL(
    """
    UPDATE mixed_rows SET nonce = CASE id WHEN ?2 THEN NULL ELSE ?3 END
    WHERE id BETWEEN ?1 AND ?2
    """)

  private let database: Database
  private let time: any TimeSource
  private let owner: Int
  private let slots: Int
  private let readsFirst: Bool
  private var program: MixedProgram

  init(context: WorkloadContext, actor: ActorID, program: MixedProgram) {
    database = context.database
    time = context.environment.time
    owner = MixedWorkload.owner(actor, context.cell.load)
    slots = context.cell.load.keyCount
    readsFirst = context.cell.storage.begin == .deferred
    self.program = program
  }

  mutating func skip() { _ = program.next() }

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let step = program.next()
    if case .think(let pause) = step { return try time.sleep(for: pause) }
    var operation = operation(step)
    try Workloads.perform(
      operation, recorder, intended: intended, deadline: deadline, time: time
    ) {
      try act(step, &operation)
      return operation
    }
  }

  /// Returns the words of a step before its answer is known.
  private func operation(_ step: MixedStep) -> WorkloadOperation {
    switch step {
    case .own(let slot, let nonce):
      WorkloadOperation(.updateOwn, subject: UInt64(slot), value: nonce)
    case .counter(let nonce): WorkloadOperation(.increment, value: nonce)
    case .several(let group), .savepoint(let group, _), .refused(let group, _): group.operation
    case .resize(let nonce):
      WorkloadOperation(.updateOwn, subject: UInt64(slots), value: nonce)
    case .read(let owner, let slot):
      WorkloadOperation(.readMixed, subject: Self.rowWord(owner: owner, slot: slot))
    case .checkpoint, .think: WorkloadOperation(.checkpoint)
    }
  }

  private static func rowWord(owner: Int, slot: Int) -> UInt64 {
    UInt64(bitPattern: MixedWorkload.rowID(owner: owner, slot: slot))
  }

  private func act(_ step: MixedStep, _ operation: inout WorkloadOperation) throws {
    switch step {
    case .own(let slot, let nonce):
      try database.writeStatement { connection in
        try update(slot, nonce, &connection)
      }
    case .counter(let nonce):
      try database.write { connection in
        try countUp(&connection)
        try connection.run(Self.updateCount, Int64(owner), Int64(bitPattern: nonce))
      }
    case .several(let group): try write(group)
    case .savepoint(let group, let undone):
      try write(group) { connection in try undo(undone, &connection) }
    case .refused(let group, let undone):
      try write(group) { connection in try beRefused(undone, &connection) }
    case .resize(let nonce):
      try database.writeStatement { connection in
        try connection.run(
          Self.updateBulk, MixedWorkload.rowID(owner: owner, slot: slots),
          Int64(bitPattern: nonce))
      }
    case .read(let owner, let slot): try read(owner: owner, slot: slot, &operation)
    case .checkpoint(let mode): try checkpoint(mode, &operation)
    case .think: break
    }
  }

  /// Increments the counter. A deferred transaction reads first, as those do that only then find
  /// out what to write: the snapshot may be too old for that, and a lost update shows in the
  /// counter.
  private func countUp(_ connection: inout Connection) throws(SQLiteError) {
    guard readsFirst else { return try connection.run(Self.updateCounter) }
    let count = try connection.first(Self.selectCounter) { $0.int64(0) }
    try connection.run(Self.writeCounter, (count ?? 0) + 1)
  }

  private func update(
    _ slot: Int, _ nonce: UInt64, _ connection: inout Connection
  ) throws(SQLiteError) {
    try connection.run(
      Self.updateRow, MixedWorkload.rowID(owner: owner, slot: slot), Int64(bitPattern: nonce))
  }

  /// Runs a group in one transaction.
  ///
  /// - Parameter between: runs after the first row.
  private func write(
    _ group: MixedGroup, between: (inout Connection) throws -> Void = { _ in }
  ) throws {
    try database.write { connection in
      try update(group.slots.0, group.nonce, &connection)
      try between(&connection)
      if group.count > 1 { try update(group.slots.1, group.nonce, &connection) }
      if group.count > 2 { try update(group.slots.2, group.nonce, &connection) }
      if group.hasLogRow {
        try connection.run(Self.insertLog, Int64(owner), Int64(bitPattern: group.nonce))
      }
      if group.isRolledBack { throw DeliberateRollback() }
    }
  }

  /// Writes all rows of this actor in a savepoint, and rolls that back.
  private func undo(_ nonce: UInt64, _ connection: inout Connection) throws {
    do {
      try connection.savepoint("undone") { connection in
        try connection.run(Self.updateAll, firstRow, lastRow, Int64(bitPattern: nonce))
        try connection.run(Self.insertLog, Int64(owner), Int64(bitPattern: nonce))
        throw DeliberateRollback()
      }
    } catch is DeliberateRollback {}
  }

  /// Runs a statement that writes all rows but the last one and fails there.
  private func beRefused(_ nonce: UInt64, _ connection: inout Connection) throws {
    do throws(SQLiteError) {
      try connection.run(Self.updateAllButLast, firstRow, lastRow, Int64(bitPattern: nonce))
    } catch {
      guard error.code.primary == .constraint else { throw error }
    }
  }

  private var firstRow: Int64 { MixedWorkload.rowID(owner: owner, slot: 0) }
  private var lastRow: Int64 { MixedWorkload.rowID(owner: owner, slot: slots - 1) }

  /// Three statements in one transaction, so that a snapshot that is not one shows.
  private func read(owner: Int, slot: Int, _ operation: inout WorkloadOperation) throws {
    let row = MixedWorkload.rowID(owner: owner, slot: slot)
    let (counter, sum, nonce) = try database.read { connection in
      try connection.transaction(.deferred) { (connection) throws(SQLiteError) in
        (
          try connection.first(Self.selectCounter) { $0.int64(0) },
          try connection.first(Self.selectSum) { $0.int64(0) },
          try connection.first(Self.selectRow, row) { $0.int64(0) }
        )
      }
    }
    operation.value = UInt64(bitPattern: nonce ?? 0)
    operation.extra = UInt64(bitPattern: counter ?? 0)
    operation.detail = UInt64(bitPattern: sum ?? 0)
  }

  private func checkpoint(
    _ mode: CheckpointMode, _ operation: inout WorkloadOperation
  ) throws {
    let result = try database.withConnection { connection in try connection.checkpoint(mode) }
    operation.value = UInt64(bitPattern: Int64(result.logFrames))
    operation.extra = UInt64(bitPattern: Int64(result.checkpointedFrames))
    operation.detail = result.isBusy ? 1 : 0
  }
}
