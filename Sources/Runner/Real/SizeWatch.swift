import AssayModel
import Foundation
import Platform
import Synchronization

/// Looks at the lengths of a database and the files next to it, on a thread of its own.
///
/// A look is four calls of the system and takes some microseconds. What grows and shrinks again
/// between two looks is not seen; the longest time between two is part of the readings.
final class SizeWatch: Sendable {
  /// How often it looks where nothing depends on sizes: 0.1 % of a processor.
  static let usual = Nanoseconds.milliseconds(10)
  /// How often it looks where a check or a metric is about sizes: 1 % of a processor.
  static let close = Nanoseconds.milliseconds(1)

  /// Lengths of all files at one moment.
  struct Lengths: Codable, Equatable, Sendable {
    var time = MonotonicTime(nanoseconds: 0)
    var database: UInt64 = 0
    var wal: UInt64 = 0
    var journal: UInt64 = 0
    var sharedMemory: UInt64 = 0

    /// What they take together.
    var sum: UInt64 { database + wal + journal + sharedMemory }

    /// The lengths now; 0 for what does not exist.
    static func now(of database: String) -> Lengths {
      func size(_ suffix: String) -> UInt64 {
        UInt64(max(0, (try? ByteFile.size(of: database + suffix)) ?? 0))
      }
      return Lengths(
        time: SystemTime().monotonicNow(), database: size(""), wal: size("-wal"),
        journal: size("-journal"), sharedMemory: size("-shm"))
    }
  }

  /// What was seen.
  struct Readings: Sendable {
    /// The longest length of each file.
    var peak = Lengths()
    /// The largest sum of one look.
    var sum: UInt64 = 0
    /// The last look.
    var last: Lengths?
    /// The longest time between two looks.
    var gap = Nanoseconds.zero

    mutating func add(_ lengths: Lengths) {
      peak.database = max(peak.database, lengths.database)
      peak.wal = max(peak.wal, lengths.wal)
      peak.journal = max(peak.journal, lengths.journal)
      peak.sharedMemory = max(peak.sharedMemory, lengths.sharedMemory)
      sum = max(sum, lengths.sum)
      if let last { gap = max(gap, lengths.time - last.time) }
      last = lengths
    }
  }

  private struct State {
    var readings = Readings()
    var isOver = false
  }

  private let state = Mutex(State())

  /// Looks once, then again and again until `end`.
  init(database: String, every interval: Nanoseconds) {
    look(database)
    Thread.detachNewThread { [self] in
      repeat {
        Thread.sleep(forTimeInterval: Double(interval.rawValue) / 1e9)
      } while look(database)
    }
  }

  /// Returns whether another look is wanted.
  @discardableResult
  private func look(_ database: String) -> Bool {
    let lengths = Lengths.now(of: database)
    return state.withLock { state in
      // What is seen after the end belongs to whoever reads or removes the files then.
      if !state.isOver { state.readings.add(lengths) }
      return !state.isOver
    }
  }

  /// Ends it; returns what was seen.
  @discardableResult
  func end() -> Readings {
    state.withLock { state in
      state.isOver = true
      return state.readings
    }
  }
}

extension PlannedCell {
  /// How often the lengths of its files are looked at.
  var sizeInterval: Nanoseconds {
    let named = expectations.map(\.check) + furtherChecks
    return named.contains { $0.size != nil } ? SizeWatch.close : SizeWatch.usual
  }
}

extension SizesResult {
  /// The sizes of one repetition.
  ///
  /// - Parameters:
  ///   - readings: from the beginning of the load to the end of the last process.
  ///   - reports: of the processes that ended by themselves, which know the lengths at that time.
  ///   - processes: how many there were.
  init(_ readings: SizeWatch.Readings, reports: [WorkerReport], processes: Int) {
    self.init()
    let last = reports.compactMap(\.lengths).max { $0.time < $1.time } ?? readings.last
    let end = last ?? SizeWatch.Lengths()
    (databaseEnd, walEnd, journalEnd, diskEnd) = (end.database, end.wal, end.journal, end.sum)
    let written = reports.compactMap(\.written)
    isExact = written.count == processes && processes > 0
    func peak(_ file: FileKind, _ seen: UInt64, _ end: UInt64) -> UInt64 {
      written.reduce(max(seen, end)) { max($0, $1[file.rawValue] ?? 0) }
    }
    databasePeak = peak(.database, readings.peak.database, end.database)
    walPeak = peak(.wal, readings.peak.wal, end.wal)
    journalPeak = peak(.journal, readings.peak.journal, end.journal)
    diskPeak = max(readings.sum, end.sum, databasePeak, walPeak, journalPeak)
    resolution = UInt64(max(0, readings.gap.rawValue))
  }
}
