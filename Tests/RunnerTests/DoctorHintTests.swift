import AssayModel
import Testing

@testable import Platform
@testable import Runner

@Suite("Doctor, what a database's state means")
struct DoctorHintTests {
  private func hints(
    version: String = "3.53.4", isWAL: Bool = true, wal: Int64? = nil, pages: Int = 100,
    free: Int = 0, sleepsInWholeSeconds: Bool = false, _ answers: [String: String] = [:]
  ) -> [Hint] {
    var answers = answers
    answers.merge([
      "page_size": "4096", "page_count": "\(pages)", "freelist_count": "\(free)",
      "wal_autocheckpoint": "1000", "busy_timeout": "5000", "foreign_keys": "1",
      "synchronous": "2",
    ]) { given, _ in given }
    let findings = DatabaseProbe.Findings(
      header: DatabaseHeader(pageSize: 4_096, isWAL: isWAL, pageCount: pages),
      facts: FileSystemFacts(type: "ext4", options: "", mountPoint: "/", free: ByteCount(1 << 40)),
      fileSize: ByteCount(Int64(pages) * 4_096), walSize: wal.map { ByteCount($0) },
      journalSize: nil, hasHotJournal: false, reading: .shared, sharedFailure: nil,
      settings: DatabaseSettings.all(answers: answers, isWAL: isWAL),
      access: DatabaseAccess(
        AccessFacts(folder: "/", userID: 0), isWAL: isWAL, hasHotJournal: false))
    let library = LibraryProbe.report(
      version: version, sourceID: "", options: [], sleepsInWholeSeconds: sleepsInWholeSeconds)
    return DatabaseHints(findings: findings, library: library).all()
  }

  private func ids(_ hints: [Hint]) -> [String] { hints.map(\.id) }

  @Test("A well-set database has nothing to be told but that settings belong to connections")
  func healthy() {
    #expect(ids(hints(wal: 4_000)) == ["per-connection"])
  }

  @Test("A large WAL is a warning only beyond what automatic checkpoints allow")
  func largeWAL() {
    func levels(_ bytes: Int64, _ answers: [String: String] = [:]) -> [Hint.Level] {
      hints(wal: bytes, answers).filter { $0.id == "wal-larger-than-database" }.map(\.level)
    }
    #expect(levels(409_600).isEmpty)
    #expect(levels(409_601) == [.note])
    #expect(levels(50_000_000) == [.warning])
    #expect(levels(409_601, ["wal_autocheckpoint": "0"]) == [.warning])
  }

  @Test("The WAL-reset bug is told of a database in WAL mode under a version that has it")
  func walReset() {
    #expect(ids(hints(version: "3.40.1")).contains("wal-reset-applies"))
    #expect(!ids(hints(version: "3.40.1", isWAL: false)).contains("wal-reset-applies"))
    #expect(!ids(hints(version: "3.51.3")).contains("wal-reset-applies"))
  }

  @Test("Dangerous defaults and wasted pages are told, warnings first")
  func defaults() {
    let found = hints(
      pages: 400, free: 101, sleepsInWholeSeconds: true,
      ["busy_timeout": "0", "synchronous": "0", "foreign_keys": "0"])
    #expect(
      ids(found) == [
        "whole-second-waits", "synchronous-off", "many-free-pages", "no-busy-timeout",
        "foreign-keys-off", "per-connection",
      ])
    #expect(!ids(hints(pages: 400, free: 100)).contains("many-free-pages"))
  }

  @Test("Unused pages are told as a share and as numbers that agree with each other")
  func share() {
    let message = hints(pages: 2_000, free: 980).first { $0.id == "many-free-pages" }?.message
    #expect(message?.hasPrefix("49 % of the pages are unused (980 of 2,000)") == true)
  }

  @Test("A WAL beside a database that calls for none is told")
  func strayWAL() {
    #expect(ids(hints(isWAL: false, wal: 4_000)).contains("stray-wal"))
    #expect(!ids(hints(isWAL: false, wal: 0)).contains("stray-wal"))
  }
}
