import AssayModel
import Platform
import Statistics

/// Measures what a folder costs, with files of its own that are gone afterwards.
struct FolderProbe {
  /// Enough for a p99; on a disk of 10 ms a sync the limit of time comes first.
  private static let syncRounds = 200
  private static let lockRounds = 2_000
  /// Pages that are written over in turn.
  private static let pageCount = 64
  private static let pageSize = 4_096

  /// An existing folder.
  let folder: String
  /// A real clock.
  let time: any TimeSource

  /// What was measured.
  struct Findings {
    var syncOverwrite: ProbedCost
    var syncAppend: ProbedCost
    var lock: ProbedCost
    var sharedMemory: SharedMemoryProbe
  }

  /// Measures; about 2 s at most, unless a single sync takes longer.
  ///
  /// - Throws: what the system refused; no file is left then either.
  func run() throws(PlatformError) -> Findings {
    try SignalHold.during { () throws(PlatformError) in
      let file = try ProbeFile(in: folder)
      let append = try measureSync(file) { $0 }
      let overwrite = try measureSync(file) { $0 % Self.pageCount }
      return Findings(
        syncOverwrite: overwrite, syncAppend: append, lock: try measureLock(file),
        sharedMemory: trySharedMemory())
    }
  }

  /// Times the sync alone: the write before it only fills the page cache.
  private func measureSync(
    _ file: borrowing ProbeFile, pageOfRound: (Int) -> Int
  ) throws(PlatformError) -> ProbedCost {
    var page = [UInt8](repeating: 1, count: Self.pageSize)
    let giveUp = time.monotonicNow() + .milliseconds(900)
    var histogram = LatencyHistogram()
    for round in 0..<Self.syncRounds {
      page[0] = UInt8(truncatingIfNeeded: round)
      try file.write(page, at: pageOfRound(round) * Self.pageSize)
      let start = time.monotonicNow()
      try file.synchronize()
      let end = time.monotonicNow()
      histogram.record(UInt64(max(0, (end - start).rawValue)))
      if end >= giveUp { break }
    }
    return ProbedCost(histogram)
  }

  private func measureLock(_ file: borrowing ProbeFile) throws(PlatformError) -> ProbedCost {
    let giveUp = time.monotonicNow() + .milliseconds(200)
    var histogram = LatencyHistogram()
    for _ in 0..<Self.lockRounds {
      let start = time.monotonicNow()
      try file.lockAndUnlock()
      let end = time.monotonicNow()
      histogram.record(UInt64(max(0, (end - start).rawValue)))
      if end >= giveUp { break }
    }
    return ProbedCost(histogram)
  }

  /// What one mapping stores, another one and a read must see: WAL mode stands on it.
  private func trySharedMemory() -> SharedMemoryProbe {
    let path = ProbeFile.freshPath(in: folder)
    let mark: UInt64 = 0x6173_7361_795f_6f6b
    do throws(PlatformError) {
      defer { try? Folder.remove(path) }
      // 32 KiB is the unit in which SQLite maps its shared memory.
      let writer = try MappedFile(creating: path, byteCount: 32 << 10)
      writer.storeReleasing(mark, at: 7)
      let reader = try MappedFile(opening: path, isWritable: false)
      guard reader.loadAcquiring(7) == mark else {
        return failed("a second mapping does not see what the first one stored")
      }
      let bytes = try ByteFile.read(path, limit: 64 << 10)
      let word = bytes[56..<64].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard word == mark.littleEndian else {
        return failed("a read does not see what a mapping stored")
      }
      return SharedMemoryProbe(works: true)
    } catch {
      return failed(error.description)
    }
  }

  private func failed(_ reason: String) -> SharedMemoryProbe {
    SharedMemoryProbe(works: false, reason: reason)
  }
}

extension ProbedCost {
  /// The percentiles that the recorded values can hold.
  fileprivate init(_ histogram: LatencyHistogram) {
    func span(_ value: UInt64?) -> Nanoseconds? { value.map { Nanoseconds(Int64(clamping: $0)) } }
    let result = histogram.result
    self.init(
      count: result.count, p50: span(result.p50), p99: span(result.p99), max: span(result.max))
  }
}
