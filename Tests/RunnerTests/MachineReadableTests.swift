import Foundation
import Testing

/// What programs read of the commands that write no result file.
@Suite("Machine-readable output")
struct MachineReadableTests {
  @Test("list --json is one document with every subject that was asked for, and no other")
  func list() async throws {
    let ending = try await Assay.run(["list", "workloads", "checks", "--json"], in: try Sandbox())
    #expect(ending.code == 0)
    let document = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    let subjects = try #require(document as? [String: [[String: String]]])
    #expect(subjects.keys.sorted() == ["checks", "workloads"])
    let workloads = subjects["workloads", default: []].compactMap { $0["name"] }
    #expect(workloads.contains("ledger") && workloads.contains("kv"))
  }

  @Test("check --json tells the cells of a sound file and the place of each mistake in another")
  func check() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("sound.yaml", Text.scenario("load: { workload: kv, operations: 1 }"))
    try sandbox.write(
      "wrong.yaml", "name: wrong\nquestion: What?\nload: { workload: kv, wrters: 2 }\n")
    let ending = try await Assay.run(["check", "sound.yaml", "wrong.yaml", "--json"], in: sandbox)
    #expect(ending.code == 64)
    #expect(ending.errors == "")
    let document = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    let files = try #require(document as? [[String: Any]])
    #expect(files.count == 2)
    #expect(files.first?["valid"] as? Bool == true)
    #expect((files.first?["cells"] as? [String])?.count == 1)
    let errors = try #require(files.last?["errors"] as? [[String: Any]])
    #expect(files.last?["valid"] as? Bool == false)
    #expect(errors.first?["line"] as? Int == 3)
    #expect(errors.first?["key"] as? String == "load.wrters")
    #expect(errors.first?["nearest"] as? String == "writers")
  }
}
