import AssayModel
import Foundation
import Platform

/// What `assay doctor` found on this machine: values only, gathered by `Doctor`, told by
/// `DoctorText`.
public struct DoctorReport: Codable, Equatable, Sendable {
  /// Version of this form; a published version never changes its meaning.
  var schema = 1
  /// The machine.
  var machine: MachineReport
  /// The library that this process runs with.
  var library: LibraryReport
  /// The folder that was named.
  var folder: FolderReport?
  /// The database that was named.
  var database: DatabaseReport?

  /// Whether anything in it is a warning.
  public var hasWarnings: Bool {
    let hints =
      library.hints + (folder.map { $0.hints + $0.fileSystem.hints } ?? [])
      + (database.map { $0.hints + $0.fileSystem.hints } ?? [])
    return hints.contains { $0.level == .warning }
  }

  /// The report as JSON: sorted keys in snake case, spans in nanoseconds, sizes in bytes.
  ///
  /// - Throws: `harness` when a value cannot be written as JSON.
  public func json() throws(RunnerError) -> String {
    String(decoding: try ResultFile.encode(self).dropLast(), as: UTF8.self)
  }
}

/// Something that a reader should know about what was found.
struct Hint: Codable, Equatable, Sendable {
  /// How much it matters.
  enum Level: String, CaseIterable, Codable, Sendable {
    /// Worth knowing.
    case note
    /// Data, or the worth of a measurement, is at stake.
    case warning
  }

  /// How much it matters.
  var level: Level
  /// A name that does not change with the wording.
  var id: String
  /// One sentence or two: what it means and what can be done.
  var message: String
}

/// The machine as it is now.
struct MachineReport: Codable, Equatable, Sendable {
  /// What does not change while it runs.
  var environment: SystemEnvironment
  /// How busy it is.
  var load: SystemLoad
  /// Which allocator serves this process.
  var jemalloc: JemallocPresence
}

/// Whether jemalloc is there.
enum JemallocPresence: String, CaseIterable, Codable, Sendable {
  /// It serves this process.
  case active
  /// It is installed and can be asked for with `storage.allocator`.
  case installed
  /// It is not where Debian puts it.
  case absent
}

/// The SQLite library of this process.
struct LibraryReport: Codable, Equatable, Sendable {
  /// Its version, such as `3.40.1`.
  var version: String
  /// Date and hash of its sources.
  var sourceID: String
  /// Whether its sources were changed by whoever built it, so that the version says less.
  var isModified: Bool
  /// Whether it waits whole seconds where it means milliseconds; tried, not read.
  var sleepsInWholeSeconds: Bool
  /// Options of its build, without `SQLITE_`.
  var compileOptions: [String]
  /// A word on those that matter.
  var notableOptions: [OptionNote]
  /// Documented bugs whose range holds the version.
  var knownBugs: [BugReport]
  /// What follows from the above.
  var hints: [Hint]
}

/// A documented bug that the library has, judged by its version.
struct BugReport: Codable, Equatable, Sendable {
  /// A short name that never changes.
  var id: String
  /// What it is, in a few words.
  var title: String
  /// The versions that have it, such as `>=3.7.0 <3.51.3 !3.44.6 !3.50.7`.
  var affected: String
  /// The kind of damage.
  var consequence: KnownBug.Consequence
  /// What happens and when.
  var description: String
  /// What can be done.
  var remedy: String
  /// The page of SQLite's documentation that says so.
  var source: String
  /// The scenario that comes with Assay and shows it on this library, such as `wal-reset`.
  var scenario: String?
}

/// A compile option and what it means.
struct OptionNote: Codable, Equatable, Sendable {
  /// The option, such as `THREADSAFE=1`.
  var option: String
  /// What it means for an application.
  var meaning: String
}

/// Where files live.
struct FileSystemReport: Codable, Equatable, Sendable {
  /// What the kernel says.
  var facts: FileSystemFacts
  /// What that means for a database.
  var hints: [Hint]
}

/// What a folder costs and can.
struct FolderReport: Codable, Equatable, Sendable {
  /// The folder as it was named.
  var path: String
  /// Where it lives.
  var fileSystem: FileSystemReport
  /// `fdatasync` after 4 KiB were written over old ones: a commit into a WAL that was used before.
  var syncOverwrite: ProbedCost
  /// `fdatasync` after 4 KiB were appended: a commit that makes its WAL or journal longer.
  var syncAppend: ProbedCost
  /// Taking and giving back a POSIX write lock on one byte (`fcntl`).
  var lock: ProbedCost
  /// Whether other mappings and reads see what is stored in a shared mapping.
  var sharedMemory: SharedMemoryProbe
  /// What the figures mean.
  var hints: [Hint]
}

/// What one system call took, many times over; spans in nanoseconds.
struct ProbedCost: Codable, Equatable, Sendable {
  /// How often it was measured.
  var count: UInt64
  /// Median.
  var p50: Nanoseconds?
  /// 99 of 100 took no longer; absent below 100 rounds.
  var p99: Nanoseconds?
  /// The longest.
  var max: Nanoseconds?
}

/// What became of the trial of a shared mapping.
struct SharedMemoryProbe: Codable, Equatable, Sendable {
  /// Whether it is coherent with the file.
  var works: Bool
  /// What went wrong, in the system's words.
  var reason: String?
}

/// What a database file holds and how a fresh connection sees it.
struct DatabaseReport: Codable, Equatable, Sendable {
  /// The file as it was named.
  var path: String
  /// Where it lives.
  var fileSystem: FileSystemReport
  /// Length of the database file.
  var fileSize: ByteCount
  /// Length of the `-wal` file; `nil` when there is none.
  var walSize: ByteCount?
  /// Length of the `-journal` file; `nil` when there is none.
  var journalSize: ByteCount?
  /// What the user of this process can do with it.
  var access: DatabaseAccess
  /// How the settings were read.
  var reading: Reading
  /// The settings.
  var settings: [DatabaseSetting]
  /// What follows from the above.
  var hints: [Hint]

  /// How a file was looked at; none of these ways writes anything.
  enum Reading: String, CaseIterable, Codable, Sendable {
    /// As any reader: with locks, and with what stands in the WAL.
    case shared
    /// The file alone: no locks, without what stands in a WAL or a hot journal.
    case alone
  }
}

/// One effective setting of a fresh connection.
struct DatabaseSetting: Codable, Equatable, Sendable {
  /// Where its value lives.
  enum Home: String, CaseIterable, Codable, Sendable {
    /// In the file: every connection has it.
    case file
    /// In the connection: each has to set it after opening.
    case connection
  }

  /// The pragma.
  var name: String
  /// What SQLite answered.
  var value: String
  /// The value in words, where it is a code.
  var meaning: String?
  /// Where it lives.
  var home: Home
}
