import ArgumentParser
import AssayModel
import ScenarioFiles

/// Options that choose and change a scenario.
struct PlanOptions: ParsableArguments {
  @Option(name: .long, help: "Base of all seeds, decimal or 0x hexadecimal.")
  var seed: String = "1"

  @Option(
    name: .customLong("set"),
    help: """
      Override a setting, such as storage.busy_timeout=1s; a list such as locks.ttl=[300ms,2s] is \
      an axis of the matrix; time=0.2x scales duration, warm-up and all fault times.
      """)
  var overrides: [String] = []

  @Option(
    name: .long,
    help: """
      Only the cells with these values, as tables or ids name them, such as ttl=1s or \
      'journal_mode=wal writers=8'.
      """,
    completion: Completions.cells)
  var only: String?

  @Option(
    name: .long,
    help: """
      After this time nothing further of the simulated world is explored, and no further pair of \
      a comparison is run; such as 60s.
      """)
  var budget: String?

  @Option(name: .long, help: "In the simulated world: how many seeded programs run.")
  var schedules: String?

  func validate() throws {
    _ = try (baseSeed(), assignments())
  }

  /// Reads one scenario with the overrides and resolves it.
  ///
  /// - Parameters:
  ///   - further: settings that are applied after those of `--set`.
  ///   - option: name of the option that sets them.
  ///   - explores: true if `--budget` and `--schedules` are settings of the scenario.
  func plan(
    _ scenario: String, further: [Assignment] = [], of option: String = "--set",
    explores: Bool = true
  ) throws -> Plan {
    try ScenarioFinder.load(scenario).plan(
      overrides: assignments(),
      options: further.map { SettingOption(name: option, assignment: $0) }
        + (explores ? exploration : []),
      only: only, seed: baseSeed())
  }

  /// The settings of the exploration given on the command line.
  private var exploration: [SettingOption] {
    [budget.map { .budget($0) }, schedules.map { .schedules($0) }].compactMap { $0 }
  }

  private func baseSeed() throws -> Seed {
    guard let seed = Seed(seed) else {
      throw ValidationError("--seed '\(seed)': expected a number from 0 to 2^64 - 1")
    }
    return seed
  }

  private func assignments() throws -> [Assignment] {
    try overrides.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--set '\(text)': expected key=value")
      }
      return Assignment(path: String(parts[0]), value: String(parts[1]))
    }
  }
}
