import AssayModel

extension GateSettings: SectionDefaults {
  static var defaults: GateSettings { GateSettings() }

  /// The keys of `gate:`.
  static let keys: [SettingKey<GateSettings>] = [
    metricsKey, marginsKey,
    .optional(
      "rate", \.rate, .knownRate,
      "The rate at which percentiles are measured: closed, 500/s or capacity*0.7; without it the"
        + " load's own, or capacity*0.7 where the load is a closed loop. Throughput is measured as"
        + " the load says."),
    .group(
      "counts",
      [
        .value(
          "operations", \.countedOperations, .whole(0...1_000_000),
          "How many operations one actor does for the exact counts; 0 counts nothing.")
      ], "The exact counts: one actor, a fixed seed, a fixed number of operations."),
  ]

  private static let metricsKey = SettingKey<GateSettings>(
    name: "metrics",
    documentation: "What is compared; without it, throughput and p99 of the main operation. Exact"
      + " counts are always compared.",
    schema: .object([
      ("type", .string("array")), ("minItems", .integer(1)), ("uniqueItems", .boolean(true)),
      ("items", ScalarType<String>.metric.schema),
    ]),
    assign: { settings, node, context in
      guard let elements = node.elements, !elements.isEmpty else {
        context.report(
          .wrongType, node.place,
          found: node.elements == nil ? node.summary : "an empty list",
          allowed: "a list such as [throughput, p99(store)]")
        return
      }
      for element in elements {
        guard let metric = ScalarType<String>.metric.read(element, &context) else { continue }
        if settings.metrics.contains(metric) {
          context.report(
            .contradiction, element.place, found: "\(element.summary) for the second time",
            allowed: "each metric once")
        }
        settings.metrics.append(metric)
      }
    })

  private static let marginsKey = SettingKey<GateSettings>(
    name: "margins",
    documentation: "By how much a metric must have become worse to be a finding, such as"
      + " {throughput: 2.5%, p99: 5%}; twice as much is found for certain. Those are the usual"
      + " margins.",
    schema: .object([
      ("type", .string("object")), ("additionalProperties", ScalarType<Double>.share.schema),
    ]),
    assign: { settings, node, context in
      guard let entries = node.entries else {
        context.report(
          .wrongType, node.place, found: node.summary,
          allowed: "a mapping such as {throughput: 2.5%}")
        return
      }
      for entry in entries {
        guard GateSettings.parts(of: entry.key) != nil else {
          context.reportUnknown(
            entry, among: ScalarType<String>.metric.words,
            allowed: ScalarType<String>.metric.allowed)
          continue
        }
        context.within(entry.key) { context in
          guard let share = ScalarType<Double>.share.read(entry.value, &context) else { return }
          settings.margins.append(Margin(metric: entry.key, share: share))
        }
      }
    })
}

extension ScalarType where Value == String {
  /// The metrics that a gate can compare.
  static let metric = ScalarType(
    allowed:
      "throughput, p50, p90, p99, p99.9, each also of one kind as in p99(store), memory, disk, wal",
    words: ["throughput", "p50", "p90", "p99", "p99.9", "memory", "disk", "wal"],
    schema: .object([
      ("type", .string("string")),
      ("pattern", .string("^(throughput|memory|disk|wal|p(50|90|99|99\\.9)(\\([A-Za-z_]+\\))?)$")),
    ]),
    parse: { GateSettings.parts(of: $0) == nil ? .unknownValue : .value($0) },
    text: { $0 })
}

extension ScalarType where Value == Double {
  /// A margin: `2.5%` or `0.025`.
  static let share = ScalarType(
    allowed: "a share from 0.1% to 45%, such as 2.5% or 0.025",
    schema: .object([
      (
        "anyOf",
        .array([
          .object([("type", .string("string")), ("pattern", .string("^[0-9]+(\\.[0-9]+)? ?%$"))]),
          .object([("type", .string("number"))]),
        ])
      )
    ]),
    parse: { text in
      let isPercent = text.hasSuffix("%")
      let digits = isPercent ? text.dropLast().filter { $0 != " " } : text
      guard let number = plainNumber(digits) else { return .wrongType }
      let share = isPercent ? number / 100 : number
      return (0.001...0.45).contains(share) ? .value(share) : .outOfRange
    },
    text: { "\($0)" })
}
