import AssayModel
import Foundation
import Reports
import Testing

@testable import Runner

@Suite("Results of two runs, compared")
struct ResultComparisonTests {
  private static let scripted = Text.scenario(
    """
    probe: counts
    load: { workload: kv, writers: 1, keys: { count: 50 }, operations: 60 }
    expect: { integrity: valid }
    """)
  private static let timed = Text.scenario(
    """
    load: { workload: kv, writers: 2, keys: { count: 50 }, duration: 60ms }
    repeat: 3
    expect: { integrity: valid }
    """)

  private func run(
    _ text: String, _ options: [String] = [], in sandbox: Sandbox
  ) async throws -> (folder: String, result: RunResult) {
    let (_, result) = try await Assay.runScenario(text, options, in: sandbox)
    return (sandbox.file("out/Runs/sample/\(result.run)"), result)
  }

  @Test("Times of runs that were not interleaved stay inconclusive, with their repetitions")
  func times() async throws {
    let sandbox = try Sandbox()
    let base = try await run(Self.timed, in: sandbox)
    let head = try await run(Self.timed, ["--set", "storage.synchronous=full"], in: sandbox)
    let comparison = try ResultComparison(base: base.folder, head: "\(head.folder)/result.json")
    #expect(comparison.exitCode == 4)
    let cell = try #require(comparison.cells.first)
    #expect(cell.verdict == .inconclusive)
    #expect(cell.reason.contains("not interleaved"))
    let throughput = try #require(cell.times.first)
    #expect(throughput.base == base.result.cells.first?.throughput)
    #expect(throughput.baseRange.count == 2)
    #expect(
      throughput.baseRange[0] <= throughput.base && throughput.base <= throughput.baseRange[1])
    let ending = try await Assay.run(["compare", base.folder, head.folder], in: sandbox)
    #expect(ending.code == 4)
    #expect(ending.output.contains("not interleaved"))
  }

  @Test("Exact counts of one plan decide: the same are equivalent, one more is a regression")
  func counts() async throws {
    let sandbox = try Sandbox()
    let base = try await run(Self.scripted, in: sandbox)
    let head = try await run(Self.scripted, in: sandbox)
    let same = try ResultComparison(base: base.folder, head: head.folder)
    #expect(same.cells.map(\.verdict) == [.equivalent])
    #expect(same.exitCode == 4)
    var more = head.result
    let name = try #require(
      more.cells[0].counts.keys.first { $0.contains(".sync.") }, "\(more.cells[0].counts.keys)")
    more.cells[0].counts[name, default: 0] += 1
    try sandbox.write("more.json", try ResultJSON.encode(more))
    let regression = try ResultComparison(base: base.folder, head: sandbox.file("more.json"))
    #expect(regression.cells.map(\.verdict) == [.regression])
    #expect(regression.cells.first?.reason.contains(name) == true)
    #expect(regression.exitCode == 3)
    more.planDigest = "another"
    try sandbox.write("more.json", try ResultJSON.encode(more))
    let other = try ResultComparison(base: base.folder, head: sandbox.file("more.json"))
    #expect(other.cells.map(\.verdict) == [.inconclusive])
    #expect(other.cells.first?.counts.map(\.name) == [name])
  }

  @Test("Runs of other work, damaged results and missing ones are refused")
  func refusals() async throws {
    let sandbox = try Sandbox()
    let base = try await run(Self.scripted, in: sandbox)
    let other = try await run(Self.scripted, ["--seed", "2"], in: sandbox)
    let seeds = try await Assay.run(["compare", base.folder, other.folder], in: sandbox)
    seeds.expectRefusal(64, containing: ["workload_digest", "seeds"])
    try sandbox.write("damaged.json", "{ \"schema\": 1 ")
    let damaged = try await Assay.run(["compare", base.folder, "damaged.json"], in: sandbox)
    damaged.expectRefusal(64, containing: ["damaged.json"])
    let missing = try await Assay.run(["compare", base.folder, "nowhere"], in: sandbox)
    missing.expectRefusal(64, containing: ["nowhere"])
  }
}
