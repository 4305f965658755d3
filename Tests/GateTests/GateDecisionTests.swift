import AssayModel
import Foundation
import Testing

@testable import Gate

@Suite("Gate decisions and exit codes")
struct GateDecisionTests {
  private func metric(_ outcome: SequentialRule.Outcome, _ name: Metric = .throughput) throws
    -> MetricDecision
  {
    .unseen(try MetricRule(name), outcome, pairs: 100, look: 4, reason: "because")
  }

  private func workload(
    _ outcomes: [SequentialRule.Outcome] = [], counts: [CountComparison.Outcome] = [],
    violations: [String] = []
  ) throws -> GateDecision.Workload {
    GateDecision.Workload(
      name: "kv",
      comparison: outcomes.isEmpty
        ? nil
        : ComparisonResult(metrics: try outcomes.map { try metric($0) }, pairs: 100, looks: 4),
      counts: counts.map {
        CountComparison(name: "syncs", operations: 1_000, outcome: $0, reason: "counted")
      }, violations: violations)
  }

  @Test("Each outcome alone has its exit code")
  func alone() throws {
    let expected: [(SequentialRule.Outcome, Int)] = [
      (.regression, 3), (.improvement, 0), (.equivalent, 0), (.inconclusive, 4),
      (.environmentInvalid, 5),
    ]
    for (outcome, code) in expected {
      let decision = GateDecision(workloads: [try workload([outcome])])
      #expect(decision.status.rawValue == code, "\(outcome)")
    }
    let counts: [(CountComparison.Outcome, Int)] = [
      (.same, 0), (.increased, 3), (.decreased, 0), (.changed, 0), (.notExact, 4), (.missing, 4),
    ]
    for (outcome, code) in counts {
      let decision = GateDecision(
        workloads: [try workload(counts: [outcome])], timesMissing: .notAsked)
      #expect(decision.status.rawValue == code, "\(outcome)")
    }
  }

  @Test("Of several causes the first of 130, 64, 1, 2, 5, 3, 4, 0 is said")
  func precedence() throws {
    // Each line adds one that goes before those above it.
    var outcomes: [SequentialRule.Outcome] = [.equivalent, .improvement]
    func status(_ violations: [String] = [], interrupted: Bool = false) throws -> Int {
      GateDecision(
        workloads: [try workload(outcomes), try workload([.equivalent], violations: violations)],
        wasInterrupted: interrupted
      ).status.rawValue
    }
    #expect(try status() == 0)
    outcomes.append(.inconclusive)
    #expect(try status() == 4)
    outcomes.append(.regression)
    #expect(try status() == 3)
    outcomes.append(.environmentInvalid)
    #expect(try status() == 5)
    #expect(try status(["durability"]) == 2)
    #expect(try status(["durability"], interrupted: true) == 130)
    #expect(ExitStatus.precedence.map(\.rawValue) == [130, 64, 1, 2, 5, 3, 4, 0])
    #expect(ExitStatus.first(of: [.usage, .harnessFailed, .incorrect]) == .usage)
    #expect(ExitStatus.first(of: [.harnessFailed, .incorrect]) == .harnessFailed)
  }

  @Test("A missing baseline exits with 5 although the counts are the same, but for counts only")
  func countsOnly() throws {
    let counted = try workload(counts: [.same])
    let missing = GateDecision(workloads: [counted], timesMissing: .noBaseline("other machine"))
    #expect(missing.status == .environment)
    #expect(missing.sentence == "Invalid environment: other machine")
    #expect(GateDecision(workloads: [counted], timesMissing: .notAsked).status == .met)
  }

  @Test("A gate of nothing never passes")
  func nothing() throws {
    #expect(GateDecision(workloads: []).status == .unknown)
    let empty = GateDecision(workloads: [GateDecision.Workload(name: "kv")])
    #expect(empty.status == .unknown)
    #expect(empty.sentence == "Inconclusive: kv: nothing was compared")
    #expect(GateDecision(workloads: []).sentence == "Inconclusive: nothing was compared")
  }

  @Test("The sentence names the cause")
  func sentences() throws {
    func sentence(_ workload: GateDecision.Workload) -> String {
      GateDecision(workloads: [workload]).sentence
    }
    #expect(
      sentence(try workload([.regression, .equivalent])) == "Regression: kv, throughput: because")
    #expect(sentence(try workload([.inconclusive])) == "Inconclusive: kv, throughput: because")
    #expect(sentence(try workload(counts: [.increased])) == "Regression: kv, syncs: counted")
    #expect(sentence(try workload([.equivalent])) == "No regression")
    #expect(
      sentence(try workload([.improvement]))
        == "No regression; improved: kv, throughput: because")
    #expect(
      sentence(try workload([.regression], violations: ["durability: lost 3"]))
        == "Correctness is violated: kv: durability: lost 3")
  }

  @Test("A change that shows in many counts is told by its syncs, and the others are counted")
  func manyCounts() throws {
    let names = ["bytes", "calls", "vfs.sync.wal.calls", "writes"]
    let counts = names.map { name in
      CountComparison(
        name: name, base: 1, head: 2, operations: 9, outcome: .increased,
        reason: "\(name) 1 before, 2 now")
    }
    let decision = GateDecision(workloads: [GateDecision.Workload(name: "kv", counts: counts)])
    #expect(
      decision.sentence == "Regression: kv, vfs.sync.wal.calls 1 before, 2 now; "
        + "kv, bytes 1 before, 2 now; kv, 2 more of its counts")
  }

  @Test("A decision survives JSON")
  func json() throws {
    let decision = GateDecision(
      workloads: [try workload([.regression], counts: [.increased])],
      timesMissing: .noBaseline("none"))
    let data = try JSONEncoder().encode(decision)
    #expect(try JSONDecoder().decode(GateDecision.self, from: data) == decision)
  }
}
