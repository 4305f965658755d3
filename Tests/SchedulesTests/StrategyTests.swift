import AssayModel
import Testing

@testable import Schedules

/// What each strategy does on programs small enough to know the answer.
@Suite("Strategies")
struct StrategyTests {
  private static let race = ToyProgram("work*3 load store | load store work*2 | work*4")
  private static let seeds = (0..<2_000).map { Seed(UInt64($0)) }

  @Test(
    "Every random strategy finds a lost update, and none where a lock prevents it",
    arguments: ["uniform", "sticky", "sticky-90", "pct-2", "pct-3", "pct-5"])
  func findsTheRace(name: String) throws {
    let strategy = try #require(ScheduleStrategy(name))
    let locked = ToyProgram(
      "work*3 lock:0 load store unlock:0 | lock:0 load store unlock:0 work*2 | work*4")
    var found = 0
    for seed in Self.seeds {
      let schedule = try #require(strategy.description(seed, estimatedSteps: 13))
      if Self.race.run(schedule, level: .off).lostUpdate { found += 1 }
      #expect(!locked.run(schedule, level: .off).lostUpdate, "seed \(seed)")
    }
    #expect(found > 20, "\(found) of \(Self.seeds.count)")
  }

  /// How many of the seeds find something by priorities.
  private static func hits(
    _ program: ToyProgram, depth: Int, steps: Int, _ isFound: (ToyRun) -> Bool
  ) -> Int {
    seeds.count { seed in
      let schedule = PrioritySchedule(seed: seed, depth: depth, estimatedSteps: steps)
      return isFound(program.run(PriorityOrder(schedule), level: .off))
    }
  }

  @Test("Priorities of depth 2 find a bug of depth 2 as often as is proven, of depth 1 never")
  func depthTwo() {
    let program = ToyProgram("work*6 load store work*6 | work*6 load store work*6 | work*8")
    let steps = program.actors.joined().count
    let hits = Self.hits(program, depth: 2, steps: steps, \.lostUpdate)
    let bound = Self.seeds.count / (3 * steps)
    #expect(hits >= bound, "\(hits) of at least \(bound)")
    // Not so often that changes of priority lie elsewhere than they are thought to.
    #expect(hits < 20 * bound, "\(hits)")
    #expect(Self.hits(program, depth: 1, steps: steps, \.lostUpdate) == 0)
  }

  @Test("Priorities of depth 3 find a bug of depth 3 as often as is proven, of depth 2 never")
  func depthThree() {
    let program = ToyProgram("work*2 a work*2 c | work b work*2 d")
    let steps = program.actors.joined().count
    let bound = Self.seeds.count / (2 * steps * steps)
    let hits = Self.hits(program, depth: 3, steps: steps) { $0.notes == "abcd" }
    #expect(hits >= bound && bound >= 5, "\(hits) of at least \(bound)")
    #expect(Self.hits(program, depth: 2, steps: steps) { $0.notes == "abcd" } == 0)
  }

  @Test("With priorities whoever wakes up preempts those below, and the highest runs alone")
  func sleepersKeepTheirPriority() {
    let program = ToyProgram("work sleep:3 work*2 | work*6")
    let orders = Set(
      Self.seeds.prefix(50).map { seed in
        let schedule = PrioritySchedule(seed: seed, depth: 1, estimatedSteps: 10)
        return program.run(PriorityOrder(schedule)).trace
      })
    #expect(orders == [[0, 0, 1, 1, 1, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]])
  }

  @Test("A change of priority takes effect at its step, also when one actor ran alone before")
  func changesInOrder() {
    // Actor 0 sleeps until step 5; the change is at 1, 2, 3 or 4, while 1 runs alone.
    let program = ToyProgram("sleep:4 work*3 | work*9")
    var begun: Set<Bool> = []
    for seed in Self.seeds.prefix(200) {
      let schedule = PrioritySchedule(seed: seed, depth: 2, estimatedSteps: 4)
      let trace = program.run(PriorityOrder(schedule)).trace
      begun.insert(trace[0] == 0)
      if trace[0] == 0, trace[5] == 1 {
        // Only a change right after the sleeper's own step lowers it below the other.
        #expect(trace == [0] + Array(repeating: 1, count: 9) + [0, 0, 0], "seed \(seed)")
      }
    }
    #expect(begun == [true, false])
  }

  @Test("The change of priority comes within the estimate of steps, at each of them")
  func changesWithinTheEstimate() {
    let program = ToyProgram("work*9 | work*9")
    for estimate in 1...4 {
      let lengths = Self.seeds.prefix(200).map { seed in
        let schedule = PrioritySchedule(seed: seed, depth: 2, estimatedSteps: estimate)
        return program.run(PriorityOrder(schedule)).record.runs.elements.map(\.length)
      }
      #expect(Set(lengths) == Set((1...estimate).map { [$0, 9, 9 - $0] }))
    }
  }

