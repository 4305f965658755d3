public import AssayModel

/// The finding of a run in one sentence, made from its figures alone.
public enum Finding {
  /// How many facts follow the count of expectations.
  private static let factLimit = 3

  /// Returns the sentence, with its full stop.
  public static func sentence(_ result: RunResult) -> String {
    let facts = facts(result).prefix(factLimit)
    let head = head(result)
    return facts.isEmpty ? head + "." : "\(head): \(facts.joined(separator: "; "))."
  }

  private static func head(_ result: RunResult) -> String {
    let judged = result.cells.flatMap { cell in
      cell.verdicts.filter { $0.expected != nil }.map { (cell, $0) }
    }
    let unmet = judged.filter { !$0.1.met && $0.1.status != .unknown }
    let unknown = judged.filter { !$0.1.met && $0.1.status == .unknown }
    let incidents = result.cells.map(\.incidents.count).reduce(0, +)
    var parts: [String] = []
    if result.outcome == "interrupted" { parts.append("Interrupted") }
    if incidents > 0 { parts.append("\(Figures.count(incidents, "worker")) died unasked") }
    if !unmet.isEmpty {
      parts.append("\(unmet.count) of \(judged.count) expectations not met (\(list(unmet)))")
    }
    if !unknown.isEmpty {
      parts.append("\(unknown.count) of \(judged.count) can't be told (\(list(unknown)))")
    }
    if unmet.isEmpty, unknown.isEmpty {
      switch judged.count {
      case 0: parts.append("Nothing was expected")
      case 1: parts.append("The expectation is met")
      default: parts.append("All \(judged.count) expectations met")
      }
    }
    return parts.joined(separator: ", ")
  }

  /// The checks concerned, each with its cell if it is the only one.
  private static func list(_ misses: [(CellResult, Verdict)]) -> String {
    var checks: [CheckName] = []
    for (_, verdict) in misses where !checks.contains(verdict.check) {
      checks.append(verdict.check)
    }
    return checks.map { check in
      let cells = misses.filter { $0.1.check == check }.map(\.0)
      let place = cells.count == 1 ? cells[0].label : "\(cells.count) cells"
      return cells.count == 1 && cells[0].parameters.isEmpty
        ? check.rawValue : "\(check.rawValue) in \(place)"
    }.joined(separator: ", ")
  }

  private static func facts(_ result: RunResult) -> [String] {
    [
      recovery(result.cells), exclusion(result.cells), losses(result.cells),
      throughput(result.cells), waits(result.cells), busy(result.cells),
    ].compactMap { $0 }
  }

  private static func recovery(_ cells: [CellResult]) -> String? {
    let all = cells.flatMap { cell in cell.takeovers.map { (cell, $0) } }
    guard let worst = all.max(by: { $0.1.sinceRenewal < $1.1.sinceRenewal }) else { return nil }
    let kills = all.compactMap(\.1.sinceKill)
    var text = "a lock left behind was taken over within \(Figures.span(worst.1.sinceRenewal))"
    if let ttl = worst.0.leaseTime {
      let excess = worst.1.sinceRenewal - ttl
      let sum = "ttl \(excess < 0 ? "-" : "+") \(Figures.span(excess.magnitude))"
      text += " of its last renewal (\(sum))"
    } else {
      text += " of its last renewal"
    }
    if let longest = kills.max() { text += ", \(Figures.span(longest)) after the kill" }
    return text + " (\(Figures.count(all.count, "takeover")))"
  }

  private static func exclusion(_ cells: [CellResult]) -> String? {
    let verdicts = cells.flatMap { cell in
      cell.verdicts.filter { $0.check == .mutualExclusion }.map { (cell, $0) }
    }
    guard !verdicts.isEmpty else { return nil }
    let broken = verdicts.filter { $0.1.status == .violated }
    if broken.isEmpty {
      return verdicts.allSatisfy { $0.1.status == .valid } ? "no lock was ever held twice" : nil
    }
    return "mutual exclusion was violated in \(places(broken.map(\.0), of: cells))"
  }

  private static func losses(_ cells: [CellResult]) -> String? {
    let checks: [CheckName] = [.integrity, .durability, .atomicity]
    let verdicts = cells.flatMap { cell in
      cell.verdicts.filter { checks.contains($0.check) }.map { (cell, $0) }
    }
    guard !verdicts.isEmpty else { return nil }
    let broken = cells.filter { cell in
      cell.verdicts.contains { checks.contains($0.check) && $0.status == .violated }
    }
    let kills = cells.flatMap(\.faults).count { $0.kind == FaultSpecification.Kind.kill.rawValue }
    let span = kills > 0 ? " over \(Figures.count(kills, "kill"))" : ""
    if !broken.isEmpty { return "data was lost or damaged in \(places(broken, of: cells))\(span)" }
    guard verdicts.allSatisfy({ $0.1.status == .valid }) else { return nil }
    let durable = verdicts.contains { $0.1.check == .durability }
    return durable ? "nothing acknowledged was lost\(span)" : "the data stayed sound\(span)"
  }

  private static func throughput(_ cells: [CellResult]) -> String? {
    let measured = cells.filter { $0.throughput > 0 }
    guard let best = measured.max(by: { $0.throughput < $1.throughput }),
      let worst = measured.min(by: { $0.throughput < $1.throughput })
    else { return nil }
    if best.id == worst.id {
      return cells.count == 1 ? "\(Figures.rate(best.throughput)) operations/s" : nil
    }
    let ratio = best.throughput / worst.throughput
    return "\(best.label) did \(Figures.rate(best.throughput))/s, "
      + "\(Figures.ratio(ratio)) times \(worst.label)"
  }

  private static func waits(_ cells: [CellResult]) -> String? {
    guard let name = MainOperation.name(in: cells) else { return nil }
    let waits = cells.compactMap { cell in cell.operations[name]?.response.max.map { (cell, $0) } }
    guard let worst = waits.max(by: { $0.1 < $1.1 }), let best = waits.min(by: { $0.1 < $1.1 })
    else { return nil }
    if best.0.id == worst.0.id { return "the longest \(name) took \(Figures.span(worst.1))" }
    return "the longest \(name) took \(Figures.span(best.1)) (\(best.0.label)) to "
      + "\(Figures.span(worst.1)) (\(worst.0.label))"
  }

  private static func busy(_ cells: [CellResult]) -> String? {
    let total = cells.map(\.busyCount).reduce(0, +)
    guard total > 0 else { return nil }
    let places = places(cells.filter { $0.busyCount > 0 }, of: cells)
    return "\(Figures.count(total)) SQLITE_BUSY in \(places)"
  }

  private static func places(_ cells: [CellResult], of all: [CellResult]) -> String {
    if cells.count == all.count { return all.count == 1 ? "the cell" : "all cells" }
    if cells.count <= 2 { return cells.map(\.label).joined(separator: " and ") }
    return "\(cells.count) of \(all.count) cells"
  }
}
