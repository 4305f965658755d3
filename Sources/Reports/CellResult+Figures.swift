import AssayModel

extension CellResult {
  /// The matrix values in short form: `ttl=250ms owner=random`; the id if there are none.
  var label: String {
    if parameters.isEmpty { return id }
    return parameterPaths.map { "\(Self.shortName($0))=\(parameters[$0] ?? "")" }
      .joined(separator: " ")
  }

  /// The matrix paths in the order of the axes, which is the order in the id.
  var parameterPaths: [String] {
    let axes = id.split(separator: ",").compactMap {
      $0.split(separator: "=").first.map(String.init)
    }
    func place(_ path: String) -> Int { axes.firstIndex(of: path) ?? axes.count }
    return parameters.keys.sorted { (place($0), $0) < (place($1), $1) }
  }

  /// Number of attempts that ended with an error of the SQLITE_BUSY family.
  var busyCount: UInt64 {
    var count: UInt64 = 0
    for operation in operations.values {
      for (name, number) in operation.errors where name.hasPrefix("SQLITE_BUSY") { count += number }
    }
    return count
  }

  /// Lease time in nanoseconds, if it is one of the cell's matrix parameters.
  var leaseTime: Int64? { parameters["locks.ttl"].flatMap(Self.nanoseconds) }

  /// Ratio of the operations of the least busy to those of the busiest actor of the same role, the
  /// lowest over all repetitions and roles; `nil` if every role has fewer than two actors.
  var fairness: Double? {
    var lowest: Double?
    for repetition in Set(actors.map(\.repetition)).sorted() {
      // Readers and writers do different work: only actors of one role compete on equal terms.
      for role in ["writer", "reader"] {
        let shares = Self.wholeLives(
          actors.filter { $0.repetition == repetition && $0.role == role })
        guard shares.count > 1, let most = shares.max(), let least = shares.min(), most > 0 else {
          continue
        }
        lowest = min(lowest ?? 1, Double(least) / Double(most))
      }
    }
    return lowest
  }

  /// Median span from the last renewal to the takeover.
  var medianRecovery: Int64? {
    let spans = takeovers.map(\.sinceRenewal).sorted()
    return spans.isEmpty ? nil : spans[(spans.count - 1) / 2]
  }

  /// Returns the last part of a setting's path.
  static func shortName(_ path: String) -> String {
    String(path.split(separator: ".").last ?? Substring(path))
  }

  /// Returns the operations per actor place (process and number), summed over its incarnations: a
  /// restarted process is one participant.
  private static func wholeLives(_ actors: [ActorResult]) -> [UInt64] {
    var sums: [String: UInt64] = [:]
    for actor in actors { sums[place(actor.actor), default: 0] += actor.operations }
    return sums.values.sorted()
  }

  /// Returns an actor's name without its incarnation: `p1/a2` for `p1.0/a2`.
  static func place(_ name: String) -> String {
    guard let dot = name.firstIndex(of: "."), let slash = name.firstIndex(of: "/"), dot < slash
    else { return name }
    return String(name[..<dot]) + String(name[slash...])
  }

  private static func nanoseconds(_ text: String) -> Int64? {
    let units: [(String, Double)] = [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9)]
    for (suffix, factor) in units where text.hasSuffix(suffix) {
      guard let number = Double(text.dropLast(suffix.count)) else { continue }
      return Int64(number * factor)
    }
    return nil
  }
}
