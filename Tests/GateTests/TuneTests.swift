import AssayModel
import Foundation
import Testing

@testable import Gate

@Suite("Fronts of what was measured with noise")
struct NoisyFrontTests {
  private func point(_ name: String, _ values: Double...) -> ParetoFront.Point {
    ParetoFront.Point(
      candidate: TuneCandidate(["name": name]), durability: .d2, values: values)
  }

  @Test("A lucky figure does not take what was confirmed off the front, a sure one does")
  func confirmed() {
    let points = [point("confirmed", 100, 5), point("lucky", 104, 4), point("worse", 90, 6)]
    let objectives: [Metric] = [.throughput, .resource("disk_bytes")]
    func names(_ isSure: (ParetoFront.Point, ParetoFront.Point) -> Bool) -> [String] {
      (ParetoFront.fronts(points, objectives: objectives, isSure: isSure)[.d2] ?? [])
        .compactMap { $0.candidate.settings["name"] }
    }
    #expect(names { $1.candidate.settings["name"] != "confirmed" } == ["confirmed", "lucky"])
    #expect(names { _, _ in true } == ["lucky"])
  }
}

@Suite("Tuning")
struct TuneTests {
  private func plan(
    _ candidates: [TuneCandidate] = TuneWorld.candidates, references: [TuneCandidate] = [],
    outsiders: Set<TuneCandidate> = [],
    effort: TunePlan.Effort = .init(), seed: Seed
  ) throws -> TunePlan {
    try TunePlan(
      candidates: candidates, incumbent: TuneWorld.fallback, references: references,
      outsiders: outsiders,
      objective: .throughput, effort: effort, seed: seed)
  }

  @Test(
    "Of 64 settings one within 5 % of the best is found, at 30 % of a sweep's blocks or less",
    arguments: 1...8)
  func findsTheBest(number: Int) throws {
    let seed = Seed(8_000).derived("search", number)
    let plan = try plan(seed: seed)
    var world = TuneWorld(seed.derived("machine"))
    let (result, rounds) = try world.search(plan)
    let regret = 1 - exponential(TuneWorld.gain(result.recommended) - TuneWorld.bestGain)
    print("regret \(regret), \(result.blocksUsed) blocks, \(rounds.count) rounds, seed \(seed)")
    #expect(result.isConfirmed)
    #expect(result.blocksUsed <= 384, "seed \(seed)")
    #expect(regret <= 0.05, "seed \(seed): \(result.recommended)")
    let best = try #require(result.gains.first)
    let truth = exponential(TuneWorld.gain(best.candidate)) - 1
    #expect(abs(best.gain - truth) < 0.2 * (1 + truth), "seed \(seed)")
    #expect(try #require(best.lower) > 0)
  }

  @Test("The default is in every round, entrants come in random order, seeds are fresh")
  func rounds() throws {
    let seed = Seed(8_100)
    let plan = try plan(seed: seed)
    var world = TuneWorld(seed)
    let (_, rounds) = try world.search(plan)
    #expect(rounds.allSatisfy { $0.entrants.contains(0) })
    #expect(rounds.allSatisfy { Set($0.entrants).count == $0.entrants.count })
    #expect(Set(rounds.map(\.seed)).count == rounds.count)
    #expect(rounds.contains { $0.entrants != $0.entrants.sorted() })
    let phases = rounds.map(\.phase)
    #expect(phases.first == .screening && phases.last == .confirmation)
    #expect(phases.count { $0 == .confirmation } == 20)
    #expect(rounds.filter { $0.phase == .screening }.allSatisfy { $0.share == 0.25 })
    var again = TuneWorld(seed)
    #expect(try again.search(plan).1 == rounds, "the same results ask for the same rounds")
  }

  @Test("A default that is far worse than all others stays in the race")
  func incumbentStays() throws {
    let seed = Seed(8_150)
    // Eight that are equal, and far better than the default.
    let better = TuneWorld.candidates.filter { candidate in
      ["journal", "cache"].allSatisfy { candidate.settings[$0] == "on" }
        && candidate.settings["sync"] == "off"
    }
    let plan = try plan([TuneWorld.fallback] + better, seed: seed)
    var world = TuneWorld(seed)
    let (_, rounds) = try world.search(plan)
    #expect(rounds.count { $0.phase == .race } > 5, "seed \(seed): no second stage")
    #expect(rounds.allSatisfy { $0.entrants.contains(plan.incumbent) })
  }

