import AssayModel
import Foundation
import Testing

@testable import Platform
@testable import Runner

@Suite("Doctor, folders")
struct DoctorFolderTests {
  private func facts(_ type: String, _ options: String = "rw") -> FileSystemFacts {
    FileSystemFacts(
      type: type, options: options, mountPoint: "/", free: ByteCount(1_000_000_000))
  }

  @Test("A folder is measured and nothing is left in it")
  func measured() throws {
    let folder = try DoctorFolder()
    let report = try #require(try Doctor.examine(path: folder.path).folder)
    #expect(try folder.contents().isEmpty)
    for cost in [report.syncOverwrite, report.syncAppend, report.lock] {
      #expect(cost.count > 0)
      let max = try #require(cost.max)
      #expect(max > .zero)
      if let p50 = cost.p50, let p99 = cost.p99 { #expect(p50 <= p99 && p99 <= max) }
    }
    #expect(report.sharedMemory.works)
    #expect(!report.fileSystem.facts.type.isEmpty)
  }

  @Test("A folder named like a database is a folder when a slash says so")
  func slash() throws {
    let folder = try DoctorFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("x.db"), withIntermediateDirectories: false)
    #expect(try Doctor.examine(path: folder.file("x.db/")).folder != nil)
    #expect(refusal(folder.file("x.db"))?.code == .input)
  }

  @Test("A trial that fails takes its file with it")
  func failureLeavesNothing() throws {
    let folder = try DoctorFolder()
    #expect(throws: PlatformError.self) {
      let file = try ProbeFile(in: folder.path)
      try file.write([1], at: -1)
    }
    #expect(try folder.contents().isEmpty)
  }

  @Test("A folder in which no file can be made is bad input")
  func notWritable() {
    #expect(refusal("/proc/self")?.code == .input)
  }

  @Test("Memory, network, barriers and containers are told from the mount")
  func fileSystems() {
    #expect(FileSystemHints.of(facts("tmpfs")).map(\.id) == ["memory-file-system"])
    #expect(FileSystemHints.of(facts("nfs4")).map(\.id) == ["remote-file-system"])
    #expect(FileSystemHints.of(facts("fuse.bindfs")).map(\.id) == ["fuse-file-system"])
    #expect(FileSystemHints.of(facts("overlay")).map(\.id) == ["overlay-file-system"])
    #expect(FileSystemHints.of(facts("ext4", "rw,barrier=0")).map(\.id) == ["no-barriers"])
    #expect(
      FileSystemHints.of(facts("xfs", "ro,nobarrier")).map(\.id) == ["no-barriers", "read-only"])
    #expect(FileSystemHints.of(facts("ext4", "rw,relatime")).isEmpty)
    var full = facts("ext4")
    full.free = ByteCount(5_000_000)
    #expect(FileSystemHints.of(full).map(\.id) == ["little-space"])
  }

  @Test("A sync that is too fast, too rare or measured on a busy machine is told")
  func costs() {
    func hints(
      p50: Int64, count: UInt64 = 200, works: Bool = true, load: Double = 0, type: String = "ext4"
    ) -> [String] {
      let cost = ProbedCost(count: count, p50: .microseconds(p50), p99: nil, max: nil)
      let found = FolderProbe.Findings(
        syncOverwrite: cost, syncAppend: cost, lock: cost,
        sharedMemory: SharedMemoryProbe(works: works, reason: works ? nil : "refused"))
      var machine = DoctorTextTests.machine
      machine.load.oneMinute = load
      return FileSystemHints.of(found, facts: facts(type), machine: machine).map(\.id)
    }
    #expect(hints(p50: 100).isEmpty)
    #expect(hints(p50: 3) == ["sync-too-fast"])
    #expect(hints(p50: 1, type: "tmpfs").isEmpty)
    #expect(hints(p50: 9_000, count: 99) == ["slow-sync"])
    #expect(hints(p50: 100, works: false) == ["no-shared-memory"])
    #expect(hints(p50: 100, load: 2.5) == ["busy-machine"])
  }
}
