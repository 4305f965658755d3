public import AssayModel
import Glibc
import Platform
import SQLiteDriver

/// Examines this machine, its SQLite library, and a folder or database of the user's.
///
/// It tries rather than reads where it can: how long the library sleeps, what a sync and a lock
/// cost, whether shared memory works. It writes nothing but short-lived files of its own in a
/// folder that was named, and never touches a database. It cannot tell whether a fix was brought
/// into an older version, nor whether locks hold between machines.
public enum Doctor {
  /// Endings by which people name databases.
  private static let databaseEndings = [".db", ".db3", ".sqlite", ".sqlite3"]

  /// Examines; about 3 s with a folder, some milliseconds without.
  ///
  /// - Parameters:
  ///   - path: an existing folder or database file; `nil` for the machine and the library alone.
  ///     The calling process must not have the database open.
  ///   - time: a real clock; `nil` for that of this machine.
  /// - Throws: `input` when there is no such path, or it is neither folder nor database, or may not
  ///   be read (a folder: written); `harness` when a trial failed otherwise.
  public static func examine(
    path: String? = nil, time: (any TimeSource)? = nil
  ) throws(RunnerError) -> DoctorReport {
    let time = time ?? SystemTime()
    let kind = try path.map { (path) throws(RunnerError) in try kindOf(path) }
    let machine = try MachineProbe.run()
    let library = LibraryProbe.run(time: time)
    var report = DoctorReport(machine: machine, library: library)
    switch kind {
    case .folder(let folder): report.folder = try examine(folder: folder, machine, time)
    case .file(let file): report.database = try examine(database: file, library)
    case nil: break
    }
    return report
  }

  private enum Kind {
    case folder(String)
    case file(String)
  }

  private static func kindOf(_ path: String) throws(RunnerError) -> Kind {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw RunnerError(.input, "'\(path)' is not a path")
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      let error = PlatformError(operation: "stat", errorNumber: errno, path: path)
      let isMissing = error.code == .notFound
      throw RunnerError(.input, isMissing ? "'\(path)' does not exist" : error.description)
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      if databaseEndings.contains(where: path.hasSuffix) {
        throw RunnerError(
          .input, "'\(path)' is a folder, not a database; write '\(path)/' to examine the folder")
      }
      return .folder(path)
    case S_IFREG: return .file(path)
    default: throw RunnerError(.input, "'\(path)' is neither a folder nor a file")
    }
  }

  private static func examine(
    folder: String, _ machine: MachineReport, _ time: any TimeSource
  ) throws(RunnerError) -> FolderReport {
    do throws(PlatformError) {
      let facts = try FileSystemFacts.of(folder)
      let found = try FolderProbe(folder: folder, time: time).run()
      return FolderReport(
        path: folder,
        fileSystem: FileSystemReport(facts: facts, hints: FileSystemHints.of(facts)),
        syncOverwrite: found.syncOverwrite, syncAppend: found.syncAppend, lock: found.lock,
        sharedMemory: found.sharedMemory,
        hints: FileSystemHints.of(found, facts: facts, machine: machine))
    } catch {
      let isInput = error.code == .notPermitted || error.code == .notFound
      throw RunnerError(
        isInput ? .input : .harness, "'\(folder)' cannot be examined: \(error)")
    }
  }

  private static func examine(
    database: String, _ library: LibraryReport
  ) throws(RunnerError) -> DatabaseReport {
    let found = try DatabaseProbe(path: database).run()
    return DatabaseReport(
      path: database,
      fileSystem: FileSystemReport(facts: found.facts, hints: FileSystemHints.of(found.facts)),
      fileSize: found.fileSize, walSize: found.walSize, journalSize: found.journalSize,
      access: found.access, reading: found.reading, settings: found.settings,
      hints: DatabaseHints(findings: found, library: library).all())
  }
}

/// Reads what the machine is.
enum MachineProbe {
  static func run() throws(RunnerError) -> MachineReport {
    do throws(PlatformError) {
      return MachineReport(
        environment: try SystemEnvironment.current(), load: try SystemLoad.current(),
        jemalloc: jemalloc())
    } catch {
      throw RunnerError(.harness, "the machine cannot be described: \(error)")
    }
  }

  private static func jemalloc() -> JemallocPresence {
    if JemallocStatistics.current() != nil { return .active }
    return (try? WorkerLauncher.jemallocPath()) != nil ? .installed : .absent
  }
}

/// Reads and tries what the library is.
enum LibraryProbe {
  static func run(time: any TimeSource) -> LibraryReport {
    report(
      version: SQLiteLibrary.version, sourceID: SQLiteLibrary.sourceID,
      options: SQLiteLibrary.compileOptions,
      sleepsInWholeSeconds: SQLiteLibrary.sleepsInWholeSeconds(time: time))
  }

  /// Judges a library by what it says of itself. Pure.
  static func report(
    version: String, sourceID: String, options: [String], sleepsInWholeSeconds: Bool
  ) -> LibraryReport {
    let bugs = LibraryVersion(version).map(KnownBugs.affecting) ?? []
    // SQLite's own tools put `alt1` or `alt2` in place of the hash's end when sources differ.
    let isModified = sourceID.dropLast().hasSuffix("alt")
    return LibraryReport(
      version: version, sourceID: sourceID, isModified: isModified,
      sleepsInWholeSeconds: sleepsInWholeSeconds, compileOptions: options,
      notableOptions: OptionNotes.notable(options), knownBugs: bugs.map(BugReport.init),
      hints: hints(version, options, isModified, sleepsInWholeSeconds, hasBugs: !bugs.isEmpty))
  }

  private static func hints(
    _ version: String, _ options: [String], _ isModified: Bool, _ sleepsInWholeSeconds: Bool,
    hasBugs: Bool
  ) -> [Hint] {
    var hints: [Hint] = []
    if sleepsInWholeSeconds {
      hints.append(
        Hint(
          level: .warning, id: "whole-second-sleep",
          message: "It was built without HAVE_USLEEP and sleeps whole seconds: a busy_timeout "
            + "below 1 s returns at once, a longer one waits far too long."))
    }
    if options.contains("THREADSAFE=0") {
      hints.append(
        Hint(
          level: .warning, id: "not-threadsafe",
          message: "It has no mutexes: concurrent use by two threads corrupts its memory."))
    }
    if LibraryVersion(version) == nil {
      hints.append(
        Hint(
          level: .warning, id: "unknown-version",
          message: "'\(version)' is not a version that can be looked up among the known bugs."))
    }
    if hasBugs {
      hints.append(
        Hint(
          level: .note, id: "by-version",
          message: "Known bugs are judged by version only: a distributor such as Debian may have "
            + "brought a fix into an older version"
            + (isModified ? ", and these sources were changed (see the source id)." : ".")))
    }
    return hints
  }
}
