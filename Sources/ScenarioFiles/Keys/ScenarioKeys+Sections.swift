import AssayModel

extension ScenarioDraft {
  static let faultsKey = SettingKey<ScenarioDraft>(
    name: "faults", documentation: "What breaks, and when.",
    schema: .object([
      ("type", .string("array")), ("items", JSONSchema.object(FaultDraft.keys)),
    ]),
    stage: 2,
    assign: { draft, node, context in
      guard let elements = node.elements else {
        context.report(
          .wrongType, node.place, found: node.summary,
          allowed: "a list such as [{kill: holder, every: 1s}]")
        return
      }
      for element in elements {
        let errors = context.errors.count
        var fault = FaultDraft()
        context.decode(withoutPowerLoss(element, &context), with: FaultDraft.keys, into: &fault)
        guard context.errors.count == errors,
          let specification = fault.specification(at: element.place, &context)
        else { continue }
        draft.faults.append(specification)
      }
    })

  /// Returns the entry without a power loss, and reports where that belongs: it is not a fault at
  /// one moment, but is tried at every moment.
  private static func withoutPowerLoss(
    _ entry: YAMLNode, _ context: inout DecodingContext
  ) -> YAMLNode {
    ["power_loss", "power-loss"].reduce(entry) { entry, name in
      guard let found = entry.entry(name) else { return entry }
      context.within(name) {
        $0.report(
          .contradiction, found.keyPlace, found: "a power loss among the faults",
          allowed: "explore: {crashes: power-loss, minimum: 1000} with world: simulated")
      }
      return entry.removing(name)
    }
  }

  static let expectKey = SettingKey<ScenarioDraft>(
    name: "expect", documentation: "What the checks must find.",
    schema: JSONSchema.object(ExpectationList.keys), stage: 2,
    assign: { draft, node, context in
      var list = ExpectationList()
      context.decode(node, with: ExpectationList.keys, into: &list)
      draft.expectations = list.expectations
    })

  static let checkKey = SettingKey<ScenarioDraft>(
    name: "check", documentation: "Checks to run and report beyond those that expect names.",
    schema: .object([
      ("type", .string("array")), ("items", ScalarType<CheckName>.choice().schema),
    ]),
    assign: { draft, node, context in
      guard let elements = node.elements else {
        context.report(
          .wrongType, node.place, found: node.summary, allowed: "a list such as [integrity, busy]")
        return
      }
      draft.furtherChecks = elements.compactMap {
        ScalarType<CheckName>.choice().read($0, &context)
      }
    })

  static let sweepKey = SettingKey<ScenarioDraft>.group(
    "sweep",
    [
      .optional(
        "limit", \.cellLimit, .whole(1...100_000),
        "The most cells that the matrix may have; the default is 1000.")
    ],
    "For large matrices.")

  static let gateKey = SettingKey<ScenarioDraft>(
    name: "gate", documentation: "What assay gate compares, and how closely.",
    schema: JSONSchema.object(GateSettings.keys), stage: 2,
    assign: { draft, node, context in
      var gate = GateSettings()
      context.decode(node, with: GateSettings.keys, into: &gate)
      draft.gate = gate
    })
}
