public import AssayModel
import Gate

/// One workload of a gate: the only cell of a scenario, as the base runs it and as the head does.
public struct GateSubject: Sendable {
  /// Both sides.
  public let plan: VariantPlan
  /// What is compared.
  public let settings: GateSettings
  /// Its name: the scenario's.
  public var name: String { plan.scenario.name }
  /// Path of the scenario file, for annotations; `nil` when it has none.
  public var file: String?
  /// Line of that file which says what is gated.
  public var line: Int?

  /// Takes both sides. What is compared says the scenario as the head has it.
  ///
  /// - Throws: an input error for a matrix, another world, faults, or sides that do not do the same
  ///   work.
  public init(
    base: (plan: Plan, variant: ComparisonVariant), head: (plan: Plan, variant: ComparisonVariant)
  ) throws(RunnerError) {
    let scenario = head.plan.scenario
    for plan in [base.plan, head.plan] where plan.cells.count != 1 {
      throw RunnerError(
        .input,
        "'\(scenario.name)' has \(plan.cells.count) cells, and a gate judges one workload a "
          + "scenario: choose a cell with --only, or give each setting of the matrix with --set")
    }
    settings = scenario.gate ?? GateSettings()
    do throws(RunnerError) {
      plan = try VariantPlan(base: base, head: head, names: .gate)
    } catch {
      guard error.message.contains("in A and") else { throw error }
      throw RunnerError(error.code, error.message + " (A is the base, B the head)")
    }
  }

  /// The head alone: its base is a stored baseline, or it is to become one.
  public init(
    alone head: (plan: Plan, variant: ComparisonVariant)
  ) throws(RunnerError) {
    try self.init(base: head, head: head)
  }

  /// How many questions about times it asks.
  var questions: Int { settings.metrics.isEmpty ? 2 : settings.metrics.count }

  /// Names of the metrics as the scenario asks for them: known before anything runs.
  var metricNames: [String] {
    settings.metrics.isEmpty ? ["throughput", "p99"] : settings.metrics
  }

  /// What is compared, with margins.
  ///
  /// - Parameter mainKind: the kind of operation whose p99 is compared when nothing else is said.
  func rules(mainKind: String?) throws(RunnerError) -> [MetricRule] {
    do throws(GateError) {
      guard !settings.metrics.isEmpty else {
        return try [rule(.throughput), rule(.percentile(.p99, of: mainKind))]
      }
      var rules: [MetricRule] = []
      for text in settings.metrics { rules.append(try rule(Metric(text))) }
      return rules
    } catch {
      throw RunnerError(.input, "\(name): gate: \(error)")
    }
  }

  /// A margin of the metric itself comes before one of its word.
  private func rule(_ metric: Metric) throws(GateError) -> MetricRule {
    let text = metric.description
    let word = GateSettings.parts(of: text)?.word
    let margin =
      settings.margins.first { $0.metric == text } ?? settings.margins.first { $0.metric == word }
    return try MetricRule(metric, margin: margin?.share)
  }
}
