import AssayModel

/// Faults of this version that a swarm would find again and again. Each rule names what it takes
/// out of scenarios; the one who mends the fault removes the rule.
enum SwarmKnown {
  struct Rule: Sendable {
    var name: String
    /// Changes a scenario that would meet the fault, and leaves others alone.
    var takeOut: @Sendable (inout SwarmScenario) -> Void
  }

  static let rules: [Rule] = [
    Rule(name: "process crashes with a strategy are judged like a loss of power") { scenario in
      guard scenario.kind == .processRace else { return }
      scenario.kind = .processCrash
      scenario.settings.removeAll { $0.path == "explore.strategy" }
    },
    Rule(name: "transactions of several processes are attributed to one group commit") { scenario in
      guard scenario["storage.topology"] == "group-commit", scenario["load.processes"] != "1"
      else { return }
      scenario.settings.removeAll { $0.path == "storage.topology" }
    },
    Rule(name: "mmap_size has no effect in the simulated world, and ends runs with 1") { scenario in
      guard scenario.kind.world == .simulated else { return }
      scenario.settings.removeAll { $0.path == "storage.mmap_size" }
      if scenario.axis?.path == "storage.mmap_size" { scenario.axis = nil }
      // Some profiles set it.
      scenario.settings.removeAll { $0.path == "storage.profile" }
      if scenario.axis?.path == "storage.profile" { scenario.axis = nil }
    },
  ]

  /// Applies every rule.
  static func takeOut(of scenario: inout SwarmScenario) {
    for rule in rules { rule.takeOut(&scenario) }
  }
}
