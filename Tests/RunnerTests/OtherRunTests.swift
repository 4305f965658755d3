import AssayModel
import Glibc
import Testing

@Suite("Two runs at once")
struct OtherRunTests {
  @Test("Two runs on one machine notice each other, say so, and note it in their results")
  func both() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("long.yaml", Text.endless().replacing("sample", with: "long-one"))
    try sandbox.write("short.yaml", Text.kv.replacing("sample", with: "short-one"))
    let long = try await Assay.start(
      ["run", "long.yaml", "--json", "--out", "long"], in: sandbox)
    _ = try await long.awaitWorkers(2, in: sandbox)
    let short = try await Assay.run(
      ["run", "short.yaml", "--json", "--out", "short"], in: sandbox)
    let second = try Assay.result(short.output, short)
    #expect(second.environment.otherRuns?.map(\.scenario) == ["long-one"])
    #expect(second.environment.otherRuns?.map(\.process) == [long.processID])
    #expect(short.errors.contains("another run of Assay works on this machine"))
    #expect(short.code == 0, "\(short.errors)")
    // The first one looks about once a second; a run that lasts is seen by it as well.
    let third = try await Assay.start(
      ["run", "long.yaml", "--out", "third"], in: sandbox)
    try await eventually("the first run has said so") {
      try long.errors().contains("process \(third.processID)")
    }
    third.send(SIGINT)
    _ = try await third.ending()
    long.send(SIGINT)
    let ending = try await long.ending()
    let first = try Assay.result(ending.output, ending)
    #expect(
      first.environment.otherRuns?.contains { $0.process == third.processID } == true)
    #expect(ending.errors.contains("worked on this machine at the same time"))
  }

  @Test("A run alone has no others in its result")
  func alone() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(Text.kv, in: sandbox)
    #expect(result.environment.otherRuns == nil)
    #expect(!ending.errors.contains("another run"))
  }
}
