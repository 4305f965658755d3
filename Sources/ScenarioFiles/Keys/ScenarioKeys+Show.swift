import AssayModel

extension ScenarioDraft {
  /// The figures of the table and the headline.
  static let showKey = SettingKey<ScenarioDraft>(
    name: "show",
    documentation: "What the table shows and the headline compares, such as [p99(load), wal_peak]:"
      + " throughput, p50, p90, p99, p99.9 and max, each also of one kind of operation, sizes of"
      + " files, busy, fairness, takeovers, service_time, counts such as count(syncs), and checks."
      + " Without it, the checks and the speed of the main operation.",
    schema: .object([
      ("type", .string("array")), ("minItems", .integer(1)), ("uniqueItems", .boolean(true)),
      ("items", ScalarType<ShownFigure>.figure.schema),
    ]),
    assign: { draft, node, context in
      guard let elements = node.elements, !elements.isEmpty else {
        context.report(
          .wrongType, node.place,
          found: node.elements == nil ? node.summary : "an empty list",
          allowed: "a list such as [p99(load), wal_peak]")
        return
      }
      var figures: [ShownFigure] = []
      for element in elements {
        guard let figure = ScalarType<ShownFigure>.figure.read(element, &context) else { continue }
        if figures.contains(figure) {
          context.report(
            .contradiction, element.place, found: "\(element.summary) for the second time",
            allowed: "each figure once")
        }
        figures.append(figure)
      }
      draft.show = figures
    })
}

extension ScalarType where Value == ShownFigure {
  /// A figure such as `p99(load)`.
  static let figure = ScalarType(
    allowed: ShownFigure.names.joined(separator: ", ")
      + ", percentiles and throughput also of one kind as in p99(load), and count(NAME)",
    words: ShownFigure.names,
    schema: .object([
      ("type", .string("string")), ("examples", .array(ShownFigure.names.map { .string($0) })),
    ]),
    parse: { ShownFigure($0).map { .value($0) } ?? .unknownValue },
    text: { $0.description })
}
