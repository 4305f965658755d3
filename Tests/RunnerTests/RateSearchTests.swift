import AssayModel
import Testing

@testable import Runner

@Suite("The highest rate that holds")
struct RateSearchTests {
  /// Searches where every rate up to `limit` holds, but for the tries whose numbers are given.
  private func search(limit: Double, stalls: Set<Int> = []) -> (highest: Double?, tries: [Double]) {
    var bisection = RateBisection(capacity: 1_000)
    var tries: [Double] = []
    while let rate = bisection.next {
      bisection.add(holds: rate <= limit && !stalls.contains(tries.count))
      tries.append(rate)
    }
    return (bisection.highest, tries)
  }

  @Test("It finds the limit to a hundredth of the capacity, from below", arguments: [90, 430, 985])
  func bisection(limit: Double) throws {
    let highest = try #require(search(limit: limit).highest)
    #expect(highest <= limit)
    #expect(limit - highest < 10)
  }

  @Test("One stall is no verdict, two are")
  func stalls() throws {
    #expect(search(limit: 430).highest == search(limit: 430, stalls: [2]).highest)
    // 500 fails twice by itself; then 250 by stalls, once or twice.
    let unlucky = try #require(search(limit: 430, stalls: [2, 3]).highest)
    #expect(unlucky < 250)
  }

  @Test("Where nothing holds there is no highest rate, and the search ends")
  func none() {
    let (highest, tries) = search(limit: 0)
    #expect(highest == nil)
    #expect(tries.count == 10)
    #expect(tries.min() == 1_000.0 / 32)
  }

  @Test("What clearly fails is not tried again")
  func clear() {
    var bisection = RateBisection(capacity: 1_000)
    bisection.add(holds: false, isNear: false)
    #expect(bisection.next == 250)
  }

  private func run(_ goal: String, _ further: String = "") async throws -> (Assay.Ending, RunResult)
  {
    let text = Text.scenario(
      """
      load: { workload: kv, writers: 1, keys: { count: 50 }, rate: \(goal), duration: 300ms }
      expect: { integrity: valid }
      \(further)
      """)
    // A search is a dozen short runs.
    return try await Assay.runScenario(text, in: try Sandbox(), within: .seconds(120))
  }

  @Test("A cell runs at the rate that was found, below what its slow device allows")
  func found() async throws {
    let (ending, result) = try await run(
      "highest(p90 <= 100ms)", "disk: { sync: 4ms }\nstorage: { synchronous: full }")
    #expect(ending.code == 0, "\(ending.errors)")
    let loop = try #require(result.cells[0].openLoop)
    let search = try #require(loop.search)
    #expect(search.goal.percentile == "p90")
    #expect(search.steps.count >= 7)
    let highest = try #require(search.highest, "\(search)")
    #expect(loop.target == highest)
    // A commit syncs at least once: no more than 250 a second.
    #expect(highest < 250 && highest <= search.capacity)
    for step in search.steps where step.holds {
      #expect(step.percentile ?? .max <= 100_000_000)
      #expect(step.rate <= highest)
    }
    #expect(result.finding.contains("ighest rate with p90 <= 100 ms"), "\(result.finding)")
  }

  @Test("A bound that no rate holds is said so")
  func impossible() async throws {
    let (_, result) = try await run(
      "highest(p50 <= 1ms)", "disk: { sync: 4ms }\nstorage: { synchronous: full }")
    #expect(result.cells[0].openLoop?.search?.steps.contains { $0.holds } == false)
    #expect(result.finding.contains("none"), "\(result.finding)")
  }

  @Test(
    "What has no speed or needs one rate for two sides refuses a rate that is to be found",
    arguments: [
      ("run", "world: simulated\nload: { workload: kv, rate: capacity*0.5, operations: 5 }"),
      ("run", "world: simulated\nload: { workload: kv, rate: highest(p99 <= 1ms), operations: 5 }"),
      ("compare", "load: { workload: kv, rate: highest(p99 <= 1ms), duration: 100ms }"),
      ("tune", "load: { workload: kv, rate: highest(p99 <= 1ms), duration: 100ms }"),
    ])
  func refused(command: String, sections: String) async throws {
    let sandbox = try Sandbox()
    let path = try sandbox.write("sample.yaml", Text.scenario(sections))
    let further = command == "compare" ? ["--b", "storage.synchronous=full"] : []
    let ending = try await Assay.run([command, path] + further, in: sandbox)
    #expect(ending.code == 64, "\(ending.errors)")
    #expect(ending.errors.contains("rate") || ending.errors.contains("speed"), "\(ending.errors)")
  }
}
