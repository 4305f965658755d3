import AssayModel

/// What became of the attempts of an exploration's programs, without any crash.
struct ExploredAttempts: Codable, Sendable {
  /// By operation and code.
  var tally = AttemptTally()
  /// The first failure of each operation with each code.
  var failures: [FirstFailure] = []

  /// Whether something was attempted and nothing acknowledged.
  var isFruitless: Bool { tally.isFruitless }

  /// Adds the attempts of one run, and how its connections were opened and closed.
  mutating func add(
    _ events: some Sequence<Event>, _ connections: [Event], _ failures: [FirstFailure]
  ) {
    for event in events { tally.add(event) }
    for event in connections { tally.add(event) }
    add(failures)
  }

  /// Adds what another worker counted.
  mutating func add(_ other: ExploredAttempts) {
    tally.add(other.tally)
    add(other.failures)
  }

  private mutating func add(_ others: [FirstFailure]) {
    for failure in others where !failures.contains(where: { $0.isSame(as: failure) }) {
      failures.append(failure)
    }
  }

  /// Why an exploration ended before its time.
  static func reason(_ count: Int, _ noun: String) -> String {
    let many = count == 1 ? "the first \(noun)" : "the first \(count) \(noun)s"
    return "\(many) acknowledged nothing, so the exploration ended"
  }
}