  @Test("Nobody leaves before the fifth common block")
  func firstElimination() throws {
    let seed = Seed(8_200)
    let few = Array(TuneWorld.candidates.prefix(12))
    var world = TuneWorld(seed)
    let (_, rounds) = try world.search(try plan(few, seed: seed))
    #expect(rounds[0].phase == .race, "12 candidates need no screening")
    #expect(rounds.prefix(5).allSatisfy { $0.entrants.count == 12 })
    #expect(rounds[5].entrants.count < 12)
  }

  @Test("When nothing beats the default, the default is recommended")
  func nothingBeatsTheDefault() throws {
    let seed = Seed(8_300)
    let worse = TuneWorld.candidates.filter { TuneWorld.gain($0) <= 0 }
    var world = TuneWorld(seed)
    let (result, _) = try world.search(try plan(worse, seed: seed))
    #expect(result.recommended == TuneWorld.fallback, "seed \(seed)")
  }

  @Test("A candidate that violates a check is never recommended, however fast")
  func neverOutsideTheClass() throws {
    let seed = Seed(8_400)
    var world = TuneWorld(seed)
    world.broken = Set(TuneWorld.candidates.filter { $0.settings["journal"] == "on" })
    let (result, _) = try world.search(try plan(seed: seed))
    #expect(result.recommended.settings["journal"] == "off")
    #expect(!result.disqualified.isEmpty)
    #expect(result.disqualified.allSatisfy { $0.contains("journal=on") })
    #expect(result.disqualified[0].hasSuffix("durability: row 3 is missing"))
  }

  @Test("References are confirmed too")
  func references() throws {
    let seed = Seed(8_500)
    let reference = TuneWorld.candidates[63]
    var world = TuneWorld(seed)
    let (result, _) = try world.search(try plan(references: [reference], seed: seed))
    #expect(result.gains.contains { $0.candidate == reference && $0.blocks == 20 })
    // The recommended one against the reference itself, in the same blocks.
    if result.recommended == reference {
      #expect(result.overReferences.isEmpty)
    } else {
      let over = try #require(result.overReferences.first)
      let truth = TuneWorld.gain(result.recommended) - TuneWorld.gain(reference)
      #expect(over.candidate == reference && over.blocks == 20)
      #expect(abs(over.gain - (exponential(truth) - 1)) < 0.2, "\(over.gain), seed \(seed)")
    }
  }

