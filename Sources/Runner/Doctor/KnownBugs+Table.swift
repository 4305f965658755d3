// A data table. Each row was read on the page that it names; what the page does not say (since
// when, for example) is left open.

extension KnownBugs {
  private static let site = "https://sqlite.org/"

  /// What a bug that is fixed in a release asks for.
  private static func upgrade(_ version: String, otherwise: String? = nil) -> String {
    "Use \(version) or later" + (otherwise.map { "; until then \($0)." } ?? ".")
  }

  /// All bugs, in no order that matters.
  static let table: [KnownBug] = corruption + lostCommits + crashes + wrongResults

  private static let corruption: [KnownBug] = [
    KnownBug(
      id: "wal-reset", title: "WAL-reset bug",
      affected: range(from: "3.7.0", fixedIn: "3.51.3", "3.44.6", "3.50.7"),
      consequence: .corruption,
      description: "In WAL mode, when one connection restarts the log while another begins a "
        + "checkpoint, the checkpoint can skip frames: committed transactions are lost and the "
        + "database can be corrupt. The window is narrow.",
      remedy: upgrade(
        "3.51.3 (or 3.50.7, 3.44.6)",
        otherwise: "let one connection do all the writing and all the checkpoints"),
      source: site + "wal.html#walresetbug", scenario: "wal-reset"),
    KnownBug(
      id: "upsert-index", title: "UPSERT can leave an index out of step with its table",
      affected: range(from: "3.35.0", fixedIn: "3.45.2"), consequence: .corruption,
      description: "Introduced when UPSERT learnt several ON CONFLICT clauses.",
      remedy: upgrade("3.45.2", otherwise: "run PRAGMA integrity_check and REINDEX when in doubt"),
      source: site + "releaselog/3_45_2.html"),
    KnownBug(
      id: "savepoint-memory-journal", title: "SAVEPOINT bug",
      affected: range(from: "3.35.0", fixedIn: "3.37.2"), consequence: .corruption,
      description: "With temp_store=MEMORY, rolling a savepoint back, changing more and committing "
        + "the outer transaction can corrupt the database.",
      remedy: upgrade("3.37.2", otherwise: "keep temp_store at FILE"),
      source: site + "howtocorrupt.html#svptbug"),
    KnownBug(
      id: "balancer-page-cache", title: "B-tree balancer with an application's page cache",
      affected: range(fixedIn: "3.39.4"), consequence: .corruption,
      description: "In rare cases the database can be corrupted, only where the application "
        + "brings its own page cache.",
      remedy: upgrade("3.39.4", otherwise: "keep SQLite's own page cache"),
      source: site + "releaselog/3_39_4.html"),
    KnownBug(
      id: "drop-column", title: "ALTER TABLE DROP COLUMN can corrupt the database",
      affected: range(from: "3.35.0", fixedIn: "3.35.5"), consequence: .corruption,
      description: "Defects in what was a new feature.",
      remedy: upgrade("3.35.5", otherwise: "rebuild the table instead of dropping a column"),
      source: site + "releaselog/3_35_5.html"),
    KnownBug(
      id: "wal-mode-switching", title: "Switching in and out of WAL mode with VACUUM in between",
      affected: range(from: "3.7.0", fixedIn: "3.7.5"), consequence: .corruption,
      description: "Another connection can miss that the database has changed, and write from a "
        + "stale cache.",
      remedy: upgrade("3.7.5", otherwise: "do not switch journal modes while others are connected"),
      source: site + "howtocorrupt.html"),
  ]

  private static let lostCommits: [KnownBug] = [
    KnownBug(
      id: "commit-false-success", title: "COMMIT can report success although it failed",
      affected: range(fixedIn: "3.32.2"), consequence: .lostCommit,
      description: "A long-standing fault of the byte-code engine.",
      remedy: upgrade("3.32.2"), source: site + "releaselog/3_32_2.html"),
    KnownBug(
      id: "wal-savepoint-checksum", title: "Frames without checksum in the WAL",
      affected: range(fixedIn: "3.50.2"), consequence: .lostCommit,
      description: "When a savepoint is rolled back after changed pages were already spilled into "
        + "the WAL, frames without a checksum can be written; a recovery reads a WAL only up to "
        + "the first frame whose checksum is wrong.",
      remedy: upgrade("3.50.2", otherwise: "keep transactions with savepoints within the cache"),
      source: site + "releaselog/3_50_2.html"),
  ]

