import AssayModel
import Gate

/// A tuning as text: the classes with their evidence, the recommendation with its gains, the code
/// to open a database with it, the front, the inert knobs, and the outcome as the last line.
public enum TuneReport {
  /// Returns the report, with a newline at the end; depends on the record and the style alone.
  public static func text(
    _ record: TuneRecord, style: TerminalReport.Style = TerminalReport.Style()
  ) -> String {
    var lines = [Paint.bold("\(record.scenario): \(record.question)", style), place(record)]
    lines += classes(record)
    lines += recommendation(record, style)
    lines += gains(record)
    lines += front(record)
    lines += effects(record)
    lines += (record.result?.disqualified ?? []).map { "taken out: \($0)" }
    lines += ["", Paint.paint(sentence(record), colour(record), style)]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Returns the outcome in one sentence.
  public static func sentence(_ record: TuneRecord) -> String {
    let wanted = record.durability.rawValue
    guard let recommended = record.recommended else {
      if record.wasInterrupted { return "Interrupted before anything was measured." }
      return record.space.inClass == 0 && !record.classes.isEmpty
        ? "No setting of the space reaches \(wanted): nothing is recommended."
        : "Nothing is recommended: \(record.stopped)."
    }
    let name = changes(recommended.candidate, record)
    let isConfirmed = record.result?.isConfirmed == true && record.stopped.isEmpty
    let state = isConfirmed ? "" : " so far, not confirmed (\(record.stopped))"
    guard let gain = recommended.gain else {
      return "Recommended\(state) in \(wanted): the default; nothing is surely better."
    }
    return "Recommended\(state) in \(wanted): \(name): \(change(gain, record))."
  }

  // MARK: Parts

  private static func place(_ record: TuneRecord) -> String {
    let environment = record.environment
    return [
      "SQLite \(environment.sqliteVersion)", environment.fileSystem,
      Figures.count(environment.processors, "processor"), "seed \(record.seed)",
      Figures.span(record.elapsed.rawValue),
      "\(record.space.isBuiltIn ? "built-in space" : "matrix") of "
        + Figures.count(record.space.candidates, "setting"),
      record.blockLength == .zero
        ? ""
        : "blocks of \(Figures.span(record.blockLength.rawValue)) "
          + "(+ \(Figures.span(record.blockOverhead.rawValue)))",
      record.turns?.reason ?? "",
      record.result.map(\.blocksUsed).flatMap { $0 > 0 ? "\(Figures.rate($0)) blocks" : nil } ?? "",
    ].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private static func classes(_ record: TuneRecord) -> [String] {
    guard !record.classes.isEmpty else { return [] }
    let rows = record.classes.map { evidence in
      [evidence.setting, evidence.word, evidence.sentence]
    }
    let asides = record.classes.map(\.aside).filter { !$0.isEmpty }
    let head =
      "Durability by crash images: \(record.space.inClass) of \(record.space.candidates) "
      + "settings reach \(record.durability.rawValue)"
    return ["", head] + Columns.lines(rows, left: [0, 1, 2])
      + (record.judgedOn.isEmpty ? [] : ["Judged on \(record.judgedOn)."])
      + (asides.first.map { ["Not judged: \($0)."] } ?? [])
      + record.leftOut.map { "Left out: \($0), which an existing file cannot change." }
  }

  /// Returns the settings that differ from the default.
  private static func changes(_ candidate: TuneCandidate, _ record: TuneRecord) -> String {
    let changed = candidate.differences(from: record.fallback)
    let parts = changed.map { "\($0)=\(candidate.settings[$0] ?? "")" }
    return parts.isEmpty ? "the default" : parts.joined(separator: " ")
  }

  private static func recommendation(
    _ record: TuneRecord, _ style: TerminalReport.Style
  ) -> [String] {
    guard let recommended = record.recommended else { return [] }
    let evidence = recommended.evidence
    var lines = [
      "", "Checked as recommended: \(evidence.word), \(evidence.sentence)",
    ]
    for option in recommended.open {
      lines += ["", Paint.bold(option.language, style)]
      lines += option.text.split(separator: "\n").map { "  \($0)" }
    }
    return lines
  }

  private static func gains(_ record: TuneRecord) -> [String] {
    var lines: [String] = []
    if let incumbent = record.incumbent, incumbent != record.fallback {
      let known = record.fallbackClass?.rawValue ?? "outside of the class"
      lines.append(
        "The default is \(known); compared with the nearest of the class: "
          + changes(incumbent, record))
    }
    if let gain = record.recommended?.gain {
      lines.append("Over the default: \(change(gain, record)), \(gain.blocks) blocks")
    }
    for reference in record.references {
      let gain =
        reference.gain.map { "\(change($0, record)), \($0.blocks) blocks" }
        ?? "\(reference.durability?.rawValue ?? "unknown"), \(reference.evidence)"
      lines.append("Over \(reference.profile): \(gain)")
    }
    return lines.isEmpty ? [] : [""] + lines
  }

  /// Returns the change of the first objective, with its interval, such as `throughput +43.0 %
  /// (+40.1 % to +46.2 %)`.
  private static func change(_ gain: TuneResult.Gain, _ record: TuneRecord) -> String {
    "\(record.objectives[0]) \(change(gain.gain, gain.lower, gain.upper, record))"
  }

  /// Converts a gain, for which higher is better, to the metric's own direction.
  private static func change(
    _ gain: Double, _ lower: Double?, _ upper: Double?, _ record: TuneRecord
  ) -> Change {
    let metric = record.objectives[0]
    func ratio(_ gain: Double) -> Double { metric.isBetterHigher ? 1 + gain : 1 / (1 + gain) }
    let bounds = [lower, upper].compactMap { $0.map(ratio) }.sorted()
    return Change(
      metric, ratio: ratio(gain), interval: bounds.count == 2 ? bounds[0]...bounds[1] : nil)
  }

  private static func front(_ record: TuneRecord) -> [String] {
    let points = record.front.filter(\.isOnFront)
    guard !points.isEmpty else { return [] }
    let head = ["class"] + record.objectives.map(\.description) + ["setting"]
    let rows = points.map { point in
      [point.point.durability.rawValue]
        + zip(record.objectives, point.point.values).map(figure)
        + [
          changes(point.point.candidate, record)
            + (point.point.candidate == record.recommended?.candidate ? " (recommended)" : "")
        ]
    }
    return ["", "Front: none of its class is surely better in everything"]
      + Columns.lines([head] + rows, left: [0, head.count - 1])
  }

  private static func figure(_ metric: Metric, _ value: Double) -> String {
    switch metric {
    case .throughput: "\(Figures.rate(value))/s"
    case .percentile: Figures.span(UInt64(value))
    case .counts: Figures.count(UInt64(value))
    case .resource: Figures.bytes(UInt64(value))
    }
  }

  private static func effects(_ record: TuneRecord) -> [String] {
    guard let result = record.result, !result.effects.isEmpty else { return [] }
    var lines = ["", "What each value did on its own (\(record.objectives[0]))"]
    let rows = result.effects.filter { $0.knob != "profile" }.map { effect in
      let change = change(effect.gain, effect.lower, effect.upper, record)
      return ["\(effect.knob)=\(effect.value)", change.estimate, change.bounds ?? ""]
    }
    lines += Columns.lines(rows, left: [0])
    let inert = result.inert.filter { $0 != "profile" }
    lines.append(
      inert.isEmpty
        ? "Nothing surely did less than 2 %."
        : "Did not matter (surely less than 2 %): \(inert.joined(separator: ", "))")
    return lines
  }

  private static func colour(_ record: TuneRecord) -> String {
    record.exitCode == 0 ? "32" : record.exitCode == 4 ? "33" : "31"
  }
}
