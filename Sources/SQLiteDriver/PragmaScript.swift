/// Pragmas that are set without being read back, prepared once for many connections.
///
/// Worth it where the same ones have taken on the same database before, and connections are opened
/// by the thousand: a setting costs as little as SQLite lets it.
public struct PragmaScript: Hashable, Sendable {
  /// All but the threshold of automatic checkpoints, with a zero behind them.
  private(set) var sql: [UInt8]
  /// Pages of the log; `nil` leaves SQLite's own.
  let automaticCheckpoint: Int32?

  /// Prepares pragmas.
  ///
  /// - Throws: MISUSE for a name that is none, and for `busy_timeout`, which belongs to the busy
  ///   policy.
  public init(_ pragmas: [Pragma]) throws(SQLiteError) {
    var text = ""
    var automaticCheckpoint: Int32?
    let early = PragmaRules.formatOrder.flatMap { name in
      pragmas.filter { PragmaRules.base($0.name) == name }
    }
    let late = pragmas.filter { !PragmaRules.mustComeFirst($0.name) }
    for pragma in early + late {
      if PragmaRules.base(pragma.name) == "wal_autocheckpoint", let pages = Int32(pragma.value) {
        automaticCheckpoint = pages
      } else {
        text += try pragma.statement + ";"
      }
    }
    sql = text.zeroTerminated
    self.automaticCheckpoint = automaticCheckpoint
  }

  /// The same for a connection that only reads.
  public var refusingWrites: PragmaScript {
    var script = self
    script.sql.insert(contentsOf: "PRAGMA query_only = 1;".utf8, at: sql.count - 1)
    return script
  }
}

extension Pragma {
  /// The SQL that sets it.
  ///
  /// - Throws: MISUSE, as `PragmaScript.init`.
  var statement: String {
    get throws(SQLiteError) {
      try PragmaRules.check(name)
      guard !PragmaRules.belongsToBusyPolicy(name) else {
        throw SQLiteError(
          code: .misuse, message: "the busy timeout is set by ConnectionOptions.busy",
          operation: .pragma(name))
      }
      return "PRAGMA \(name) = \(PragmaRules.quoted(value))"
    }
  }
}

extension PragmaRules {
  /// Refuses what is not the name of a pragma.
  static func check(_ name: String) throws(SQLiteError) {
    guard isWellFormed(name) else {
      throw SQLiteError(
        code: .misuse, message: "not the name of a pragma", operation: .pragma(name))
    }
  }
}