  @Test("A reference from outside of the space is compared with, and never raced or recommended")
  func outsiders() throws {
    let seed = Seed(8_520)
    let best = try #require(TuneWorld.candidates.max { TuneWorld.gain($0) < TuneWorld.gain($1) })
    for candidates in [TuneWorld.candidates, Array(TuneWorld.candidates.prefix(7)) + [best]] {
      let plan = try plan(candidates, references: [best], outsiders: [best], seed: seed)
      let place = try #require(candidates.firstIndex(of: best))
      var world = TuneWorld(seed)
      let (result, rounds) = try world.search(plan)
      #expect(result.recommended != best && !result.gains.contains { $0.candidate == best })
      #expect(rounds.allSatisfy { $0.phase == .confirmation || !$0.entrants.contains(place) })
      let over = try #require(result.overReferences.first)
      #expect(over.candidate == best && over.blocks == 20)
      let truth = TuneWorld.gain(result.recommended) - TuneWorld.gain(best)
      #expect(abs(over.gain - (exponential(truth) - 1)) < 0.2, "\(over.gain), seed \(seed)")
    }
    #expect(throws: GateError.self) {
      try plan(references: [], outsiders: [best], seed: seed)
    }
  }

  @Test("Without a screening, the race tells what each value did")
  func effectsOfTheRace() throws {
    let seed = Seed(8_550)
    var world = TuneWorld(seed)
    let few = Array(TuneWorld.candidates.prefix(8))
    let (result, rounds) = try world.search(try plan(few, seed: seed))
    #expect(rounds.allSatisfy { $0.phase != .screening })
    let journal = try #require(result.effects.first { $0.knob == "journal" })
    #expect(journal.gain > 0.3, "seed \(seed)")
  }

  @Test("What did not matter is named, and what did is not")
  func whatDidNotMatter() throws {
    let seed = Seed(8_600)
    var world = TuneWorld(seed)
    world.machine.jitter = 0.001
    world.machine.wandering = 0
    world.machine.burstEvery = 0
    // Without the interaction, which an additive model takes for noise.
    let plain = TuneWorld.candidates.filter { $0.settings["sync"] == "off" }
    let (result, _) = try world.search(try plan(plain, seed: seed))
    #expect(result.inert.filter { $0 != "checkpoint" } == ["mmap", "store"])
    let journal = try #require(result.effects.first { $0.knob == "journal" })
    #expect(journal.lower < 0.6487 && journal.upper > 0.6487)
  }

  @Test("An interrupted search has a best so far")
  func bestSoFar() throws {
    let seed = Seed(8_700)
    let plan = try plan(Array(TuneWorld.candidates.prefix(8)), seed: seed)
    var world = TuneWorld(seed)
    var race = TuneRace(plan)
    #expect(race.result.recommended == TuneWorld.fallback)
    for _ in 0..<6 {
      guard case .run(let round) = race.next() else { break }
      try race.add(world.blocks(round, plan))
    }
    #expect(!race.result.isConfirmed && race.result.recommended.settings["journal"] == "on")
    #expect(race.blocksUsed > 0 && race.blocksLeft == 384 - race.blocksUsed)
  }

  @Test("A class without a setting is unknown, exit 4; other bad plans are exit 64")
  func badPlans() throws {
    let none = try #require(throws: GateError.self) { try plan([], seed: Seed(1)) }
    #expect(none.code == .classNotReached && none.exitStatus == .unknown)
    let odd = TuneCandidate(["journal": "on"])
    let bad: [() throws -> TunePlan] = [
      { try plan(Array(TuneWorld.candidates.dropFirst()), seed: Seed(1)) },
      { try plan(TuneWorld.candidates + [TuneWorld.candidates[3]], seed: Seed(1)) },
      { try plan(TuneWorld.candidates + [odd], seed: Seed(1)) },
      { try plan(references: [odd], seed: Seed(1)) },
      { try plan(effort: .init(budget: 50), seed: Seed(1)) },
      { try plan(effort: .init(firstRounds: 4), seed: Seed(1)) },
    ]
    for make in bad {
      let error = try #require(throws: GateError.self) { try make() }
      #expect(error.code == .plan && error.exitStatus == .usage)
    }
  }

  @Test("Blocks that do not match the round, or a default that can't be measured, are refused")
  func badBlocks() throws {
    let plan = try plan(Array(TuneWorld.candidates.prefix(4)), seed: Seed(2))
    var world = TuneWorld(Seed(3))
    var race = TuneRace(plan)
    guard case .run(let round) = race.next() else { return }
    let blocks = world.blocks(round, plan)
    #expect(throws: GateError.self) { try race.add(Array(blocks.dropLast())) }
    var dead = blocks
    for index in dead.indices { dead[index].operations = 0 }
    let error = try #require(throws: GateError.self) { try race.add(dead) }
    #expect(error.subject == "tune.default")
    #expect(race.next() == .run(round))
  }

  @Test("One candidate is recommended without a block")
  func alone() throws {
    let race = TuneRace(try plan([TuneWorld.fallback], effort: .init(), seed: Seed(4)))
    guard case .finished(let result) = race.next() else {
      Issue.record("wants blocks")
      return
    }
    #expect(result.recommended == TuneWorld.fallback && result.blocksUsed == 0)
  }

  @Test("A result survives JSON")
  func json() throws {
    let seed = Seed(8_900)
    var world = TuneWorld(seed)
    let (result, _) = try world.search(try plan(Array(TuneWorld.candidates.prefix(4)), seed: seed))
    let data = try JSONEncoder().encode(result)
    #expect(try JSONDecoder().decode(TuneResult.self, from: data) == result)
  }

  @Test("The front keeps what none beats in everything, and never compares classes")
  func front() throws {
    func point(_ name: String, _ durability: DurabilityClass, _ values: [Double])
      -> ParetoFront.Point
    {
      ParetoFront.Point(
        candidate: TuneCandidate(["name": name]), durability: durability, values: values)
    }
    let objectives = [Metric.throughput, try Metric("p99")]
    let fronts = ParetoFront.fronts(
      [
        point("fast", .d2, [100, 9]), point("even", .d2, [80, 5]), point("beaten", .d2, [80, 6]),
        point("twin", .d2, [100, 9]), point("safe", .d3, [10, 20]), point("unsafe", .d1, [500, 1]),
      ], objectives: objectives)
    func names(_ durability: DurabilityClass) -> [String] {
      (fronts[durability] ?? []).compactMap { $0.candidate.settings["name"] }
    }
    #expect(names(.d2) == ["fast", "even", "twin"])
    #expect(names(.d3) == ["safe"] && names(.d1) == ["unsafe"])
    #expect(DurabilityClass.d1 < .d2 && DurabilityClass.d2 < .d3)
  }
}