  private static let crashes: [KnownBug] = [
    KnownBug(
      id: "aggregate-terms", title: "More aggregate terms than columns (CVE-2025-6965)",
      affected: range(fixedIn: "3.50.2"), consequence: .crash,
      description: "SQL of an attacker's choice can make SQLite read beyond the end of an array.",
      remedy: upgrade("3.50.2", otherwise: "run no SQL that strangers can write"),
      source: site + "cves.html"),
    KnownBug(
      id: "concat-ws-overflow", title: "concat_ws with a huge separator (CVE-2025-3277)",
      affected: range(from: "3.44.0", fixedIn: "3.49.1"), consequence: .crash,
      description: "A separator of more than 2 MB makes it write beyond the end of its buffer.",
      remedy: upgrade("3.49.1", otherwise: "let no stranger choose the first argument"),
      source: site + "releaselog/3_49_1.html"),
    KnownBug(
      id: "not-null-large-values", title: "IS NULL and NOT NULL on large values",
      affected: range(from: "3.40.0", fixedIn: "3.49.2"), consequence: .crash,
      description: "An optimization that avoids loading large values can lead to a memory error "
        + "if abused.",
      remedy: upgrade("3.49.2", otherwise: "run no SQL that strangers can write"),
      source: site + "releaselog/3_49_2.html"),
    KnownBug(
      id: "long-string-arguments", title: "Strings beyond 2 GB in the C interface (CVE-2022-35737)",
      affected: range(fixedIn: "3.39.2"), consequence: .crash,
      description: "Very long string arguments to a few C functions overflow an array; SQL or a "
        + "database file cannot reach it.",
      remedy: upgrade("3.39.2", otherwise: "limit the strings that are given to SQLite"),
      source: site + "cves.html"),
    KnownBug(
      id: "bloom-filter-loop", title: "Endless loop of the Bloom filter on a NULL key",
      affected: range(from: "3.38.0", fixedIn: "3.38.4"), consequence: .crash,
      description: "A query whose filter is pulled down never ends when it meets a NULL key.",
      remedy: upgrade("3.38.4"), source: site + "releaselog/3_38_4.html"),
  ]

  private static let wrongResults: [KnownBug] = [
    KnownBug(
      id: "not-null-reduction", title: "IS NULL on a NOT NULL column reduced too eagerly",
      affected: range(from: "3.35.0", fixedIn: "3.45.2"), consequence: .wrongResult,
      description: "The planner replaced the test by a constant where it must not.",
      remedy: upgrade("3.45.2"), source: site + "releaselog/3_45_2.html"),
    KnownBug(
      id: "upsert-trigger-old", title: "Wrong old.* values in a trigger fired by an UPSERT",
      affected: range(from: "3.24.0", fixedIn: "3.45.3"), consequence: .wrongResult,
      description: "Rarely, an UPDATE trigger sees wrong old values when an UPSERT fires it.",
      remedy: upgrade("3.45.3"), source: site + "releaselog/3_45_3.html"),
    KnownBug(
      id: "and-over-optimized", title: "An AND optimized too far",
      affected: range(fixedIn: "3.50.3"), consequence: .wrongResult,
      description: "A query with AND can give an incorrect answer.",
      remedy: upgrade("3.50.3"), source: site + "releaselog/3_50_3.html"),
    KnownBug(
      id: "unique-in", title: "IN over a UNIQUE constraint that contains the primary key",
      affected: range(fixedIn: "3.49.2"), consequence: .wrongResult,
      description: "An IN operator that uses such a constraint can give an incorrect answer.",
      remedy: upgrade("3.49.2"), source: site + "releaselog/3_49_2.html"),
    KnownBug(
      id: "text-to-float", title: "Some texts become wrong floating-point numbers",
      affected: range(from: "3.47.0", fixedIn: "3.47.2"), consequence: .wrongResult,
      description: "Numbers whose first 16 digits are 1844674407370955, on x64 and i386 only.",
      remedy: upgrade("3.47.2"), source: site + "releaselog/3_47_2.html"),
    KnownBug(
      id: "in-queries-3-47", title: "Obscure IN queries",
      affected: range(from: "3.47.0", fixedIn: "3.47.1"), consequence: .wrongResult,
      description: "New optimizations of 3.47.0 answer certain IN queries incorrectly.",
      remedy: upgrade("3.47.1"), source: site + "releaselog/3_47_1.html"),
    KnownBug(
      id: "unused-subquery-columns", title: "Unused columns of a compound subquery left out",
      affected: range(from: "3.42.0", fixedIn: "3.43.1"), consequence: .wrongResult,
      description: "Wrong where one arm of the compound is DISTINCT and the other is not.",
      remedy: upgrade("3.43.1"), source: site + "releaselog/3_43_1.html"),
    KnownBug(
      id: "bloom-filter-rows", title: "Rows missing because of Bloom filters",
      affected: range(from: "3.38.0", fixedIn: "3.38.3"), consequence: .wrongResult,
      description: "LEFT JOINs and automatic indexes with the filters of 3.38.0.",
      remedy: upgrade("3.38.3"), source: site + "releaselog/3_38_3.html"),
    KnownBug(
      id: "in-operator-3-33", title: "IN-operator optimization of 3.33.0",
      affected: range(from: "3.33.0", fixedIn: "3.35.0"), consequence: .wrongResult,
      description: "An IN query can give an incorrect answer.",
      remedy: upgrade("3.35.0"), source: site + "releaselog/3_35_0.html"),
  ]
}
