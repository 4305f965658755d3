import AssayModel
import Schedules

/// A schedule in which a check failed.
struct ScheduleViolation: Hashable, Codable, Sendable {
  /// What was found wrong.
  struct Found: Hashable, Codable, Sendable {
    /// The check.
    var check: CheckName
    /// What it found, in a sentence.
    var text: String
  }

  /// Number of the schedule in the search.
  var index: Int
  /// Number of the program.
  var program: Int
  /// Who ran when.
  var schedule: ScheduleDescription
  /// What was found.
  var found: Found
}

/// What a block of schedules showed.
struct ScheduleReport: Codable, Sendable {
  /// Number of the block.
  var block: Int
  /// Name of its strategy.
  var strategy: String
  /// Counts by name; see `ScheduledCounts`.
  var counts: [String: UInt64] = [:]
  /// Digests of the schedules in their order, two words each.
  var digests: [UInt64] = []
  /// What became of the attempts of all actors.
  var attempts = ExploredAttempts()
  /// The first violation of each check.
  var violations: [ScheduleViolation] = []
}

/// Names of the counts of an exploration of schedules, as they stand in `explored{}` of a result.
enum ScheduledCounts {
  static let schedules = "schedules"
  static let distinct = "distinct_schedules"
  /// Of every step, byte and answer of all schedules in their order: equal in two runs of the same
  /// schedules. 53 bits, so that every reader of JSON gets it whole.
  static let digest = "schedules_digest"
  static let programs = "programs"
  static let steps = "steps"
  static let handOvers = "hand_overs"
  /// Schedules in which at least one check failed.
  static let violating = "schedules_violating"
  /// How many schedules it took until the first in which a check failed, itself included.
  static let untilViolation = "schedules_until_violation"
  /// Schedules in which a write-ahead log was begun anew between another actor's taking of the
  /// checkpoint lock and its first reading from the log.
  static let restartWindows = "schedules_restarting_under_checkpoint"
  /// Transactions that were told that their snapshot is too old to write (SQLITE_BUSY_SNAPSHOT).
  static let busySnapshots = "busy_snapshots"
  /// Schedules in which an invariant was not evaluated to its end.
  static let unfinishedInvariants = "schedules_with_unfinished_invariants"
  /// Programs whose schedules were tried one and all, within the bounds of their strategy.
  static let exhausted = "programs_exhausted"
}
