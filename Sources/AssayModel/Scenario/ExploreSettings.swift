/// The `explore:` section of a scenario: what the simulated world explores, and how much at least.
public struct ExploreSettings: Hashable, Codable, Sendable {
  /// What ends a program.
  public enum Crashes: String, CaseIterable, Codable, Sendable {
    /// The process dies; the operating system lives on, so every completed call stands.
    case process
    /// The power goes: what was not synced may be lost, in part and in any order.
    case powerLoss = "power-loss"
  }

  /// Which faults are tried at every operation in turn.
  public enum Sweep: String, CaseIterable, Codable, Sendable {
    /// Each call of the file system layer fails, once and for ever.
    case ioErrors = "io-errors"
    /// Each allocation fails, once and for ever.
    case memory
  }

  /// How many images are made of one crash point.
  public struct ImageBounds: Hashable, Codable, Sendable {
    /// Up to this many independent pieces every combination is tried; 0...16.
    public var exhaust: Int = 12
    /// Images drawn at random beyond the systematic ones where there are more pieces; at least 0.
    public var samples: Int = 40
    /// Crash points within the recovery of one image at each crash point; 0 tries none.
    public var recovery: Int = 4

    /// Creates the usual bounds.
    public init() {}
  }

  /// What ends a program; `nil` explores no crashes.
  public var crashes: Crashes?
  /// What is swept; `nil` for nothing.
  public var sweep: Sweep?
  /// Name of the strategy that chooses schedules; `nil` for a portfolio of them.
  public var strategy: String?
  /// Number of schedules, or with crashes and sweeps of seeded programs, to run; `nil` means until
  /// `minimum` is covered.
  public var schedules: Int?
  /// Nothing further is explored after this time; `nil` without limit.
  public var budget: Nanoseconds?
  /// Distinct images, faults of a sweep or distinct schedules below which no verdict is given; at
  /// least 1.
  public var minimum: Int = 1
  /// How many images a crash point has.
  public var images = ImageBounds()

  /// Creates settings that explore schedules.
  public init() {}

  /// Whether orders of the actors' steps are explored: what there is without crashes and sweeps,
  /// and with crashes where a strategy is named, which chooses among orders of the recovery.
  public var exploresSchedules: Bool { sweep == nil && (crashes == nil || strategy != nil) }
}
