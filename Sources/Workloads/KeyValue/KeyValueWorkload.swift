public import AssayModel
public import AssayStorage
public import SQLiteDriver

/// Workload `kv`: stores, loads and deletes of keys with values that carry a nonce.
///
/// Every value begins with a nonce, because SQLite compares a page before it dirties it: storing
/// the same value again would be no write at all.
public struct KeyValueWorkload: Workload {
  private let context: WorkloadContext
  private let store: KeyValueStore
  private let chooser: KeyChooser

  /// Prepares the table.
  public init(_ context: WorkloadContext) throws(StorageError) {
    self.context = context
    store = try KeyValueStore(context.database)
    chooser = KeyChooser(
      count: context.cell.load.keyCount, distribution: context.cell.load.distribution)
  }

  /// Creates one actor; a reader only loads.
  public func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    KeyValueActor(
      store: store, chooser: chooser, keyCount: context.cell.load.keyCount,
      mix: Self.mix(context.cell.load, role: role),
      valueSize: Int(context.cell.load.valueSize.bytes), actor: actor,
      generator: SeededGenerator(context.seed(of: actor)), time: context.environment.time)
  }

  /// Returns the kinds of operation and their weights.
  private static func mix(
    _ load: LoadSettings, role: ActorRole
  ) -> [(kind: OperationKind, weight: Int)] {
    if role == .reader { return [(.load, 1)] }
    if load.mix.isEmpty { return [(.store, 1)] }
    return load.mix.compactMap { share in
      switch share.operation {
      case "read", "load": (.load, share.weight)
      case "delete": (.delete, share.weight)
      default: (.store, share.weight)
      }
    }
  }

  /// Fills a new database with every key.
  ///
  /// - Throws: CONSTRAINT if it already has keys of a run, including keys that this run does not
  ///   use: later they could not be told from keys that a run has wrongly written.
  public static func setUp(
    _ connection: inout Connection, _ cell: PlannedCell
  ) throws(SQLiteError) {
    let there = try connection.all(selectSimilar) { $0.text(0) }
    if let own = there.first(where: { KeyText.number($0) != nil }) {
      throw SQLiteError(
        code: .constraint, message: "the database holds the key '\(own)' of a run already",
        operation: .step)
    }
    var value = [UInt8](repeating: 0x78, count: max(16, Int(cell.load.valueSize.bytes)))
    var key = KeyText()
    for number in 0..<cell.load.keyCount {
      writeNonce(Nonce.initial(key: number), into: &value)
      try connection.run(insert, key.text(of: number), value, Int64(number))
    }
  }

  private static let insert = SQL(
    "INSERT INTO certmagic_data(key, value, modified) VALUES (?1, ?2, ?3)")
  private static let selectSimilar = SQL(
    "SELECT key FROM certmagic_data WHERE key >= 'key/' AND key < 'key0'")
  private static let selectAll = SQL("SELECT key, value FROM certmagic_data")

  /// Reads every key with its nonce.
  public static func readContent(
    _ connection: inout Connection, _ emit: (ContentRow) -> Void
  ) throws(SQLiteError) {
    try connection.withStatement(selectAll) { (statement) throws(SQLiteError) in
      while try statement.step() {
        guard let number = KeyText.number(statement.text(0)) else { continue }
        let nonce = statement.withBytes(1) { readNonce($0) }
        emit(ContentRow(.value, subject: UInt64(number), value: nonce))
      }
    }
  }
}

/// Writes a nonce into the first eight bytes of a value, least significant first, and again every
/// 256 bytes.
///
/// SQLite does not rewrite a page whose bytes do not change, overflow pages included, and the
/// smallest page has 512 bytes: so every page of a value changes with its nonce.
func writeNonce(_ nonce: UInt64, into value: inout [UInt8]) {
  for start in stride(from: 0, through: value.count - 8, by: 256) {
    for index in 0..<8 {
      value[start + index] = UInt8(truncatingIfNeeded: nonce >> UInt64(index * 8))
    }
  }
}

/// Returns the nonce of a value; 0 if the value is too short for one.
func readNonce(_ value: Span<UInt8>) -> UInt64 {
  guard value.count >= 8 else { return 0 }
  return (0..<8).reduce(0) { $0 | UInt64(value[$1]) << UInt64($1 * 8) }
}
