import AssayModel
import Foundation
import Glibc
import Testing

@testable import Platform

@Suite("The registry of runs")
struct RunRegistryTests {
  private func folder() throws -> String {
    let path = "\(NSTemporaryDirectory())/assay-registry-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  @Test("Two runs see each other, with scenario, process and start; neither sees itself")
  func two() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try #require(
      RunRegistry(scenario: "one", started: WallTime(milliseconds: 1), folder: folder))
    #expect(first.others().isEmpty)
    let second = try #require(
      RunRegistry(scenario: "two", started: WallTime(milliseconds: 2), folder: folder))
    #expect(
      first.others()
        == [OtherRun(process: getpid(), started: WallTime(milliseconds: 2), scenario: "two")])
    #expect(
      second.others()
        == [OtherRun(process: getpid(), started: WallTime(milliseconds: 1), scenario: "one")])
    withExtendedLifetime((first, second)) {}
  }

  @Test("A run that is over leaves nothing, and the next one does not see it")
  func over() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let run = try #require(
        RunRegistry(scenario: "one", started: WallTime(milliseconds: 1), folder: folder))
      #expect(try names(folder).count == 1)
      withExtendedLifetime(run) {}
    }
    #expect(try names(folder).isEmpty)
  }

  @Test("A file that nobody has locked is stale, whatever it says: it is removed and not told of")
  func stale() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("\(getpid())\n1\nghost\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/1-1-1.run"))
    let run = try #require(
      RunRegistry(scenario: "one", started: WallTime(milliseconds: 1), folder: folder))
    #expect(run.others().isEmpty)
    #expect(try names(folder).count == 1)
  }

  @Test("What others put into the folder does no harm: links, pipes, folders, control characters")
  func hostile() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(unsafe symlink("/etc/passwd", "\(folder)/a.run") == 0)
    #expect(unsafe mkfifo("\(folder)/b.run", 0o644) == 0)
    #expect(unsafe mkdir("\(folder)/c.run", 0o755) == 0)
    let loud = try #require(
      RunRegistry(
        scenario: "\u{1B}[31m" + String(repeating: "x", count: 500),
        started: WallTime(milliseconds: 1), folder: folder))
    let run = try #require(
      RunRegistry(scenario: "one", started: WallTime(milliseconds: 2), folder: folder))
    let others = run.others()
    #expect(others.map(\.process) == [getpid()])
    #expect(others.first?.scenario.count ?? 0 <= 64)
    #expect(others.first?.scenario.contains("\u{1B}") == false)
    withExtendedLifetime(loud) {}
  }

  @Test("A folder that cannot be written means no registry, and no error")
  func noFolder() {
    #expect(
      RunRegistry(scenario: "one", started: WallTime(milliseconds: 1), folder: "/proc") == nil)
  }
}
