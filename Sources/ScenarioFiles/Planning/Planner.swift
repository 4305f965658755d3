import AssayModel

/// Turns a tree into a scenario and a plan.
struct Planner {
  /// Name of the command line in errors.
  static let overridePlace = "--set"
  /// Most cells of a matrix without `sweep: {limit: N}`.
  private static let cellLimit = 1_000

  private let original: YAMLNode
  private let overrides: [SettingOption]
  /// Settings from dedicated command-line options, applied after those of `--set`.
  private let options: [SettingOption]
  /// The axes as the file and `--set` have them, before the options.
  private var declaredAxes: [String: [DecodingContext.AxisValue]] = [:]
  var tree: YAMLNode
  var context = DecodingContext()

  init(file: ScenarioFile, overrides: [Assignment], options: [SettingOption] = []) {
    original = file.root
    tree = file.root
    self.overrides = overrides.map { SettingOption(name: Self.overridePlace, assignment: $0) }
    self.options = options
    context.fileName = file.name
    context.folder = file.name.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }

  mutating func scenario() throws(ScenarioErrors) -> Scenario {
    let draft = try decodeFile()
    if draft.axes.isEmpty {
      Contradictions.find(in: draft, tree, &context)
      try throwErrors()
    }
    return draft.scenario
  }

  mutating func plan(only: String?, seed: Seed) throws(ScenarioErrors) -> Plan {
    let draft = try decodeFile()
    try checkCellCount(draft)
    var cells: [PlannedCell] = []
    // The matrix is taken out: a cell has no axes, and need not read them again.
    let base = tree.removing("matrix")
    for index in 0..<draft.axes.reduce(1, { $0 * $1.values.count }) {
      let point = Self.point(index, of: draft.axes)
      if let cell = cell(point, base, seed.derived("cell")) { cells.append(cell) }
    }
    try throwErrors()
    if let only {
      cells = try CellSelection(
        only, among: cells, declared: declaredAxes, replaced: Set(options.map(\.assignment.path))
      ).chosen()
    }
    return Plan(scenario: draft.scenario, seed: seed, cells: cells)
  }

  private func throwErrors() throws(ScenarioErrors) {
    if let errors = ScenarioErrors(context.errors) { throw errors }
  }
}

// MARK: - The file

extension Planner {
  private mutating func decodeFile() throws(ScenarioErrors) -> ScenarioDraft {
    context.axes = Self.axisValues(of: original)
    context.fileDuration = Self.duration(of: original)
    for override in overrides { apply(override.assignment, override.name) }
    declaredAxes = context.axes
    for option in options { apply(option.assignment, option.name) }
    let draft = decode(tree)
    checkTimeScale()
    try throwErrors()
    return draft
  }

  /// Decodes a tree; the times of its load are scaled by `--set time`.
  private mutating func decode(_ tree: YAMLNode) -> ScenarioDraft {
    var draft = ScenarioDraft()
    context.decode(tree, with: ScenarioDraft.keys, into: &draft)
    TimeScale.apply(context.timeScale, to: &draft.settings.load)
    return draft
  }

  /// Duration of a cell as the file states it; `nil` if the file states none.
  private static func duration(of root: YAMLNode) -> Nanoseconds? {
    root.node(at: "load.duration")?.text.flatMap { ScenarioFile.duration($0) }
  }

  /// Returns the values of the matrix as the file has it, so that conditions and ratios that name a
  /// value which an override leaves out stay right.
  private static func axisValues(of root: YAMLNode) -> [String: [DecodingContext.AxisValue]] {
    var result: [String: [DecodingContext.AxisValue]] = [:]
    for entry in root.entry("matrix")?.value.entries ?? [] {
      guard let setting = SettingPaths.byPath[entry.key] else { continue }
      result[entry.key] = (entry.value.elements ?? []).compactMap { node in
        guard let text = node.text, let canonical = setting.canonical(text) else { return nil }
        return DecodingContext.AxisValue(text: text, canonical: canonical)
      }
    }
    return result
  }

