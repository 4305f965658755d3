/// A size of a cell's files, under the name that tables, checks and scenarios use.
public enum SizeFigure: String, CaseIterable, Codable, Sendable {
  /// Peak length of the database file.
  case databasePeak = "db_peak"
  /// Its length at the end of the load, before the last connection closed it.
  case databaseEnd = "db_end"
  /// Peak length of the write-ahead log.
  case walPeak = "wal_peak"
  /// Its length at the end of the load.
  case walEnd = "wal_end"
  /// Peak length of the rollback journal.
  case journalPeak = "journal_peak"
  /// Its length at the end of the load.
  case journalEnd = "journal_end"
  /// Peak total of database, log, journal and shared memory.
  case diskPeak = "disk_peak"
  /// Their total at the end of the load.
  case diskEnd = "disk_end"
}

/// Sizes of a cell's files in bytes; the largest over the repetitions.
///
/// Peaks come from polling the lengths of the files (see `resolution`). Under `probe:`, and with
/// faults or latencies of the file system, those of single files come from every write of every
/// process instead, and are exact if no process was killed. `diskPeak` is always the largest total
/// observed, and at least the largest peak of a single file.
public struct SizesResult: Codable, Equatable, Sendable {
  /// See `SizeFigure.databasePeak`.
  public var databasePeak: UInt64 = 0
  /// See `SizeFigure.databaseEnd`.
  public var databaseEnd: UInt64 = 0
  /// See `SizeFigure.walPeak`.
  public var walPeak: UInt64 = 0
  /// See `SizeFigure.walEnd`.
  public var walEnd: UInt64 = 0
  /// See `SizeFigure.journalPeak`.
  public var journalPeak: UInt64 = 0
  /// See `SizeFigure.journalEnd`.
  public var journalEnd: UInt64 = 0
  /// See `SizeFigure.diskPeak`.
  public var diskPeak: UInt64 = 0
  /// See `SizeFigure.diskEnd`.
  public var diskEnd: UInt64 = 0
  /// True if the peaks of single files come from every write and are exact.
  public var isExact = false
  /// Longest interval between two polls, in nanoseconds: a file that grew and shrank again within
  /// it may have been larger.
  public var resolution: UInt64 = 0

  /// Creates sizes of 0.
  public init() {}

  /// The value of a figure.
  public subscript(_ figure: SizeFigure) -> UInt64 {
    switch figure {
    case .databasePeak: databasePeak
    case .databaseEnd: databaseEnd
    case .walPeak: walPeak
    case .walEnd: walEnd
    case .journalPeak: journalPeak
    case .journalEnd: journalEnd
    case .diskPeak: diskPeak
    case .diskEnd: diskEnd
    }
  }

  /// Returns the larger value of each figure of two repetitions.
  public func merged(with other: SizesResult) -> SizesResult {
    var merged = SizesResult()
    merged.databasePeak = max(databasePeak, other.databasePeak)
    merged.databaseEnd = max(databaseEnd, other.databaseEnd)
    merged.walPeak = max(walPeak, other.walPeak)
    merged.walEnd = max(walEnd, other.walEnd)
    merged.journalPeak = max(journalPeak, other.journalPeak)
    merged.journalEnd = max(journalEnd, other.journalEnd)
    merged.diskPeak = max(diskPeak, other.diskPeak)
    merged.diskEnd = max(diskEnd, other.diskEnd)
    merged.isExact = isExact && other.isExact
    merged.resolution = max(resolution, other.resolution)
    return merged
  }

  private enum CodingKeys: String, CodingKey {
    case databasePeak = "dbPeak"
    case databaseEnd = "dbEnd"
    case walPeak, walEnd, journalPeak, journalEnd, diskPeak, diskEnd, isExact, resolution
  }
}
