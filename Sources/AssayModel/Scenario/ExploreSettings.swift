/// The `explore:` section of a scenario: the scope and the minimum of the simulated world's
/// exploration.
public struct ExploreSettings: Hashable, Codable, Sendable {
  /// Kinds of crash that end a program.
  public enum Crashes: String, CaseIterable, Codable, Sendable {
    /// The process dies; the operating system lives on, so the effects of completed calls persist.
    case process
    /// Power is lost: data that was not synced may be lost, in part and in any order.
    case powerLoss = "power-loss"
  }

  /// Faults that are tried at every operation in turn.
  public enum Sweep: String, CaseIterable, Codable, Sendable {
    /// Each call of the file system layer fails: once, and permanently in a separate run.
    case ioErrors = "io-errors"
    /// Each allocation fails: once, and permanently in a separate run.
    case memory
  }

  /// Bounds on the number of images made of one crash point.
  public struct ImageBounds: Hashable, Codable, Sendable {
    /// Largest number of independent pieces for which every combination is tried; 0...16.
    public var exhaust: Int = 12
    /// Number of images drawn at random in addition to the systematic ones if there are more
    /// pieces; at least 0.
    public var samples: Int = 40
    /// Number of crash points tried within the recovery of one image at each crash point; 0 tries
    /// none.
    public var recovery: Int = 4

    /// Creates the default bounds.
    public init() {}
  }

  /// Kind of crash that ends a program; `nil` explores no crashes.
  public var crashes: Crashes?
  /// Faults of the sweep; `nil` for no sweep.
  public var sweep: Sweep?
  /// Name of the strategy that chooses schedules; `nil` for a portfolio of them.
  public var strategy: String?
  /// Number of schedules, or with crashes and sweeps of seeded programs, to run; `nil` means until
  /// `minimum` is covered.
  public var schedules: Int?
  /// Time limit of the exploration; `nil` for no limit.
  public var budget: Nanoseconds?
  /// Number of distinct images, faults of a sweep or distinct schedules below which no verdict is
  /// given; at least 1.
  public var minimum: Int = 1
  /// Bounds on the number of images of a crash point.
  public var images = ImageBounds()

  /// Creates settings that explore schedules.
  public init() {}

  /// True if orders of the actors' steps are explored: always without crashes and sweeps, and with
  /// crashes only if a strategy is named, which then chooses among orders of the recovery.
  public var exploresSchedules: Bool { sweep == nil && (crashes == nil || strategy != nil) }
}
