/// The user's own SQL: the keys of `load:` that accompany `workload: sql`.
public struct SQLLoad: Hashable, Codable, Sendable {
  /// One kind of transaction.
  public struct Transaction: Hashable, Codable, Sendable {
    /// Name in messages; `transaction 1` and so on if the file gives none.
    public var name: String
    /// Its weight among the writers' transactions; at least 0.
    public var weight: Int = 1
    /// Kind of BEGIN; `nil` means as `storage.begin` specifies.
    public var begin: StorageSettings.Begin?
    /// Statements, one per element, with named parameters such as `:id`; at least one.
    public var statements: [String]
    /// Parameters with their distributions, drawn once for each run of the transaction.
    public var parameters: [Parameter] = []

    /// Creates a transaction.
    public init(name: String, statements: [String]) {
      self.name = name
      self.statements = statements
    }
  }

  /// One named parameter.
  public struct Parameter: Hashable, Codable, Sendable {
    /// Its name without the colon.
    public var name: String
    /// Distribution from which its value is drawn.
    public var kind: Kind

    /// Creates a parameter.
    public init(name: String, kind: Kind) {
      self.name = name
      self.kind = kind
    }
  }

  /// Distributions from which a parameter can be drawn.
  public enum Kind: Hashable, Codable, Sendable {
    /// This constant number.
    case integer(Int64)
    /// A number from `low` to `high`, all equally likely.
    case uniform(low: Int64, high: Int64)
    /// A number from 1 to `count`, small ones much more likely (exponent 0.99).
    case zipfian(count: Int64)
    /// Text of this many letters.
    case text(length: Int)
    /// This many bytes.
    case blob(length: Int)
    /// A number unique to this run of a transaction.
    case nonce
  }

  /// A query that must answer with this one value at any time, and on any crash image.
  public struct Invariant: Hashable, Codable, Sendable {
    /// The query.
    public var query: String
    /// The value of its first column as text; `NULL` for null.
    public var equals: String

    /// Creates an invariant.
    public init(query: String, equals: String) {
      self.query = query
      self.equals = equals
    }
  }

  /// Statements that create and fill the tables, each a script.
  public var setUp: [String] = []
  /// The kinds of transactions of writers; at least one.
  public var transactions: [Transaction] = []
  /// Invariants that must always hold.
  public var invariants: [Invariant] = []

  /// Creates an empty load.
  public init() {}
}
