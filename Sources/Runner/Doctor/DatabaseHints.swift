import AssayModel
import Reports

/// What was read of a database, judged. Pure.
struct DatabaseHints {
  /// What was read.
  let findings: DatabaseProbe.Findings
  /// The library that read it.
  let library: LibraryReport

  /// All hints, warnings first.
  func all() -> [Hint] {
    let hints =
      [findings.access.hint].compactMap { $0 } + log() + journal() + content() + defaults()
    return hints.filter { $0.level == .warning } + hints.filter { $0.level == .note }
  }

  private var isWAL: Bool { findings.header?.isWAL ?? false }

  private func value(_ name: String) -> Int64? {
    findings.settings.first { $0.name == name }.flatMap { Int64($0.value) }
  }

  private func log() -> [Hint] {
    var hints: [Hint] = []
    if isWAL, library.knownBugs.contains(where: { $0.id == "wal-reset" }) {
      hints.append(
        Hint(
          level: .warning, id: "wal-reset-applies",
          message: "This database is in WAL mode and SQLite \(library.version) has the WAL-reset "
            + "bug."))
    }
    let wal = findings.walSize ?? ByteCount(0)
    if isWAL, wal > findings.fileSize { hints.append(walIsLarger(wal)) }
    if !isWAL, wal.bytes > 0 {
      let fate = findings.header == nil ? "delete" : "apply"
      hints.append(
        Hint(
          level: .warning, id: "stray-wal",
          message: "There is a WAL with content next to a file that is not in WAL mode. The next "
            + "open would \(fate) it: does it belong to this file?"))
    }
    if isWAL, wal.bytes > 0, findings.reading == .alone, findings.sharedFailure == nil {
      hints.append(
        Hint(
          level: .note, id: "wal-not-read",
          message: "The WAL has content but its shared memory file is missing: its writers were "
            + "cut short, or the files were copied. The figures are those of the file without it.")
      )
    }
    return hints
  }

  /// A log may grow to the automatic checkpoint and, while readers hold that up, somewhat further.
  private func walIsLarger(_ wal: ByteCount) -> Hint {
    let pages = value("wal_autocheckpoint") ?? 0
    let usual = 2 * pages * ((value("page_size") ?? 0) + 24)
    if wal.bytes <= usual {
      return Hint(
        level: .note, id: "wal-larger-than-database",
        message: "The WAL is larger than the database, but no larger than the automatic "
          + "checkpoints at \(pages) pages let it become.")
    }
    return Hint(
      level: .warning, id: "wal-larger-than-database",
      message: "The WAL is larger than the database and than automatic checkpoints at \(pages) "
        + "pages would let it become: a reader that stays in its transaction pins it, nothing "
        + "checkpoints, or a single transaction was that large.")
  }

  private func journal() -> [Hint] {
    var hints: [Hint] = []
    if findings.hasHotJournal {
      hints.append(
        Hint(
          level: .warning, id: "hot-journal",
          message: "The rollback journal has content: a transaction is open right now, or one was "
            + "cut short and the next connection rolls it back. Never delete the journal, and "
            + "never copy the database without it."))
    }
    if let failure = findings.sharedFailure {
      hints.append(
        Hint(
          level: .note, id: "read-alone",
          message: "It could not be read as a reader does (\(failure)); the figures are those of "
            + "the file alone."))
    }
    return hints
  }

  private func content() -> [Hint] {
    var hints: [Hint] = []
    if findings.header == nil {
      hints.append(
        Hint(
          level: .note, id: "empty",
          message: "The file is empty: a database in which nothing was written yet."))
    }
    if let header = findings.header, let pages = header.pageCount, findings.walSize == nil,
      Int64(pages) * Int64(header.pageSize) > findings.fileSize.bytes
    {
      hints.append(
        Hint(
          level: .warning, id: "truncated",
          message: "The file ends early: its header tells of \(pages) pages of "
            + "\(header.pageSize) bytes. Run PRAGMA integrity_check."))
    }
    if let free = value("freelist_count"), let pages = value("page_count"), pages >= 100,
      free * 4 > pages
    {
      hints.append(
        Hint(
          level: .note, id: "many-free-pages",
          message: "\(free * 100 / pages) % of the pages are unused "
            + "(\(Figures.count(UInt64(free))) of \(Figures.count(UInt64(pages)))); VACUUM gives "
            + "them back."))
    }
    return hints
  }

  private func defaults() -> [Hint] {
    var hints: [Hint] = []
    if value("busy_timeout") == 0 {
      // A note: nearly every library begins like this, and what an application sets is not seen.
      hints.append(
        Hint(
          level: .note, id: "no-busy-timeout",
          message: "A fresh connection does not wait: it gets SQLITE_BUSY as soon as another one "
            + "is in the way. Set busy_timeout on every open."))
    }
    if library.sleepsInWholeSeconds {
      hints.append(
        Hint(
          level: .warning, id: "whole-second-waits",
          message: "This library waits in whole seconds: a busy_timeout below one second does not "
            + "wait at all."))
    }
    if value("foreign_keys") == 0 {
      hints.append(
        Hint(
          level: .note, id: "foreign-keys-off",
          message: "Foreign keys are not enforced unless a connection sets foreign_keys."))
    }
    if value("synchronous") == 0 {
      hints.append(
        Hint(
          level: .warning, id: "synchronous-off",
          message: "A fresh connection never syncs: a power loss can corrupt the database."))
    }
    hints.append(
      Hint(
        level: .note, id: "per-connection",
        message: "The settings of a connection are reset on each open: a pool must set them on "
          + "every connection, not only on its first one."))
    return hints
  }
}
