import AssayModel

extension Contradictions {
  /// Finds gate settings that cannot be compared.
  mutating func checkGate() {
    guard let gate = draft.gate else { return }
    refuse(
      draft.world == .simulated, "gate", "a gate in the simulated world",
      "gate with world: real, because nothing has a speed in virtual time")
    let known = load.workload.operations.map(\.name)
    for metric in gate.metrics + gate.margins.map(\.metric) {
      guard let kind = GateSettings.parts(of: metric)?.kind, !known.isEmpty else { continue }
      refuse(
        !known.contains(kind), "gate.metrics",
        "'\(metric)' for workload \(load.workload.rawValue)", known.joined(separator: ", "))
    }
    let compared = gate.metrics.isEmpty ? ["throughput", "p99"] : gate.metrics
    for margin in gate.margins {
      let isUsed = compared.contains { metric in
        metric == margin.metric || GateSettings.parts(of: metric)?.word == margin.metric
          || GateSettings.parts(of: margin.metric)?.word == metric && gate.metrics.isEmpty
      }
      refuse(
        !isUsed, "gate.margins.\(margin.metric)", "a margin of what is not compared",
        compared.joined(separator: ", "), at: tree.place(at: "gate.margins"))
    }
  }
}
