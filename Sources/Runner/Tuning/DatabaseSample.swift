import AssayModel
import CSQLite
import Foundation
import SQLiteDriver

/// The schema of a database with a sample of its rows, as a script that makes them again: small
/// enough for the simulated disk, on which durability is judged.
///
/// Tables first and filled in the order of their making, then indexes, views and triggers, so that
/// no trigger fires for a row that was there before.
struct DatabaseSample: Equatable {
  /// Statements that make it, each a script.
  var script: [String] = []
  /// Tables with rows.
  var tables = 0
  /// Rows of all tables together.
  var rows = 0
  /// Whether it is all of the database.
  var isWhole = true

  /// Why a database cannot be sampled.
  struct Obstacle: Error, Equatable { var reason: String }

  /// Rows of a table that are taken at most: the first in the order of the table.
  static let rowsOfTable = 100
  /// Bytes of all INSERT statements together.
  private static let byteLimit = 128 * 1_024
  /// What Assay itself adds to each database that it runs on.
  private static let ownTables: Set<String> = [
    "certmagic_data", "certmagic_locks", "assay_lock_tokens", "assay_lock_wishes",
  ]

  /// Reads a quiet database file.
  ///
  /// - Throws: an `Obstacle` for one that cannot be read, or has virtual tables: their content
  ///   lies in tables of their own.
  init(of path: String) throws(Obstacle) {
    do {
      // The path of a URI is absolute.
      let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      let database = try ReadOnlyDatabase(path: file, reading: .alone)
      try read(database)
    } catch let obstacle as Obstacle {
      throw obstacle
    } catch {
      throw Obstacle(reason: "the database cannot be sampled: \(error)")
    }
  }

  private static func isOwn(_ name: String) -> Bool {
    ownTables.contains(name) || name.hasPrefix("assay_lock_")
  }

  private mutating func read(_ database: borrowing ReadOnlyDatabase) throws {
    let schema =
      "FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    let virtual = try database.texts("SELECT name \(schema) AND sql LIKE 'CREATE VIRTUAL%'")
    if let name = virtual.first {
      throw Obstacle(reason: "'\(name)' is a virtual table, which cannot be sampled")
    }
    let tables = try database.texts("SELECT name \(schema) AND type = 'table' ORDER BY rowid")
    for name in tables where !Self.isOwn(name) {
      script += try database.texts(
        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = \(Self.literal(name))")
    }
    var bytes = 0
    for name in tables where !Self.isOwn(name) { try addRows(of: name, database, &bytes) }
    let others = try database.texts(
      "SELECT name \(schema) AND type IN ('index', 'view', 'trigger') ORDER BY rowid")
    for name in others where !Self.isOwn(name) {
      script += try database.texts(
        "SELECT sql FROM sqlite_schema WHERE type IN ('index', 'view', 'trigger') "
          + "AND name = \(Self.literal(name)) AND tbl_name NOT LIKE 'certmagic!_%' ESCAPE '!'")
    }
  }

  /// One INSERT a row; columns that SQLite computes are left out.
  private mutating func addRows(
    of table: String, _ database: borrowing ReadOnlyDatabase, _ bytes: inout Int
  ) throws {
    let columns = try database.texts(
      "SELECT name FROM pragma_table_xinfo(\(Self.literal(table))) WHERE hidden = 0 ORDER BY cid")
    let names = columns.map(Self.identifier)
    guard !names.isEmpty else { return }
    let values = names.map { "quote(\($0))" }.joined(separator: " || ',' || ")
    let insert = "INSERT INTO \(Self.identifier(table)) (\(names.joined(separator: ", "))) VALUES ("
    let found = try database.texts(
      "SELECT \(Self.literal(insert)) || \(values) || ')' FROM \(Self.identifier(table)) "
        + "LIMIT \(Self.rowsOfTable + 1)")
    var taken = 0
    for row in found.prefix(Self.rowsOfTable) where bytes + row.utf8.count <= Self.byteLimit {
      bytes += row.utf8.count
      script.append(row)
      taken += 1
    }
    if taken > 0 { tables += 1 }
    rows += taken
    if taken < found.count { isWhole = false }
  }

  private static func literal(_ text: String) -> String { quoted(text, "'") }

  private static func identifier(_ text: String) -> String { quoted(text, "\"") }

  private static func quoted(_ text: String, _ mark: String) -> String {
    let parts = text.split(separator: Character(mark), omittingEmptySubsequences: false)
    return mark + parts.joined(separator: mark + mark) + mark
  }
}

extension SQLLoad {
  /// The same transactions on a sample: numbers are drawn from the rows that are there, and texts
  /// are short.
  func sampled(_ sample: DatabaseSample) -> SQLLoad {
    var load = self
    load.setUp = sample.script
    // They may count rows that the sample does not have.
    load.invariants = []
    for transaction in load.transactions.indices {
      for place in load.transactions[transaction].parameters.indices {
        let kind = load.transactions[transaction].parameters[place].kind
        load.transactions[transaction].parameters[place].kind = kind.shortened(
          to: sample.isWhole ? .max : DatabaseSample.rowsOfTable)
      }
    }
    return load
  }
}

extension SQLLoad.Kind {
  /// Longest text or blob of a short program.
  private static let longest = 200

  fileprivate func shortened(to rows: Int) -> SQLLoad.Kind {
    switch self {
    case .uniform(let low, let high):
      let (end, overflow) = low.addingReportingOverflow(Int64(rows) - 1)
      return .uniform(low: low, high: overflow ? high : min(high, end))
    case .zipfian(let count): return .zipfian(count: min(count, Int64(rows)))
    case .text(let length): return .text(length: min(length, Self.longest))
    case .blob(let length): return .blob(length: min(length, Self.longest))
    case .integer, .nonce: return self
    }
  }
}