  @Test("With another estimate of steps the same seed gives another schedule")
  func estimateMatters() {
    let program = toyPrograms[3]
    let traces = [10, 20, 27, 40].map { steps in
      Self.seeds.prefix(20).map { seed in
        let schedule = PrioritySchedule(seed: seed, depth: 4, estimatedSteps: steps)
        return program.run(PriorityOrder(schedule)).trace
      }
    }
    #expect(Set(traces).count == 4)
  }

  @Test("Actors that come late, with any number, get a priority")
  func lateActors() {
    var order = PriorityOrder(PrioritySchedule(seed: Seed(3), depth: 2, estimatedSteps: 5))
    #expect(order.next(at: ChoicePoint(runnable: [0], current: nil, ownSteps: 0, step: 0)) == 0)
    let late = ChoicePoint(runnable: [4, 900], current: 700, ownSteps: 1, step: 9)
    let chosen = order.next(at: late)
    #expect(chosen == order.next(at: late))
  }

  @Test("The uniform and the sticky order draw as they always did")
  func drawsAreKept() {
    for stickiness in [0, 0.5, 0.9] {
      var order = SeededOrder(Seed(11), stickiness: Probability(stickiness))
      var generator = SeededGenerator(Seed(11))
      var points = SeededGenerator(Seed(12))
      var current = 0
      for step in 0..<2_000 {
        let runnable = (0..<6).filter { $0 == 5 || points.below(3) == 0 }
        var expected = runnable[0]
        if runnable.count > 1 {
          let goesOn =
            stickiness > 0 && runnable.contains(current) && generator.unit() < stickiness
          expected = goesOn ? current : runnable[generator.below(runnable.count)]
        }
        let point = ChoicePoint(
          runnable: runnable, current: current, ownSteps: 0, step: step)
        current = order.next(at: point)
        #expect(current == expected, "step \(step)")
      }
    }
  }

  @Test(
    "A stalled actor waits exactly from its step on",
    arguments: [
      (Stall(actor: 0, ownSteps: 1), "011122200"),
      (Stall(actor: 0, ownSteps: 0), "111222000"),
      (Stall(actor: 1, ownSteps: 2), "000112221"),
      (Stall(actor: 2, ownSteps: 2), "000111222"),
      (Stall(actor: 0, ownSteps: 1, end: .afterSteps(2)), "011001222"),
      (Stall(actor: 0, ownSteps: 0, end: .afterSteps(4)), "111200022"),
      (Stall(actor: 1, ownSteps: 1, end: .afterSteps(99)), "000122211"),
      (Stall(actor: 7, ownSteps: 0), "000111222"),
    ])
  func stalls(stall: Stall, expected: String) {
    let run = ToyProgram("work*3 | work*3 | work*3").run(StallOrder(stall))
    #expect(run.trace.map(String.init).joined() == expected)
  }

  @Test("A stall ends for good when nobody else can run, or only when its steps are over")
  func stallsAmongSleepers() {
    let program = ToyProgram("work*6 | work sleep:3 work*3")
    let whenAlone = program.run(StallOrder(Stall(actor: 0, ownSteps: 1)))
    #expect(whenAlone.trace == [0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1])
    let counted = program.run(StallOrder(Stall(actor: 0, ownSteps: 1, end: .afterSteps(7))))
    #expect(counted.trace == [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1])
  }

  @Test("Switches are made after their actor's own steps and else nobody is preempted")
  func switches() throws {
    func trace(_ text: String, _ program: String) throws -> String {
      let switches = try #require(ScheduleSwitches(text))
      return ToyProgram(program).run(SwitchedOrder(switches)).trace.map(String.init).joined()
    }
    #expect(try trace("", "work*3 | work*3 | work*2") == "00011122")
    #expect(try trace("0@2>2 2@1>1", "work*3 | work*3 | work*2") == "00211120")
    #expect(try trace(">1 1@1>0 0@2>1", "work*3 | work*3") == "100110")
    // In any order; what cannot be is left out.
    #expect(try trace("0@2>1 >1 1@1>0 5@1>0 1@2>4", "work*3 | work*3") == "100110")
    // After the end of 1 the next in turn is 2, not 0.
    #expect(try trace("0@1>1", "work*3 | work | work") == "01200")
    #expect(try trace("0@1>1 1@1>0", "work*3 | work | work") == "01002")
  }

  @Test("Strategies differ, each is the same every time")
  func strategiesDiffer() {
    let program = toyPrograms[3]
    let first = everyKind(4).map { program.run($0).record.digest }
    #expect(first == everyKind(4).map { program.run($0).record.digest })
    #expect(Set(first).count == first.count)
    let second = everyKind(7).map { program.run($0).record.digest }
    #expect(zip(first, second).allSatisfy { $0 != $1 })
  }
}
