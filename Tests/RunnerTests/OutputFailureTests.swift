import AssayModel
import Foundation
import Glibc
import Testing

@Suite("Output that cannot be written")
struct OutputFailureTests {
  /// Nothing that could pass for a result, and no part of one.
  private func expectNoResult(in sandbox: Sandbox) {
    let names = sandbox.everything().filter { $0.contains("result.json") }
    #expect(names.isEmpty, "\(names)")
  }

  @Test("A folder that cannot be made is exit 1 and one message", arguments: ["--out", "--data"])
  func folderBelowAFile(option: String) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    try sandbox.write("file", "as before")
    let ending = try await Assay.run(
      ["run", "scenario.yaml", option, "file/below"], in: sandbox)
    ending.expectRefusal(1, containing: ["file/below", "Not a directory", option])
    expectNoResult(in: sandbox)
    let untouched = try String(contentsOfFile: sandbox.file("file"), encoding: .utf8)
    #expect(untouched == "as before")
  }

  @Test("Histories that may not grow are exit 1 and one message, not a trap")
  func fullDisk() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        storage: { synchronous: off }
        load: { workload: kv, writers: 2, readers: 2, keys: { count: 50 }, duration: 20s }
        """))
    // 600 blocks of 512 bytes: above a history's first segment, below its second.
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out"], in: sandbox, prelude: "ulimit -f 600")
    ending.expectRefusal(1, containing: ["history", "File too large"])
    expectNoResult(in: sandbox)
  }

  @Test("A history that cannot even begin is exit 1 and one message")
  func noRoomForHistories() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out"], in: sandbox, prelude: "ulimit -f 400")
    ending.expectRefusal(1, containing: ["File too large"])
    expectNoResult(in: sandbox)
  }

  @Test("A set-up for which there is no room is exit 1: the scenario is not to blame")
  func noRoomForTheDatabase() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario("load: { workload: kv, keys: { count: 50000 }, duration: 1s }"))
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out"], in: sandbox, prelude: "ulimit -f 1000")
    ending.expectRefusal(1, containing: ["initial content"])
    expectNoResult(in: sandbox)
  }

  @Test("A result that cannot take its place is exit 1, one message, and leaves nothing aside")
  func resultIsInTheWay() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.endless())
    let assay = try await Assay.start(
      ["run", "scenario.yaml", "--out", "out", "--json"], in: sandbox)
    _ = try await assay.awaitWorkers(1, in: sandbox)
    let histories = try #require(
      sandbox.everything().first { $0.hasSuffix("/histories") })
    let obstacle = histories.replacingOccurrences(of: "/histories", with: "/result.json")
    try FileManager.default.createDirectory(
      atPath: sandbox.file(obstacle), withIntermediateDirectories: false)
    assay.send(SIGINT)
    let ending = try await assay.ending()
    #expect(ending.code == 1)
    // With --json the message is the document.
    #expect(ending.output.contains("result.json") && ending.output.contains("cannot be written"))
    let names = sandbox.everything().filter { $0.contains("result.json") }
    #expect(names == [obstacle])
  }

  @Test("A reader that closes the pipe costs the table, not the result")
  func closedPipe() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    _ = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out"], in: sandbox,
      prelude: "exec >/dev/full")
    #expect(sandbox.files(named: "result.json").count == 1)
  }
}
