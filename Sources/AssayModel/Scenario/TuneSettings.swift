/// The `tune:` section of a scenario: what a recommendation of settings must keep, and what it is
/// to be good at.
public struct TuneSettings: Hashable, Codable, Sendable {
  /// What may be wanted.
  public enum Objective: String, CaseIterable, Codable, Sendable {
    /// Acknowledged operations a second.
    case throughput
    /// A percentile of the response time at a fixed rate.
    case p50, p90, p99
    /// The same, one in a thousand.
    case p999 = "p99.9"
    /// Peak of the resident memory.
    case memory
    /// Bytes of all files together at their peak, for the same work.
    case disk
    /// Bytes written, for the same work.
    case written
  }

  /// What survives at least.
  public var durability: DurabilityClass = .d2
  /// What is wanted; the race is about the first one, all of them make the front.
  public var objectives: [Objective] = [.throughput]
  /// Knobs of the built-in space that are turned, as keys of `storage:`; empty for all of them.
  public var knobs: [String] = []

  /// Creates the defaults.
  public init() {}
}

/// A knob of the space that a tuning has of its own.
public struct TuneKnob: Hashable, Sendable {
  /// The key of `storage:`.
  public var name: String
  /// The values that are tried.
  public var values: [String]

  init(_ name: String, _ values: [String]) {
    self.name = name
    self.values = values
  }

  /// All of them, for scenarios without a matrix.
  ///
  /// Whether a value keeps what the wanted class promises is found out on crash images; so values
  /// that lose data stand here beside others.
  public static let builtIn: [TuneKnob] = [
    TuneKnob("journal_mode", ["delete", "truncate", "wal"]),
    TuneKnob("synchronous", ["off", "normal", "full", "extra"]),
    TuneKnob("cache_size", ["-2000", "-65536"]),
    TuneKnob("mmap_size", ["0", "268435456"]),
    TuneKnob("page_size", ["4096", "16384"]),
    TuneKnob("wal_autocheckpoint", ["1000", "10000"]),
    TuneKnob("journal_size_limit", ["-1", "67108864"]),
    TuneKnob("temp_store", ["0", "2"]),
    TuneKnob("busy", ["sqlite", "fair"]),
    TuneKnob("begin", ["deferred", "immediate"]),
    TuneKnob("topology", ["pool", "single-writer", "group-commit"]),
    TuneKnob("max_open_connections", ["1", "4"]),
  ]

  /// What SQLite does where nothing is set, by key of `storage:`. Source: sqlite.org/pragma.html.
  public static let libraryDefaults: [String: String] = [
    "cache_size": "-2000", "mmap_size": "0", "page_size": "4096", "wal_autocheckpoint": "1000",
    "journal_size_limit": "-1", "temp_store": "0", "foreign_keys": "0",
  ]
}
