import AssayModel
import FaultVFS

/// A violation of the simulated world in a form that can be made again exactly: what
/// `findings/finding-<n>.json` holds. No times, no names of runs.
struct CrashFinding: Hashable, Codable, Sendable {
  /// Version of this form.
  static let currentSchema = 2
  /// Version of the simulated disk and its images: another one may write another log.
  static let currentDiskVersion = 1

  var schema = CrashFinding.currentSchema
  /// Version of the simulated disk.
  var diskVersion = CrashFinding.currentDiskVersion
  /// The scenario's name.
  var scenario = ""
  /// Its kind.
  var kind: ViolationKind
  /// What was found, in a sentence.
  var found: String
  /// Transactions that were acknowledged at the crash.
  var acknowledged: Int
  /// Transactions that had begun at the crash.
  var begun: Int
  /// The crash point and what it lost.
  var image: CrashImage
  /// The crash point of a second crash, during recovery.
  var recovery: CrashImage?
  /// Tells the image apart.
  var imageDigest: String
  /// Digest of the disk's log.
  var logDigest: String
  /// Number of the program.
  var program: Int
  /// Operations of the program that play no part.
  var skipped: [SkippedOperation]
  /// Source id of the library.
  var sqliteSourceID: String
  /// The cell, complete in itself.
  @SealedCell var cell: PlannedCell

  private enum CodingKeys: String, CodingKey {
    case schema, diskVersion, scenario, kind, found, acknowledged, begun, image, recovery,
      imageDigest
    case logDigest, program, skipped, cell
    // As the conversion from snake case spells it.
    case sqliteSourceID = "sqliteSourceId"
  }

  /// An operation that was left out.
  struct SkippedOperation: Hashable, Codable, Sendable {
    var actor: ActorID
    var number: Int
  }

  /// The operations that are left out.
  var skips: Set<ProgramPlace> {
    Set(skipped.map { ProgramPlace($0.actor, number: $0.number) })
  }
}
