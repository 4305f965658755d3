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
    Rule(name: "check accepts a max_page_count below the initial content, which run refuses") {
      scenario in
      let isSmall = { (value: String) in ["1", "2", "3", "10"].contains(value) }
      scenario.settings.removeAll { $0.path == "storage.max_page_count" && isSmall($0.value) }
      if scenario.axis?.path == "storage.max_page_count" { scenario.axis = nil }
    }
  ]

  /// Applies every rule.
  static func takeOut(of scenario: inout SwarmScenario) {
    for rule in rules { rule.takeOut(&scenario) }
  }
}
