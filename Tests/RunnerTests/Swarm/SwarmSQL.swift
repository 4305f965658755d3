import AssayModel

/// The user's own SQL of a random scenario: transactions that together reach overflow pages,
/// indices, deletions and statement rollbacks, and invariants that each keeps.
enum SwarmSQL {
  /// One kind of transaction with the parameters that its statements name.
  private struct Piece {
    var name: String
    var statements: [String]
    var parameters: [(name: String, kinds: [String])] = []
  }

  private static let accounts = ["{uniform: [1, 12]}", "{zipfian: 12}", "3", "{int: 5}"]
  private static let blobs = ["{blob: 300B}", "{blob: 5KiB}", "{text: 40}", "{text: 3000}"]

  private static let pieces: [Piece] = [
    Piece(
      name: "move",
      statements: [
        "UPDATE a SET b = b - :v WHERE id = :x", "UPDATE a SET b = b + :v WHERE id = :y",
        "INSERT INTO l(n, p) VALUES (:n, NULL)",
      ],
      parameters: [
        ("v", ["{uniform: [1, 9]}", "{zipfian: 9}", "7"]), ("x", accounts), ("y", accounts),
        ("n", ["nonce"]),
      ]),
    Piece(
      name: "note", statements: ["INSERT INTO l(n, p) VALUES (:n, :p)"],
      parameters: [("n", ["nonce"]), ("p", blobs)]),
    Piece(
      name: "fatten", statements: ["UPDATE a SET p = :p WHERE id = :x"],
      parameters: [("x", accounts), ("p", blobs)]),
    Piece(
      name: "prune",
      statements: ["DELETE FROM l WHERE n IN (SELECT n FROM l ORDER BY n LIMIT 3)"]),
    Piece(
      name: "refused",
      statements: [
        "UPDATE a SET b = b + 1 WHERE id = :x", "INSERT OR IGNORE INTO a VALUES (:x, 0, NULL)",
        "UPDATE a SET b = b - 1 WHERE id = :x",
      ],
      parameters: [("x", accounts)]),
    Piece(
      name: "never",
      statements: ["UPDATE a SET b = b + 1 WHERE id = :x", "INSERT INTO a VALUES (:x, 0, NULL)"],
      parameters: [("x", accounts)]),
    Piece(
      name: "replace",
      statements: ["REPLACE INTO a SELECT id, b, :p FROM a WHERE id = :x"],
      parameters: [("x", accounts), ("p", blobs)]),
    Piece(
      name: "count",
      statements: ["UPDATE c SET n = n + 1", "SELECT sum(b), max(length(p)) FROM a"]),
  ]

  private static let setUps = [
    "CREATE TABLE a(id INTEGER PRIMARY KEY, b INT, p); CREATE INDEX ab ON a(b, id);",
    "CREATE TABLE a(id INTEGER PRIMARY KEY, b INT CHECK (typeof(b) = 'integer'), p);",
    "CREATE TABLE a(id INT PRIMARY KEY, b INT, p) WITHOUT ROWID;",
  ]

  private static let filling =
    " CREATE TABLE l(n INTEGER PRIMARY KEY, p); CREATE TABLE c(n INT); INSERT INTO c VALUES (0);"
    + " WITH s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 12)"
    + " INSERT INTO a SELECT i, 100, NULL FROM s;"

  private static let invariants = [
    "{query: \"SELECT sum(b) FROM a\", equals: 1200}",
    "{query: \"SELECT count(*) FROM a\", equals: 12}",
    "{query: \"SELECT count(*) FROM c\", equals: 1}",
    "{query: \"SELECT max(n) < 0 FROM c\", equals: 0}",
    "{query: \"SELECT sum(b) IS NULL FROM a WHERE id > 12\", equals: \"1\"}",
  ]

  /// The keys of `load:` for one draw.
  static func entries(_ random: inout SeededGenerator) -> [SwarmScenario.Entry] {
    let first = random.below(pieces.count)
    var chosen = [pieces[first]]
    for (index, piece) in pieces.enumerated() where index != first && random.below(3) == 0 {
      chosen.append(piece)
    }
    let transactions = chosen.map { transaction($0, &random) }.joined(separator: ", ")
    let script = setUps[random.below(setUps.count)] + filling
    var found = [invariants[random.below(invariants.count)]]
    for invariant in invariants where invariant != found[0] && random.below(2) == 0 {
      found.append(invariant)
    }
    return [
      .init(path: "load.setup", value: "[\"\(script)\"]"),
      .init(path: "load.transactions", value: "[\(transactions)]"),
      .init(path: "load.invariants", value: "[\(found.joined(separator: ", "))]"),
    ]
  }

  private static func transaction(_ piece: Piece, _ random: inout SeededGenerator) -> String {
    var parts = ["name: \(piece.name)"]
    if random.below(3) == 0 { parts.append("weight: \(1 + random.below(5))") }
    if random.below(3) == 0 {
      let words = StorageSettings.Begin.allCases.map(\.rawValue)
      parts.append("begin: \(words[random.below(words.count)])")
    }
    let statements = piece.statements.map { "\"\($0)\"" }.joined(separator: ", ")
    parts.append("statements: [\(statements)]")
    if !piece.parameters.isEmpty {
      let drawn = piece.parameters.map { parameter in
        "\(parameter.name): \(parameter.kinds[random.below(parameter.kinds.count)])"
      }
      parts.append("parameters: {\(drawn.joined(separator: ", "))}")
    }
    return "{\(parts.joined(separator: ", "))}"
  }
}
