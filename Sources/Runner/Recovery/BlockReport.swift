import AssayModel

/// What was found in one block of the exploration: one program with all its images.
struct BlockReport: Codable, Sendable {
  /// Number of the program.
  var program: Int
  /// Counts by name; see `ExploredCounts`.
  var counts: [String: UInt64] = [:]
  /// The most acknowledged transactions that one image has lost.
  var mostLost = 0
  /// The first violation of each kind, in the order in which they were found.
  var violations: [Violation] = []
  /// What the workload's own checks say of the program without any crash.
  var checks: [CheckResult] = []
  /// What became of the attempts of all actors; empty in all but the first block of a program.
  var attempts = ExploredAttempts()
  /// What executing the scenario's own SQL again showed.
  var model: ModelReport?
  /// Digest of the disk's log.
  var logDigest = ""
  /// Why the program did not come to its end, if it did not.
  var stuck: String?
  /// The file with the distinct images: hash and flags.
  var imagesFile = ""
}

/// Bits that say what was wrong with an image, over all crash points at which it may be found.
struct ImageFlags: OptionSet, Hashable, Sendable {
  var rawValue: UInt64

  /// It does not open, or its integrity is broken.
  static let damaged = ImageFlags(rawValue: 1)
  /// Its content is no state that the program has committed.
  static let inconsistent = ImageFlags(rawValue: 2)
  /// It lacks a transaction that was acknowledged at its crash point.
  static let lost = ImageFlags(rawValue: 4)
  /// It breaks an invariant of the scenario.
  static let breaking = ImageFlags(rawValue: 16)
  /// It was reached by a second crash, during recovery.
  static let afterRecovery = ImageFlags(rawValue: 8)
}

/// Names of the counts of an exploration, as they stand in `explored{}` of a result.
enum ExploredCounts {
  static let programs = "programs"
  static let crashPoints = "crash_points"
  static let exhausted = "crash_points_exhausted"
  static let sampled = "crash_points_sampled"
  /// Crash points of a program that was begun, which the budget did not reach.
  static let unexplored = "crash_points_unexplored"
  static let images = "images"
  static let distinct = "distinct_images"
  static let recovered = "images_recovered"
  static let openedTwice = "images_opened_twice"
  static let openedAfresh = "images_opened_afresh"
  static let keptMistakes = "kept_connection_mistakes"
  static let recoveryCrashes = "recovery_crash_points"
  static let recoveryImages = "recovery_images"
  static let damaged = "images_damaged"
  static let inconsistent = "images_inconsistent"
  static let lost = "images_lost"
  /// How many distinct images it took until the first inconsistent one, itself included.
  static let untilInconsistent = "images_until_inconsistent"
  /// How many distinct images it took until the first one that had lost something.
  static let untilLost = "images_until_lost"
  /// The most acknowledged transactions that one image has lost.
  static let mostLost = "transactions_lost_at_most"
  static let breaking = "images_breaking_invariants"
  static let transactions = "transactions"
  static let findings = "violation_kinds"
}
