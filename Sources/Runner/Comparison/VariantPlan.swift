public import AssayModel
import Foundation

/// Two variants of one cell under the same load: what a comparison runs in turn.
public struct VariantPlan: Sendable {
  /// The scenario that both come from, as the base has it.
  public let scenario: Scenario
  /// The cell of each side. Both draw the same random numbers.
  public let cells: [ComparisonSide: PlannedCell]
  /// What is different about each side.
  public let variants: [ComparisonSide: ComparisonVariant]
  /// What messages call the sides.
  public let names: SideNames
  /// The base of all seeds.
  public let seed: Seed
  /// Names the load, equal for both.
  public let workloadDigest: String

  /// Takes the only cell of each plan.
  ///
  /// - Throws: an input error when a plan has several cells, belongs to the simulated world, breaks
  ///   things, or when the two do not put the same load on their databases.
  public init(
    base: (plan: Plan, variant: ComparisonVariant), head: (plan: Plan, variant: ComparisonVariant),
    names: SideNames = .compare
  ) throws(RunnerError) {
    self.names = names
    scenario = base.plan.scenario
    seed = base.plan.seed
    variants = [.base: base.variant, .head: head.variant]
    var cells: [ComparisonSide: PlannedCell] = [:]
    for (side, plan) in [(ComparisonSide.base, base.plan), (.head, head.plan)] {
      cells[side] = try Self.cell(of: plan, side)
    }
    self.cells = cells
    workloadDigest = try Digests.workload(base.plan)
    guard try Digests.workload(head.plan) == workloadDigest else {
      throw RunnerError(
        .input,
        "the two variants do not do the same work, so that their figures cannot be compared: "
          + LoadDifference.text(base.plan, head.plan))
    }
  }

  private static func cell(
    of plan: Plan, _ side: ComparisonSide
  ) throws(RunnerError) -> PlannedCell {
    guard plan.cells.count == 1, var cell = plan.cells.first else {
      let ids = plan.cells.prefix(4).map { "'\($0.id)'" }.joined(separator: ", ")
      throw RunnerError(
        .input,
        "\(side.letter) has \(plan.cells.count) cells (\(ids)...), and a comparison is of one "
          + "against one: choose it with --only, or give each setting of the matrix with --set, "
          + "--a or --b")
    }
    guard plan.scenario.world == .real else {
      throw RunnerError(
        .input, "'\(plan.scenario.name)' runs in the simulated world, where nothing has a speed")
    }
    guard cell.faults.isEmpty else {
      throw RunnerError(
        .input,
        "'\(plan.scenario.name)' breaks things while it runs, which a block of a fraction of a "
          + "second cannot hold; --set inject=false compares it without its faults")
    }
    if case .highest = cell.load.rate {
      throw RunnerError(
        .input,
        "'\(plan.scenario.name)' searches the highest rate of each side, and two sides are "
          + "compared at one: give it with --set load.rate=500/s or capacity*0.7")
    }
    try Capabilities.verify(plan)
    // The id differs where an axis of the matrix does; the random numbers must not.
    cell.seed = plan.seed.derived("comparison")
    return cell
  }
}

/// Says which part of two loads differs.
enum LoadDifference {
  static func text(_ base: Plan, _ head: Plan) -> String {
    guard let left = base.cells.first, let right = head.cells.first else { return "no cells" }
    if base.seed != head.seed { return "their seeds are \(base.seed) and \(head.seed)" }
    if left.storage.path != right.storage.path {
      return "storage.path is \(left.storage.path ?? "not set") in A and "
        + "\(right.storage.path ?? "not set") in B"
    }
    let (mine, theirs) = (fields(left.load), fields(right.load))
    let names = Set(mine.keys).union(theirs.keys).sorted().filter { mine[$0] != theirs[$0] }
    let parts = names.map { name in
      "\(name) is \(mine[name] ?? "not set") in A and \(theirs[name] ?? "not set") in B"
    }
    return parts.joined(separator: "; ")
  }

  /// The leaves of a load by their paths, under the names that scenarios have for them.
  private static func fields(_ load: LoadSettings) -> [String: String] {
    guard let data = try? JSONEncoder().encode(load),
      let object = try? JSONSerialization.jsonObject(with: data)
    else { return [:] }
    var result: [String: String] = [:]
    collect(object, "load", into: &result)
    return result
  }

  private static let scenarioNames = [
    "keyCount": "keys.count", "distribution": "keys.distribution", "valueSize": "value_size",
    "warmUp": "warm_up", "sql": "transactions", "setUp": "setup",
  ]

  private static func collect(
    _ value: Any, _ path: String, into result: inout [String: String]
  ) {
    switch value {
    case let object as [String: Any]:
      for (key, value) in object {
        // Swift's own encoding of a payload without a name.
        let isPayload = key == "_0" || key == "rawValue"
        let next = isPayload ? path : "\(path).\(scenarioNames[key] ?? key)"
        collect(value, next, into: &result)
      }
    case let list as [Any]:
      for (index, value) in list.enumerated() { collect(value, "\(path)[\(index)]", into: &result) }
    default: result[path] = "\(value)"
    }
  }
}
