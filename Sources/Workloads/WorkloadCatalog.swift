public import AssayModel
public import AssayStorage
public import SQLiteDriver

/// Finds the workload that a scenario names.
public enum WorkloadCatalog {
  /// A workload that this version can run, with its functions outside of its actors.
  public struct Entry: Sendable {
    /// One line for `assay list`.
    public var summary: String
    /// The kind of operation whose latency is in the table.
    public var mainOperation: OperationKind
    /// Creates schema and initial content in an empty database; inside one transaction.
    ///
    /// Throws `SQLiteError`, or `SQLProgramError` for a mistake in the scenario's own SQL.
    public var setUp: @Sendable (inout Connection, PlannedCell) throws -> Void
    /// Prepares the state that the actors of a process share.
    public var make: @Sendable (WorkloadContext) throws(StorageError) -> any Workload
    /// Reads the final content, row by row.
    public var readContent:
      @Sendable (inout Connection, (ContentRow) -> Void) throws(SQLiteError) -> Void
    /// Evaluates the scenario's own invariants.
    public var readInvariants: @Sendable (inout Connection, PlannedCell) -> [InvariantObservation] =
      { _, _ in [] }
  }

  /// Returns the workload, or `nil` when this version can't run it yet.
  public static func entry(_ workload: LoadSettings.Workload) -> Entry? {
    switch workload {
    case .kv:
      Entry(
        summary: "stores, loads and deletes of keys; every value carries a nonce",
        mainOperation: .store, setUp: KeyValueWorkload.setUp,
        make: { (context) throws(StorageError) in try KeyValueWorkload(context) },
        readContent: KeyValueWorkload.readContent)
    case .ledger:
      Entry(
        summary: "transfers between accounts, one row each; the sum is invariant",
        mainOperation: .transfer, setUp: LedgerWorkload.setUp,
        make: { (context) throws(StorageError) in try LedgerWorkload(context) },
        readContent: LedgerWorkload.readContent)
    case .locks:
      Entry(
        summary: "take a named lock, do protected work, release it",
        mainOperation: .acquire, setUp: LocksWorkload.setUp,
        make: { (context) throws(StorageError) in try LocksWorkload(context) },
        readContent: LocksWorkload.readContent)
    case .mixed:
      Entry(
        summary: "own rows, a shared counter, groups of writes, undone writes, reads, checkpoints",
        mainOperation: .updateOwn, setUp: MixedWorkload.setUp,
        make: { (context) throws(StorageError) in try MixedWorkload(context) },
        readContent: MixedWorkload.readContent)
    case .sql:
      Entry(
        summary: "the scenario's own schema, transactions and invariants",
        mainOperation: .sqlTransaction, setUp: SQLWorkload.setUp,
        make: { (context) throws(StorageError) in try SQLWorkload(context) },
        // Only the user knows the meaning of the rows.
        readContent: { _, _ in },
        readInvariants: { connection, cell in
          SQLProgram.observe(cell, &connection)
        })
    case .queue, .backup, .migration, .listAppend:
      nil
    }
  }
}