  private mutating func checkCellCount(_ draft: ScenarioDraft) throws(ScenarioErrors) {
    let limit = draft.cellLimit ?? Self.cellLimit
    var count = 1
    var overflow = false
    for axis in draft.axes {
      let product = count.multipliedReportingOverflow(by: axis.values.count)
      count = product.partialValue
      overflow = overflow || product.overflow
    }
    guard overflow || count > limit else { return }
    let asked = draft.cellLimit == nil ? "; 'sweep: {limit: N}' allows more" : " by 'sweep: limit'"
    throw ScenarioErrors(
      ScenarioError(
        code: .tooManyCells, place: tree.place(at: "matrix"), path: "matrix",
        found: overflow ? "more than 2^63" : String(count), allowed: "at most \(limit)\(asked)"))
  }
}

// MARK: - Cells

extension Planner {
  /// Returns the value of each axis in a cell; the last axis changes fastest.
  private static func point(_ index: Int, of axes: [ScenarioDraft.Axis]) -> [MatrixPoint] {
    var rest = index
    var result: [MatrixPoint] = []
    for axis in axes.reversed() {
      result.append(MatrixPoint(path: axis.path, value: axis.values[rest % axis.values.count]))
      rest /= axis.values.count
    }
    return result.reversed()
  }

  private mutating func cell(
    _ point: [MatrixPoint], _ base: YAMLNode, _ seed: Seed
  ) -> PlannedCell? {
    let tree = point.reduce(base) { $0.setting($1.value, at: $1.path) }
    let errors = context.errors.count
    context.settings = CellSettings()
    let draft = decode(tree)
    guard context.errors.count == errors else { return nil }
    Contradictions.find(in: draft, tree, &context)
    let parameters = point.map { Assignment(path: $0.path, value: $0.value.text ?? "") }
    let id =
      parameters.isEmpty
      ? "default" : parameters.map { "\($0.path)=\($0.value)" }.joined(separator: ",")
    var cell = PlannedCell(
      id: id, parameters: parameters, storage: draft.settings.storage,
      locks: draft.settings.locks, load: draft.settings.load,
      faults: draft.settings.injects ? draft.faults : [],
      expectations: draft.expectations.compactMap { Self.resolve($0, draft.settings) },
      furtherChecks: draft.furtherChecks, seed: seed.derived(id))
    if let path = cell.storage.path, let node = tree.entry("storage")?.value.entry("path")?.value {
      cell.storage.path = context.resolved(path, at: node.place)
    }
    cell.disk = draft.settings.disk.disk
    cell.probe = draft.settings.probe
    cell.explore = draft.explores ? draft.settings.explore : nil
    return cell
  }

  /// Returns the rules that may apply in a cell; conditions on the library are left to the worker.
  static func resolve(_ expectation: Expectation, _ settings: CellSettings) -> Expectation? {
    let rules = expectation.rules.compactMap { rule -> ExpectationRule? in
      var resolved = rule
      resolved.conditions = []
      for condition in rule.conditions {
        switch condition {
        case .library: resolved.conditions.append(condition)
        case .parameter(let path, let values):
          guard holds(path, values, settings) else { return nil }
        }
      }
      if case .bound(let bound) = rule.requirement, !bound.relativeTo.isEmpty {
        // The ratio of a cell to itself is always 1: the rule applies to the other cells only.
        let isItself = bound.relativeTo.allSatisfy { holds($0.path, [$0.value], settings) }
        if isItself { return nil }
      }
      return resolved
    }
    return rules.isEmpty ? nil : Expectation(check: expectation.check, rules: rules)
  }

  private static func holds(_ path: String, _ values: [String], _ settings: CellSettings) -> Bool {
    guard let setting = SettingPaths.byPath[path], let current = setting.current(settings) else {
      return false
    }
    return values.contains { setting.canonical($0) == current }
  }
}

/// One axis' value in a cell.
struct MatrixPoint {
  var path: String
  var value: YAMLNode
}
