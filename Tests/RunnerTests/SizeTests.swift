import AssayModel
import Testing

@testable import Runner

@Suite("Sizes of the files of a cell")
struct SizeTests {
  /// A log that is cut to nothing whenever it begins again, which it does every 20 frames.
  private static let shrinking = """
    storage:
      journal_mode: wal
      synchronous: "off"
      journal_size_limit: 0
      wal_autocheckpoint: 20
    """
  /// Bytes of a log of so many frames.
  private static func log(_ frames: UInt64) -> UInt64 { 32 + frames * (24 + 4_096) }

  @Test("The peak of a log that is cut again and again is its longest length, not its last one")
  func peakUnderLimit() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        \(Self.shrinking)
        load: { workload: kv, writers: 1, keys: { count: 50 }, operations: 105 }
        probe: counts
        expect: { integrity: valid, wal: { max: 1 MiB }, disk: { max: 8 MiB } }
        """), in: sandbox)
    #expect(ending.code == 0, "\(ending.output) \(ending.errors)")
    let sizes = try #require(result.cells[0].sizes)
    #expect(sizes.isExact)
    // The commit that passes 20 frames has two or three pages.
    #expect((Self.log(20)...Self.log(24)).contains(sizes.walPeak), "\(sizes)")
    #expect(sizes.walEnd < sizes.walPeak)
    #expect(sizes.databasePeak >= sizes.databaseEnd && sizes.databaseEnd > 0)
    // The sum of one look, and no less than one file alone.
    #expect(sizes.diskPeak >= max(sizes.walPeak, sizes.databasePeak))
  }

  @Test("A log that grows beyond the bound of the check is exit 3, and the verdict names its peak")
  func tooLarge() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { journal_mode: wal, wal_autocheckpoint: 0, synchronous: "off" }
        load: { workload: kv, writers: 1, keys: { count: 50 }, operations: 100 }
        expect: { wal: { max: 64 KiB }, disk: { max: 64 KiB } }
        """), in: sandbox)
    #expect(ending.code == 3, "\(ending.output) \(ending.errors)")
    for verdict in result.cells[0].verdicts {
      #expect(verdict.status == .violated && !verdict.met, "\(verdict)")
      #expect(verdict.measured?.contains("KiB, at most 64 KiB") == true, "\(verdict)")
    }
    let sizes = try #require(result.cells[0].sizes)
    #expect(sizes.walPeak == sizes.walEnd && sizes.walPeak >= Self.log(100))
    #expect(sizes.diskPeak >= sizes.walPeak + sizes.databasePeak)
    #expect(!sizes.isExact && sizes.resolution > 0)
  }

  @Test("A block's peak is that of the whole block, also of a log that was cut before its end")
  func blockPeak() async throws {
    let limit = ["storage.journal_mode=wal", "storage.wal_autocheckpoint=20"]
    let trial = try ComparisonTrial(
      ComparisonTrial.scripted, base: limit + ["storage.journal_size_limit=0"], head: limit)
    let peaks = try await trial.withRunner { runner in
      try ComparisonSide.allCases.map {
        try #require(runner.sample($0).measurement.resources["wal_peak_bytes"])
      }
    }
    #expect(peaks[0] >= Self.log(20) && peaks[0] == peaks[1], "\(peaks)")
  }

  @Test("The sizes of a repetition are peaks of all looks, and ends of the last process")
  func merged() {
    func lengths(_ time: UInt64, _ database: UInt64, _ wal: UInt64) -> SizeWatch.Lengths {
      SizeWatch.Lengths(time: MonotonicTime(nanoseconds: time), database: database, wal: wal)
    }
    var readings = SizeWatch.Readings()
    for look in [lengths(0, 10, 0), lengths(5, 10, 90), lengths(8, 30, 5)] { readings.add(look) }
    var (early, late) = (WorkerReport(), WorkerReport())
    (early.lengths, late.lengths) = (lengths(6, 20, 95), lengths(9, 31, 7))
    let seen = SizesResult(readings, reports: [late, early], processes: 2)
    #expect(seen.walPeak == 90 && seen.walEnd == 7 && seen.databaseEnd == 31)
    #expect(seen.diskPeak == 100 && seen.diskEnd == 38 && seen.resolution == 5)
    #expect(!seen.isExact)
    (early.written, late.written) = (["wal": 97, "database": 31], ["wal": 40])
    #expect(SizesResult(readings, reports: [late, early], processes: 2).walPeak == 97)
    #expect(SizesResult(readings, reports: [late, early], processes: 2).isExact)
    // A process that was killed may have written more.
    #expect(!SizesResult(readings, reports: [late, early], processes: 3).isExact)
  }
}
