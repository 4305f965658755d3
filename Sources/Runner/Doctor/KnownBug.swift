import AssayModel

/// A documented bug of SQLite and the versions that have it.
struct KnownBug: Equatable, Sendable {
  /// What it can do, worst first.
  enum Consequence: String, Codable, Sendable, CaseIterable {
    /// The database file, or an index in it, is damaged.
    case corruption
    /// Something that was reported as committed is gone.
    case lostCommit = "lost_commit"
    /// Memory is read or written where it must not be, or the process hangs.
    case crash
    /// A query answers wrongly.
    case wrongResult = "wrong_result"
  }

  /// A short name that never changes.
  var id: String
  /// What it is, in a few words.
  var title: String
  /// The versions that have it. Without a lower bound the release notes do not say since when.
  var affected: VersionRange
  /// The kind of damage.
  var consequence: Consequence
  /// What happens and when.
  var description: String
  /// What can be done.
  var remedy: String
  /// The page of SQLite's documentation that says so.
  var source: String
  /// The scenario that comes with Assay and shows it; `nil` where there is none.
  var scenario: String?
}

extension BugReport {
  /// The bug as a report carries it.
  init(_ bug: KnownBug) {
    self.init(
      id: bug.id, title: bug.title, affected: "\(bug.affected)", consequence: bug.consequence,
      description: bug.description, remedy: bug.remedy, source: bug.source,
      scenario: bug.scenario)
  }
}

/// The documented bugs that a version has.
///
/// Judged by version only: a distributor may have brought a fix into an older version, and a page
/// of the documentation that is newer than this table may name more.
enum KnownBugs {
  /// Every bug of the table whose range holds `version`, worst kind first.
  static func affecting(_ version: LibraryVersion) -> [KnownBug] {
    KnownBug.Consequence.allCases.flatMap { consequence in
      table.filter { $0.consequence == consequence && $0.affected.contains(version) }
    }
  }

  /// A range from the texts of its ends, such as `3.7.0` and `3.51.3`.
  ///
  /// - Precondition: all texts are versions; a test reads the whole table.
  static func range(
    from: String? = nil, fixedIn below: String, _ backports: String...
  ) -> VersionRange {
    func version(_ text: String) -> LibraryVersion {
      guard let version = LibraryVersion(text) else {
        preconditionFailure("'\(text)' is not a version")
      }
      return version
    }
    return VersionRange(
      from: from.map(version), below: version(below), except: backports.map(version))
  }
}
