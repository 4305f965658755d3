import AssayModel
import Foundation
import Platform
import SQLiteDriver
import Testing

@Suite("Libraries and memory")
struct LibraryTests {
  private static let small =
    "load: { workload: kv, writers: 2, keys: { count: 50 }, operations: 200 }\n"
    + "expect: { integrity: valid, durability: valid }"

  @Test("A database in memory runs, and its content is read before its process ends")
  func inMemory() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario("storage: { path: ':memory:' }\n\(Self.small)"), in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.operations["store"]?.count == 200)
    #expect(cell.verdicts.map(\.status) == [.valid, .valid])
  }

  /// Where the loader of this process found libjemalloc, or would.
  private static let hasJemalloc =
    ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"]
    .contains { FileManager.default.fileExists(atPath: "\($0)/libjemalloc.so.2") }

  @Test(
    "Under jemalloc the cell reports what it has allocated, active and mapped",
    .enabled(if: hasJemalloc, "libjemalloc.so.2 is not installed: apt-get install libjemalloc2"))
  func jemalloc() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        "matrix: { storage.allocator: [system, jemalloc] }\n\(Self.small)"), in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let memories = result.cells.map(\.memory)
    try #require(memories.count == 2)
    #expect(memories[0].allocated == nil)
    #expect(memories.allSatisfy { $0.peakResident > 1 << 20 })
    let allocated = try #require(memories[1].allocated)
    let active = try #require(memories[1].active)
    let mapped = try #require(memories[1].mapped)
    #expect(allocated > 0 && allocated <= active && active <= mapped)
    #expect(memories[1].allocationsPerOperation ?? 0 > 0)
  }

  /// The library that this process runs with, as its own memory map says.
  private static func loadedLibrary() throws -> String {
    let map = try ByteFile.readText("/proc/self/maps", limit: 1 << 24)
    let line = try #require(map.split(separator: "\n").first { $0.contains("/libsqlite3.so") })
    return String(try #require(line.split(separator: " ").last))
  }

  @Test("--sqlite with the library's own path works like none")
  func ownLibrary() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(Self.small), ["--sqlite", try Self.loadedLibrary()], in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(result.environment.sqliteSourceID == SQLiteLibrary.sourceID)
  }

  @Test("--sqlite with another library runs the workers with that one, and the result says so")
  func otherLibrary() async throws {
    let sandbox = try Sandbox()
    // The same library under another name of its source: what a patched build would be.
    var bytes = try Data(contentsOf: URL(fileURLWithPath: try Self.loadedLibrary()))
    let source = SQLiteLibrary.sourceID
    let place = try #require(bytes.range(of: Data(source.utf8)))
    let other = "1" + source.dropFirst()
    bytes.replaceSubrange(place, with: Data(other.utf8))
    try bytes.write(to: URL(fileURLWithPath: sandbox.file("other.so")))
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(Self.small), ["--sqlite", "other.so"], in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(result.environment.sqliteSourceID == other)
  }

  @Test("--sqlite with what is no library is exit 5 and one message", arguments: [false, true])
  func noLibrary(exists: Bool) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    if exists { try sandbox.write("my.so", "no library") }
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out", "--sqlite", "my.so"], in: sandbox)
    ending.expectRefusal(5, containing: ["my.so"])
    let left = sandbox.everything().filter { $0.hasPrefix("out/Runs/sample/") }
    #expect(left.isEmpty, "\(left)")
  }
}
