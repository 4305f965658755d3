public import AssayModel
import Gate
import ScenarioFiles

/// What a tuning was asked for, apart from the scenario.
public struct TuneOptions: Sendable {
  /// How long a tuning measures.
  public enum Effort: String, CaseIterable, Sendable {
    /// Short blocks and few of them, for a first look.
    case quick
    /// 30 % of 20 blocks for each of 64 settings.
    case normal
    /// 20 blocks of every setting: nobody is left out early. What a search is to be measured by.
    case exhaustive

    var plan: TunePlan.Effort {
      switch self {
      case .quick:
        TunePlan.Effort(
          budget: 200, racing: 6, screeningShare: 0.5, screeningRounds: 2, neighbours: 2,
          confirmationRounds: 8)
      case .normal: TunePlan.Effort()
      case .exhaustive:
        TunePlan.Effort(
          racing: .max, firstRounds: Self.exhaustiveRounds, neighbours: 0, confirmationRounds: 40)
      }
    }

    /// Common blocks of all settings in an exhaustive search.
    static let exhaustiveRounds = 20

    /// Length of a block that need not hold a percentile.
    var blockLength: Nanoseconds { self == .quick ? .milliseconds(100) : BlockShape.shortest }

    /// Operations of the script by which disk and written bytes are compared.
    var scriptedOperations: Int { self == .quick ? 300 : 2_000 }

    /// Blocks of each candidate of the front for a percentile that is no first objective.
    var percentileBlocks: Int { self == .quick ? 1 : 4 }
  }

  /// Where results and databases go, and who is told about progress.
  public var run: RunOptions
  /// How much is measured.
  public var effort = Effort.normal
  /// No block of the search starts after five sixths of this time.
  public var budget: Nanoseconds?
  /// In place of the scenario's class.
  public var durability: DurabilityClass?
  /// In place of the scenario's objectives; empty for those.
  public var objectives: [TuneSettings.Objective] = []
  /// Names of the profiles that the recommendation is compared with.
  public var profiles: [String] = TuneOptions.seedDocuments

  /// The documents that Assay started from.
  public static let seedDocuments = [
    "certmagic-sqlite", "primary-database", "metacircular", "go-backup", "litestream-library",
  ]

  /// Creates options.
  public init(run: RunOptions) {
    self.run = run
  }
}

extension TuneSettings.Objective {
  /// What is measured for it.
  var metric: Metric {
    switch self {
    case .throughput: .throughput
    case .p50: .percentile(.p50, of: nil)
    case .p90: .percentile(.p90, of: nil)
    case .p99: .percentile(.p99, of: nil)
    case .p999: .percentile(.p999, of: nil)
    case .memory: .resource("peak_resident_bytes")
    case .disk: .resource("disk_peak_bytes")
    case .written: .resource("bytes_written")
    }
  }

  /// Whether it is the same for the same work, whatever the time: then a script is measured.
  var isOfScript: Bool { self == .disk || self == .written }

  /// Whether it is a time, for which a rate is kept.
  var isPercentile: Bool {
    switch self {
    case .p50, .p90, .p99, .p999: true
    case .throughput, .memory, .disk, .written: false
    }
  }
}
