import AssayModel

/// One lease lock with a TTL of 500 ms among six actors, some of whom die or are stopped while
/// they hold it; right by construction except for fencing, which can be left out.
struct LeaseSimulation {
  private var generator: SeededGenerator
  private let isFenced: Bool
  private var lines: [String] = []
  private var rows: [(time: Int, token: Int, nonce: Int)] = []

  /// Whether a write was accepted after somebody else had taken the lock.
  private var hasStaleWrite = false

  private init(seed: UInt64, isFenced: Bool) {
    generator = SeededGenerator(Seed(seed))
    self.isFenced = isFenced
  }

  /// Runs 25 acquisitions.
  ///
  /// - Returns: what was recorded, and whether a stale write was accepted.
  static func run(
    seed: UInt64, isFenced: Bool = true
  ) -> (history: HistoryText, hasStaleWrite: Bool) {
    var simulation = LeaseSimulation(seed: seed, isFenced: isFenced)
    simulation.simulate()
    return (HistoryText(simulation.text), simulation.hasStaleWrite)
  }

  private mutating func simulate() {
    var time = 0
    var incarnation = 0
    var processStart = 0
    var waitingSince = [Int](repeating: 0, count: 6)
    var staleWrites: [(due: Int, token: Int, actor: String)] = []
    for token in 1...25 {
      // At most three can be stopped at a time, so somebody is free.
      var number = generator.below(6)
      while waitingSince[number] > time { number = (number + 1) % 6 }
      let process = number / 2
      let name = process == 2 ? "p2.\(incarnation)a\(number % 2)" : "p\(process)a\(number % 2)"
      let granted = time + 1 + generator.below(3)
      let returned = granted + generator.below(3)
      let intended = min(waitingSince[number], granted - 1)
      lines.append(
        "\(name) acquire 0 token \(token) until \(granted + 500) granted \(granted) "
          + "@\(intended)-\(returned) ok")
      applyStaleWrites(&staleWrites, before: granted)
      switch process == 2 ? generator.below(3) : generator.below(2) {
      case 0:
        // Works and releases.
        addWrite(name, token, at: returned + 1)
        lines.append("\(name) release 0 token \(token) @\(returned + 5)-\(returned + 9) ok")
        time = returned + 7
      case 1:
        // Is stopped beyond its lease, then writes and releases too late.
        let late = granted + 560 + generator.below(600)
        staleWrites.append((late, token, name))
        lines.append("\(name) release 0 token \(token) @\(late + 5)-\(late + 6) failed code -2")
        time = granted + 500
        waitingSince[number] = late + 7
      default:
        // Dies; the next incarnation has another owner.
        let death = returned + 1 + generator.below(50)
        lines.append("\(name) write 0 token \(token) nonce \(1_000 + token) @\(death - 1)-")
        lines.append("process p2.\(incarnation) \(processStart)-\(death) killed")
        lines.append("kill p2 @\(death)")
        incarnation += 1
        processStart = death + 20
        waitingSince[4] = max(waitingSince[4], processStart)
        waitingSince[5] = max(waitingSince[5], processStart)
        time = granted + 500
      }
      waitingSince[number] = max(waitingSince[number], time)
    }
    applyStaleWrites(&staleWrites, before: .max)
    lines.append("process p0 0-99000\nprocess p1 0-99000")
    lines.append("process p2.\(incarnation) \(processStart)-99000")
  }

  private mutating func applyStaleWrites(
    _ writes: inout [(due: Int, token: Int, actor: String)], before time: Int
  ) {
    for write in writes where write.due < time {
      // Nobody may have taken the lock in between: then the token is still the newest.
      let isNewest = !lines.contains {
        $0.contains(" acquire 0 token \(write.token + 1) ")
      }
      addLateWrite(write.actor, write.token, at: write.due, isStale: !isNewest)
    }
    writes.removeAll { $0.due < time }
  }

  private mutating func addWrite(_ name: String, _ token: Int, at time: Int) {
    rows.append((time, token, 1_000 + token))
    lines.append("\(name) write 0 token \(token) nonce \(1_000 + token) @\(time)-\(time + 1) ok")
  }

  private mutating func addLateWrite(
    _ name: String, _ token: Int, at time: Int, isStale: Bool
  ) {
    if isStale && isFenced {
      lines.append(
        "\(name) write 0 token \(token) nonce \(1_000 + token) @\(time)-\(time + 1) failed code -2")
      return
    }
    hasStaleWrite = hasStaleWrite || isStale
    addWrite(name, token, at: time)
  }

  private var text: String {
    let ordered = rows.sorted { ($0.time, $0.token) < ($1.time, $1.token) }
    let content = ordered.enumerated().map { index, row in
      "write \(index + 1) lock 0 token \(row.token) nonce \(row.nonce)"
    }
    return (lines + content + ["counter 0=\(rows.count)"]).joined(separator: "\n")
  }
}
