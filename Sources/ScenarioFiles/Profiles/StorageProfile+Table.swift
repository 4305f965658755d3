extension StorageProfile {
  /// Every profile, in the order of lists.
  ///
  /// If a library opens connections on demand (`database/sql` without a limit, a connection per
  /// thread), 64 means no limit: no more are opened than actors request.
  public static let all: [StorageProfile] = [sqlite] + frameworks + documents

  /// Source: sqlite.org/pragma.html and lang_transaction.html, the defaults of an ordinary build.
  private static let sqlite = StorageProfile(
    "sqlite", "SQLite's own defaults (3.40, pragma.html)",
    [
      "journal_mode": "delete", "synchronous": "full", "busy_timeout": "0s", "begin": "deferred",
      "cache_size": "-2000", "mmap_size": "0", "wal_autocheckpoint": "1000",
    ])

  private static let frameworks: [StorageProfile] = [
    // Source: DEFAULT_PRAGMAS of activerecord's sqlite3_adapter.rb since 7.1; IMMEDIATE is the
    // default since 8.0 (rails/rails#50371). `timeout: 5000` and a pool of 5 are in the generated
    // database.yml; the timeout waits in even sleeps of 1 ms (sqlite3-ruby 2.0), hence `fair`.
    StorageProfile(
      "rails", "Rails 8.0 (activerecord, sqlite3_adapter.rb)",
      [
        "journal_mode": "wal", "synchronous": "normal", "busy_timeout": "5s", "busy": "fair",
        "begin": "immediate", "max_open_connections": "5", "foreign_keys": "on",
        "mmap_size": "134217728", "journal_size_limit": "67108864", "cache_size": "2000",
      ]),
    // Source: Django 6.0, docs/ref/databases, "SQLite notes": DEFERRED is the default, pragmas only
    // by init_command; the timeout is that of Python's sqlite3.connect, 5.0 s. A connection a
    // thread.
    StorageProfile(
      "django", "Django 6.0 without OPTIONS (docs/ref/databases, SQLite notes)",
      [
        "journal_mode": "delete", "synchronous": "full", "busy_timeout": "5s",
        "begin": "deferred", "max_open_connections": "64", "foreign_keys": "on",
      ]),
    // Source: Django 6.0, docs/ref/databases, "Transactions behavior", recommends IMMEDIATE, and
    // leaves the pragmas of init_command to its users; these are dj-lite 1.0.0's (README).
    StorageProfile(
      "django-tuned", "Django 6.0 with transaction_mode and init_command as dj-lite 1.0 sets them",
      [
        "journal_mode": "wal", "synchronous": "normal", "busy_timeout": "5s",
        "begin": "immediate", "max_open_connections": "64", "foreign_keys": "on",
        "mmap_size": "134217728", "journal_size_limit": "27103364", "cache_size": "2000",
      ]),
    // Source: laravel/framework 12 and 13, SQLiteConnector.php, and the skeleton's
    // config/database.php: busy_timeout, journal_mode and synchronous are null, transaction_mode is
    // DEFERRED. PDO itself waits for 60 s (php-src, ext/pdo_sqlite/sqlite_driver.c). A connection a
    // process.
    StorageProfile(
      "laravel", "Laravel 12 (config/database.php; PDO's own timeout)",
      [
        "journal_mode": "delete", "synchronous": "full", "busy_timeout": "60s",
        "begin": "deferred", "max_open_connections": "1", "foreign_keys": "on",
      ]),
    // Source: mattn/go-sqlite3, sqlite3.go: busyTimeout 5000, "Because default is NORMAL this
    // statement is always executed", BEGIN without a word. One connection is the FAQ's advice.
    StorageProfile(
      "go-max-open-1", "Go, mattn/go-sqlite3 1.14 with SetMaxOpenConns(1)",
      [
        "journal_mode": "delete", "synchronous": "normal", "busy_timeout": "5s",
        "begin": "deferred", "max_open_connections": "1",
      ]),
    // Source: groue/GRDB.swift 7, Configuration.swift (busyMode .immediateError,
    // maximumReaderCount 5, foreignKeysEnabled) and Database.setUpWALMode (synchronous NORMAL);
    // writes begin IMMEDIATE.
    StorageProfile(
      "grdb", "GRDB 7, DatabasePool (Configuration.swift, setUpWALMode)",
      [
        "journal_mode": "wal", "synchronous": "normal", "busy_timeout": "0s", "busy": "none",
        "begin": "immediate", "topology": "single-writer", "readers": "5", "foreign_keys": "on",
      ]),
    // Source: litestream.io/tips. For high write loads it also has the application disable
    // checkpoints (wal_autocheckpoint 0), which only works while Litestream is running.
    StorageProfile(
      "litestream", "Litestream's advice (litestream.io/tips; checkpoints left on)",
      ["journal_mode": "wal", "synchronous": "normal", "busy_timeout": "5s"]),
  ]

  /// The recommendations of the five documents that Assay started from.
  private static let documents: [StorageProfile] = [
    // Source: rsclarke/certmagic-sqlite, README, "recommended settings", and the default of
    // WithQueryTimeout.
    StorageProfile(
      "certmagic-sqlite", "certmagic-sqlite's README (modernc.org/sqlite)",
      [
        "journal_mode": "wal", "synchronous": "normal", "busy_timeout": "5s",
        "begin": "deferred", "max_open_connections": "1", "query_timeout": "3s",
      ]),
    // Source: "SQLite as Your Primary Database: What Nobody Warns You About": one write connection
    // behind a mutex, 4 to 8 read connections.
    StorageProfile(
      "primary-database", "\"SQLite as Your Primary Database\" (one writer, 4 to 8 readers)",
      [
        "journal_mode": "wal", "synchronous": "normal", "busy_timeout": "5s",
        "begin": "deferred", "topology": "single-writer", "readers": "4",
      ]),
    // Source: mcdsl/db/db.go, commit 20d8d8d4b4: three pragmas and SetMaxOpenConns(1); synchronous
    // stays at SQLite's default.
    StorageProfile(
      "metacircular", "Metacircular's mcdsl/db/db.go, 20d8d8d4b4 (modernc.org/sqlite)",
      [
        "journal_mode": "wal", "synchronous": "full", "busy_timeout": "5s", "begin": "deferred",
        "max_open_connections": "1", "foreign_keys": "on",
      ]),
    // Source: the article about online backup in Go sets nothing: go-sqlite3's defaults, and those
    // of database/sql (no limit of open connections, 2 idle ones).
    StorageProfile(
      "go-backup", "the article on online backup in Go (mattn/go-sqlite3 1.14 as it comes)",
      [
        "journal_mode": "delete", "synchronous": "normal", "busy_timeout": "5s",
        "begin": "deferred", "max_open_connections": "64", "max_idle_connections": "2",
      ]),
    // Source: litestream.io/guides/go-library: two pragmas in the DSN; the rest is modernc.org's
    // and database/sql's default.
    StorageProfile(
      "litestream-library", "Litestream as a Go library (0.5, its guide; modernc.org/sqlite)",
      [
        "journal_mode": "wal", "synchronous": "full", "busy_timeout": "5s", "begin": "deferred",
        "max_open_connections": "64", "max_idle_connections": "2",
      ]),
  ]
}
