import AssayModel
import Foundation
import ScenarioFiles

/// What a swarm has run and found, in numbers.
struct SwarmTally: Sendable {
  private(set) var counts: [String: Int] = [:]

  mutating func add(_ group: String, _ name: String, _ amount: Int = 1) {
    counts["\(group)\t\(name)", default: 0] += amount
  }

  /// Notes what a scenario is made of.
  mutating func add(_ drawn: SwarmGenerator.Drawn) {
    let scenario = drawn.scenario
    add("world", scenario.kind.world.rawValue)
    add("kind", scenario.kind.rawValue)
    add("workload", scenario["load.workload"] ?? "none")
    add("topology", scenario["storage.topology"] ?? "pool")
    add("journal_mode", scenario["storage.journal_mode"] ?? "wal")
    add("synchronous", scenario["storage.synchronous"] ?? "normal")
    add("crashes", scenario["explore.crashes"] ?? "none")
    add("strategy", scenario["explore.strategy"] ?? "none named")
    for fault in scenario.faults { add("fault", fault.first?.path ?? "") }
    for entry in scenario.settings where Self.isFurther(entry.path) { add("key", entry.path) }
    for refusal in drawn.refusals {
      add("refused by check", refusal.errors.first?.path ?? "")
    }
  }

  private static func isFurther(_ path: String) -> Bool {
    ![
      "load.workload", "storage.topology", "storage.journal_mode", "storage.synchronous",
      "explore.crashes", "explore.strategy",
    ].contains(path)
  }

  /// One line for each number, so that those of several runs can be added.
  var text: String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }.joined()
  }
}
