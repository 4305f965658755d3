import AssayModel

/// A small shop in the user's own SQL: orders take from a stock, and nothing else does.
enum Shop {
  static let schema = """
    CREATE TABLE stock(id INTEGER PRIMARY KEY, left INTEGER NOT NULL CHECK (left >= 0));
    CREATE TABLE orders(
      id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES stock(id),
      amount INTEGER NOT NULL, note TEXT, proof BLOB);
    """
  static let fill = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
    INSERT INTO stock SELECT i, 50 FROM n;
    """

  static func load() -> SQLLoad {
    var load = SQLLoad()
    load.setUp = [schema, fill]
    var order = SQLLoad.Transaction(
      name: "order",
      statements: [
        "UPDATE stock SET left = left - :amount WHERE id = :item",
        "INSERT INTO orders VALUES (:id, :item, :amount, :note, :proof)",
      ])
    order.weight = 3
    order.parameters = [
      SQLLoad.Parameter(name: "item", kind: .uniform(low: 1, high: 24)),
      SQLLoad.Parameter(name: "amount", kind: .zipfian(count: 5)),
      SQLLoad.Parameter(name: "id", kind: .nonce),
      SQLLoad.Parameter(name: "note", kind: .text(length: 20)),
      SQLLoad.Parameter(name: "proof", kind: .blob(length: 30)),
    ]
    var refill = SQLLoad.Transaction(
      name: "take back",
      statements: [
        "SELECT count(*) FROM orders",
        "UPDATE stock SET left = left + coalesce((SELECT sum(amount) FROM orders WHERE item = :i), 0)"
          + " WHERE id = :i",
        "DELETE FROM orders WHERE item = :i",
      ])
    refill.begin = .deferred
    refill.parameters = [SQLLoad.Parameter(name: "i", kind: .uniform(low: 1, high: 24))]
    load.transactions = [order, refill]
    load.invariants = [
      SQLLoad.Invariant(
        query: """
          SELECT (SELECT sum(left) FROM stock) + (SELECT coalesce(sum(amount), 0) FROM orders)
          """, equals: "1200"),
      SQLLoad.Invariant(query: "SELECT min(left) < 0 FROM stock", equals: "0"),
    ]
    return load
  }
}
