import AssayModel
import Foundation
import Testing

@testable import Platform
@testable import Runner

@Suite("Doctor, reports")
struct DoctorTextTests {
  static let machine = MachineReport(
    environment: SystemEnvironment(
      processorModel: "Example 9000", coreCount: 2, architecture: "x86_64",
      kernelRelease: "6.1.0", memory: ByteCount(8_000_000_000)),
    load: SystemLoad(
      oneMinute: 0.5, fiveMinutes: 0.25, fifteenMinutes: 0.125, stealTicks: 0),
    jemalloc: .absent)

  private static let facts = FileSystemFacts(
    type: "ext4", options: "rw", mountPoint: "/", free: ByteCount(5_000_000_000))

  private static var small: DoctorReport {
    var report = DoctorReport(
      machine: machine,
      library: LibraryReport(
        version: "3.53.4", sourceID: "2026-08-01 abc", isModified: false,
        sleepsInWholeSeconds: false, compileOptions: ["THREADSAFE=2", "ENABLE_RTREE"],
        notableOptions: [OptionNote(option: "THREADSAFE=2", meaning: "one at a time")],
        knownBugs: [], hints: []))
    report.folder = FolderReport(
      path: "/data", fileSystem: FileSystemReport(facts: facts, hints: []),
      syncOverwrite: ProbedCost(
        count: 200, p50: .microseconds(100), p99: .microseconds(250), max: .milliseconds(3)),
      syncAppend: ProbedCost(count: 90, p50: .milliseconds(10), p99: nil, max: .milliseconds(12)),
      lock: ProbedCost(
        count: 2_000, p50: Nanoseconds(350), p99: Nanoseconds(900), max: .microseconds(14)),
      sharedMemory: SharedMemoryProbe(works: true),
      hints: [
        Hint(
          level: .note, id: "x",
          message: "A hint that is so long that it has to go on in a next line, which continues "
            + "where this one began.")
      ])
    return report
  }

  @Test("A small report reads as written here")
  func golden() {
    #expect(
      DoctorText.text(Self.small) == """
        Folder /data
          file system             ext4 at / (rw), 5.00 GB free
          overwrite 4 KiB, sync   p50 100 us, p99 250 us, max 3.00 ms, n = 200
          append 4 KiB, sync      p50 10.0 ms, max 12.0 ms, n = 90
          lock and unlock         p50 350 ns, p99 900 ns, max 14.0 us, n = 2,000
          shared memory           works
          note                    A hint that is so long that it has to go on in a next line, which
                                  continues where this one began.

        SQLite 3.53.4
          source id               2026-08-01 abc
          sleeps                  in milliseconds (tried)
          compiled with           THREADSAFE=2: one at a time
                                  and 1 other option (--json lists all)

        No bug that Assay knows of has 3.53.4 in its range

        Machine
          processor               Example 9000 (x86_64)
          cores                   2
          memory                  8.00 GB
          kernel                  6.1.0
          load                    0.50, 0.25, 0.13 (means of 1, 5 and 15 minutes)
          jemalloc                not installed
        """)
  }

  @Test("No line of a real report is wider than a hundred columns, a long name aside")
  func width() throws {
    let folder = try DoctorFolder()
    try folder.make("w.db", [])
    let text = DoctorText.text(try Doctor.examine(path: folder.file("w.db")))
    for line in text.split(separator: "\n") where !line.contains(folder.path) {
      #expect(line.count <= 100, "\(line)")
    }
    #expect(text.contains("Per connection"))
    // What was asked about comes first, and what this user can do with it before all else.
    #expect(text.hasPrefix("Database \(folder.path)/w.db\n  this user"))
  }

  @Test("The JSON has snake-case keys, spans in nanoseconds, and is read back as it was written")
  func json() throws {
    let text = try Self.small.json()
    #expect(text.contains("\"sync_overwrite\""))
    #expect(text.contains("\"p50\" : 100000"))
    #expect(text.contains("\"source_id\" : \"2026-08-01 abc\""))
    #expect(text.contains("\"schema\" : 1"))
    #expect(try Self.small.json() == text)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let read = try decoder.decode(ReadBack.self, from: Data(text.utf8))
    #expect(read.folder.syncAppend == Self.small.folder?.syncAppend)
    #expect(read.machine.environment == Self.machine.environment)
  }

  /// Without `sourceID`, whose capitals do not survive the way back.
  private struct ReadBack: Decodable {
    struct Folder: Decodable { var syncAppend: ProbedCost }
    struct Machine: Decodable { var environment: SystemEnvironment }
    var folder: Folder
    var machine: Machine
  }
}
