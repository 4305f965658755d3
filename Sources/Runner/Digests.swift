import AssayModel
import Foundation
import Platform

/// Names plans, cells and workloads by content: SHA-256 of canonical JSON (sorted keys, no spaces).
enum Digests {
  /// Names the exact plan, apart from what only its report shows.
  static func plan(_ plan: Plan) throws(RunnerError) -> String {
    var plan = plan
    plan.scenario.show = nil
    return try digest(plan)
  }

  /// Names the exact cell.
  static func cell(_ cell: PlannedCell) throws(RunnerError) -> String {
    try digest(cell)
  }

  /// Names load, seeds and initial content: two runs with the same one may be compared, whatever
  /// their settings.
  static func workload(_ plan: Plan) throws(RunnerError) -> String {
    struct Part: Encodable {
      var seed: Seed
      var load: LoadSettings
      var template: String?
    }
    return try digest(
      plan.cells.map { Part(seed: plan.seed, load: $0.load, template: $0.storage.path) })
  }

  static func digest(_ value: some Encodable) throws(RunnerError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return SHA256Digest(of: Array(try encoder.encode(value))).description
    } catch {
      throw RunnerError(.harness, "the plan cannot be encoded: \(error)")
    }
  }
}
