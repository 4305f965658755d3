/// The `tune:` section of a scenario: the durability that a recommendation of settings must keep,
/// and its objectives.
public struct TuneSettings: Hashable, Codable, Sendable {
  /// Objectives of tuning.
  public enum Objective: String, CaseIterable, Codable, Sendable {
    /// Acknowledged operations per second.
    case throughput
    /// A percentile of the response time at a fixed rate.
    case p50, p90, p99
    /// The 99.9th percentile of the response time at a fixed rate.
    case p999 = "p99.9"
    /// Peak resident memory.
    case memory
    /// Peak total size of all files in bytes, for the same work.
    case disk
    /// Bytes written, for the same work.
    case written
  }

  /// Minimum durability class.
  public var durability: DurabilityClass = .d2
  /// Objectives; the race optimises the first one, all of them define the Pareto front.
  public var objectives: [Objective] = [.throughput]
  /// Knobs of the built-in space to vary, as keys of `storage:`; empty for all of them.
  public var knobs: [String] = []

  /// Creates the defaults.
  public init() {}
}

/// A knob of the built-in tuning space.
public struct TuneKnob: Hashable, Sendable {
  /// Key in `storage:`.
  public var name: String
  /// Values to try.
  public var values: [String]

  init(_ name: String, _ values: [String]) {
    self.name = name
    self.values = values
  }

  /// All built-in knobs, for scenarios without a matrix.
  ///
  /// Crash images determine if a value keeps the promise of the wanted class; values that lose data
  /// are therefore included.
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

  /// SQLite's defaults for unset options, by key of `storage:`. Source: sqlite.org/pragma.html.
  public static let libraryDefaults: [String: String] = [
    "cache_size": "-2000", "mmap_size": "0", "page_size": "4096", "wal_autocheckpoint": "1000",
    "journal_size_limit": "-1", "temp_store": "0", "foreign_keys": "0",
  ]
}
