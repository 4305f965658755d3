import AssayModel
import Platform
import SQLiteDriver

/// A recovered ledger as SQLite sees it outside the harness, through its own VFS.
struct RecoveredDatabase {
  /// Rows of `integrity_check`; the error where it cannot be read.
  var integrity: [String]
  /// Sum of all balances.
  var balance: Int64 = 0
  /// Number of transfers.
  var transfers: Int64 = 0
  /// Number of accounts whose balance is not what their transfers make it.
  var wrongAccounts: Int64 = 0

  /// Opens a copy's files, which recovers them.
  init(_ path: String) throws {
    var connection = try Connection(
      ConnectionOptions(path: path, mode: .readWrite, time: SystemTime()))
    do {
      integrity = try connection.integrityCheck()
      balance = try Self.number("SELECT sum(balance) FROM accounts", &connection)
      transfers = try Self.number("SELECT count(*) FROM transfers", &connection)
      wrongAccounts = try Self.number(
        """
        SELECT count(*) FROM accounts a WHERE balance <> \(InitialContent.balance)
          + (SELECT ifnull(sum(amount), 0) FROM transfers WHERE to_account = a.id)
          - (SELECT ifnull(sum(amount), 0) FROM transfers WHERE from_account = a.id)
        """, &connection)
    } catch {
      integrity = ["\(error)"]
    }
  }

  private static func number(
    _ sql: String, _ connection: inout Connection
  ) throws(SQLiteError) -> Int64 {
    try connection.first(SQL(sql)) { $0.int64(0) } ?? -1
  }
}
