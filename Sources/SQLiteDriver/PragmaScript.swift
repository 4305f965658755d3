/// Pragmas set without being read back, prepared once for many connections.
///
/// Worthwhile if the same pragmas have already taken effect on the same database, and connections
/// are opened by the thousand: a setting costs as little as SQLite allows.
public struct PragmaScript: Hashable, Sendable {
  /// All pragmas except the threshold of automatic checkpoints, zero-terminated.
  private(set) var sql: [UInt8]
  /// Threshold in pages of the log; `nil` keeps SQLite's own.
  let automaticCheckpoint: Int32?

  /// Prepares pragmas.
  ///
  /// - Throws: MISUSE for an invalid name, and for `busy_timeout`, which belongs to the busy
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

  /// The same script for a connection that only reads.
  public var refusingWrites: PragmaScript {
    var script = self
    script.sql.insert(contentsOf: "PRAGMA query_only = 1;".utf8, at: sql.count - 1)
    return script
  }
}

extension Pragma {
  /// The SQL that sets the pragma.
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
  /// Throws if the text is not a well-formed pragma name.
  static func check(_ name: String) throws(SQLiteError) {
    guard isWellFormed(name) else {
      throw SQLiteError(
        code: .misuse, message: "not the name of a pragma", operation: .pragma(name))
    }
  }
}
