import AssayModel
import FaultVFS
import Workloads

/// What was found in a recovered image.
enum ImageState: Hashable, Sendable {
  /// It opens, is sound, and holds this content.
  case content(Digest128)
  /// As `content`, but no state of the program, and an invariant of the scenario does not hold.
  case breaking(Digest128, String)
  /// SQLite could not open or read it.
  case unreadable(code: Int32)
  /// `integrity_check` or `foreign_key_check` finds faults.
  case damaged
  /// Opening it a second time gave another content.
  case unstable
}

/// A kind of violation: findings of the same kind differ only in the image.
struct ViolationKind: Hashable, Codable, Sendable {
  /// The check.
  var check: CheckName
  /// What was seen: a SQLite code, or a word such as `torn`, `lost`.
  var code: String
  /// The kinds of files that lost pieces or names, in the order of `FileKind`.
  var files: [FileKind]

  /// For people, such as `consistency: integrity, lost pieces of database`.
  var text: String {
    let lost =
      files.isEmpty ? "nothing lost" : "lost: \(files.map(\.rawValue).joined(separator: ", "))"
    return "\(check.rawValue): \(code) (\(lost))"
  }
}

/// One violated image of a program.
struct Violation: Hashable, Codable, Sendable {
  /// Its kind.
  var kind: ViolationKind
  /// Where it stands among the images of its program, from 0.
  var ordinal: Int
  /// The image.
  var image: CrashImage
  /// The crash during the recovery of `image`, if there was one.
  var recovery: CrashImage?
  /// Transactions acknowledged at the crash.
  var acknowledged: Int
  /// Transactions begun at the crash.
  var begun: Int
  /// What was found, in a sentence.
  var found: String
}
