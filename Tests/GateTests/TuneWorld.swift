import AssayModel

@testable import Gate

/// A made-up space of 64 settings whose best one is known: six knobs of two values, of which two
/// matter alone, two only together, and two not at all.
struct TuneWorld {
  static let knobs = ["cache", "checkpoint", "journal", "mmap", "store", "sync"]

  static let candidates: [TuneCandidate] = (0..<64).map { bits in
    TuneCandidate(
      Dictionary(
        uniqueKeysWithValues: knobs.enumerated().map { place, knob in
          (knob, bits >> place & 1 == 0 ? "off" : "on")
        }))
  }

  /// The default: everything off.
  static var fallback: TuneCandidate { candidates[0] }

  /// The logarithm of how much better a candidate is than the default.
  static func gain(_ candidate: TuneCandidate) -> Double {
    func isOn(_ knob: String) -> Bool { candidate.settings[knob] == "on" }
    return (isOn("journal") ? 0.5 : 0) + (isOn("cache") ? 0.12 : 0)
      + (isOn("checkpoint") && isOn("sync") ? 0.15 : isOn("sync") ? -0.05 : 0)
  }

  static let bestGain = 0.77

  var machine: NoisyMachine
  /// Candidates whose blocks violate a check.
  var broken: Set<TuneCandidate> = []

  init(_ seed: Seed) { machine = NoisyMachine(seed) }

  /// The blocks of a round.
  mutating func blocks(_ round: TuneRace.Round, _ plan: TunePlan) -> [BlockMeasurement] {
    round.entrants.map { place in
      let candidate = plan.candidates[place]
      let slowness = machine.next() - Self.gain(candidate)
      return BlockMeasurement(
        operations: UInt64((1e6 / exponential(slowness)).rounded()), duration: .seconds(1),
        violations: broken.contains(candidate) ? ["durability: row 3 is missing"] : [])
    }
  }

  /// Runs a whole search.
  mutating func search(_ plan: TunePlan) throws -> (TuneResult, [TuneRace.Round]) {
    var race = TuneRace(plan)
    var rounds: [TuneRace.Round] = []
    while case .run(let round) = race.next() {
      rounds.append(round)
      try race.add(blocks(round, plan))
    }
    return (race.result, rounds)
  }
}
