import Synchronization

/// One SQL statement of the program, which every connection prepares once and keeps.
///
/// Create it once, as a `static let`: its id is an index into the statement table of each
/// connection, so that the hot path hashes no string. Each creation takes up another id
/// permanently; SQL from a user belongs in the functions that take `text:`, whose cache is bounded.
public struct SQL: Sendable {
  /// The SQL; exactly one statement.
  public let text: String
  /// The index of this statement in the table of each connection.
  public let id: Int
  /// The text passed to SQLite, zero-terminated.
  let terminated: [UInt8]

  private static let created = Atomic<Int>(0)

  /// Registers a statement.
  public init(_ text: String) {
    self.text = text
    terminated = text.zeroTerminated
    (id, _) = Self.created.add(1, ordering: .relaxed)
  }
}

extension String {
  /// The text with a terminating zero, which spares SQLite a copy.
  var zeroTerminated: [UInt8] {
    var bytes = Array(utf8)
    bytes.append(0)
    return bytes
  }
}

extension SQL {
  static let beginDeferred = SQL("BEGIN DEFERRED")
  static let beginImmediate = SQL("BEGIN IMMEDIATE")
  static let beginExclusive = SQL("BEGIN EXCLUSIVE")
  static let commit = SQL("COMMIT")
  static let rollback = SQL("ROLLBACK")
}
