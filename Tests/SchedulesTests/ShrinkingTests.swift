import AssayModel
import Testing

@testable import Schedules

/// Proposals that end at a minimum.
@Suite("Shrinking")
struct ShrinkingTests {
  private static func shrink(
    _ shrinker: SubsetShrinker<Int>, _ isEnough: ([Int]) -> Bool
  ) -> SubsetShrinker<Int> {
    var shrinker = shrinker
    while let candidate = shrinker.next() { shrinker.report(isEnough: isEnough(candidate)) }
    return shrinker
  }

  @Test("What is needed is found among much that is not", arguments: [[], [0], [3, 17], [39]])
  func neededParts(needed: [Int]) {
    let result = Self.shrink(SubsetShrinker(Array(0..<40))) { Set(needed).isSubset(of: $0) }
    #expect(result.smallest == needed && result.isMinimal)
    #expect(result.trials < 60, "\(result.trials)")
  }

  @Test("In the end nothing can be left out alone, whatever the question")
  func localMinimum() {
    for seed in 0..<200 {
      var generator = SeededGenerator(Seed(UInt64(seed)))
      let sizes = Set((0..<6).map { _ in 1 + generator.below(19) } + [20])
      let odd = generator.below(2)
      func isEnough(_ part: [Int]) -> Bool {
        sizes.contains(part.count) || (part.count > 4 && part.reduce(0, +) % 2 == odd)
      }
      let result = Self.shrink(SubsetShrinker(Array(1...20)), isEnough)
      #expect(isEnough(result.smallest) && result.isMinimal)
      for place in result.smallest.indices {
        var less = result.smallest
        less.remove(at: place)
        #expect(!isEnough(less), "seed \(seed): \(result.smallest) without \(less)")
      }
    }
  }

  @Test("No fewer elements than the minimum are tried, and no more trials made than allowed")
  func bounds() {
    var seen: [Int] = []
    let result = Self.shrink(SubsetShrinker(Array(0..<9), atLeast: 2)) {
      seen.append($0.count)
      return true
    }
    #expect(result.smallest.count == 2 && seen.min() == 2 && result.isMinimal)
    let short = Self.shrink(SubsetShrinker(Array(0..<40), trialLimit: 3)) { _ in false }
    #expect(short.trials == 3 && !short.isMinimal && short.smallest.count == 40)
    #expect(Self.shrink(SubsetShrinker([])) { _ in true }.isMinimal)
  }

  @Test("Guesses come first, and the first good one counts")
  func guesses() {
    var tried: [[Int]] = []
    let shrinker = SubsetShrinker(Array(0..<40), guesses: [[1], [5, 7], [5, 7, 9], [0, 5]])
    let result = Self.shrink(shrinker) {
      tried.append($0)
      return $0.contains(5)
    }
    #expect(tried.prefix(2) == [[1], [5, 7]])
    #expect(!tried.contains([5, 7, 9]) && result.smallest == [5])
    let none = Self.shrink(SubsetShrinker([1, 2, 3], guesses: [[1], [2]])) { $0.count == 3 }
    #expect(none.smallest == [1, 2, 3] && none.isMinimal)
  }

  @Test("A proposal stays the same until it is reported")
  func proposalsStay() {
    var shrinker = SubsetShrinker([1, 2, 3, 4])
    #expect(shrinker.next() == shrinker.next())
    var schedules = ScheduleShrinker(toyPrograms[3].run(.uniform(Seed(1))).record)
    #expect(schedules.next() == schedules.next())
  }

  /// Shrinks every failing uniform schedule among some seeds.
  private static func shrinkAll(
    _ program: ToyProgram, seeds: Range<Int>, _ isFound: (ToyRun) -> Bool
  ) -> [ScheduleShrinker] {
    seeds.compactMap { seed in
      let first = program.run(.uniform(Seed(UInt64(seed))))
      guard isFound(first) else { return nil }
      var shrinker = ScheduleShrinker(first.record)
      while let candidate = shrinker.next() {
        let run = program.run(.switches(candidate), level: .run)
        shrinker.report(isFound(run) ? .kept(run.record) : .lost)
      }
      return shrinker
    }
  }

  @Test("A lost update shrinks to its one preemption, as early as it can be")
  func shrinksRace() {
    // 0 must be preempted between load and store, or 1 before 0 begins.
    let program = ToyProgram("work*9 load work*9 store | work*9 load store work*9 | work*20")
    let results = Self.shrinkAll(program, seeds: 0..<40, \.lostUpdate)
    #expect(results.count > 10)
    let known: Set<String> = ["0@10>1", "1@10>2 2@20>0", ">1 1@10>0", ">1 1@10>2"]
    for result in results {
      #expect(result.isMinimal && result.smallest.preemptions == 1)
      #expect(known.contains(result.smallest.switches.description), "\(result.smallest.switches)")
      #expect(result.trials < 300, "\(result.trials)")
    }
  }

  @Test("A bug that needs two preemptions keeps two, from schedules with many")
  func shrinksDepthThree() {
    let program = ToyProgram("work*5 a work*5 c | work*5 b work*5 d | work*12")
    let results = Self.shrinkAll(program, seeds: 0..<400) { $0.notes == "abcd" }
    #expect(results.count > 10)
    for result in results {
      #expect(result.isMinimal)
      #expect(result.smallest.preemptions == 2, "\(result.smallest.switches)")
      // Between b and c the third actor may run or not: neither is smaller.
      let known = ["0@6>1 1@6>0", "0@6>1 1@6>2"]
      #expect(known.contains(result.smallest.switches.description), "\(result.smallest.switches)")
    }
  }

  /// The record of a run, made by hand.
  private static func run(_ switches: ScheduleSwitches) -> RecordedRun {
    var run = RecordedRun()
    run.switches = switches
    run.preemptions = switches.elements.count
    return run
  }

  @Test("A later place is kept where it makes another switch needless")
  func laterPlaces() throws {
    let known = ScheduleSwitches([
      ScheduleSwitch(from: 0, after: 8, to: 1), ScheduleSwitch(from: 1, after: 5, to: 0),
    ])
    var shrinker = ScheduleShrinker(Self.run(known))
    while let candidate = shrinker.next() {
      // Where 0 is preempted after 12 steps, 1 waits by itself after 5.
      let meets = candidate.elements.contains { $0.from == 0 && $0.ownSteps == 12 }
      let made = ScheduleSwitches(candidate.elements.filter { $0.from == 0 })
      shrinker.report(meets && candidate.elements.count == 2 ? .kept(Self.run(made)) : .lost)
    }
    #expect(shrinker.isMinimal && shrinker.smallest.switches.description == "0@12>1")
  }

  @Test("A place that was moved may let another switch go")
  func movesThenLeavesOut() throws {
    let first = ScheduleSwitch(from: 0, after: 8, to: 1)
    let second = ScheduleSwitch(from: 1, after: 5, to: 0)
    var shrinker = ScheduleShrinker(Self.run(ScheduleSwitches([first, second])))
    while let candidate = shrinker.next() {
      // Both as they are, or the first one earlier, alone or not.
      let isFound =
        candidate.elements == [first, second]
        || candidate.elements.contains { $0.from == 0 && $0.ownSteps < 8 }
      shrinker.report(isFound ? .kept(Self.run(candidate)) : .lost)
    }
    #expect(shrinker.isMinimal && shrinker.smallest.switches.description == "0@1>1")
  }

  @Test("What is found stays found, and what nobody needs goes")
  func shrinksToNothing() {
    for result in Self.shrinkAll(toyPrograms[1], seeds: 0..<20, { _ in true }) {
      #expect(result.smallest.switches.elements.isEmpty && result.trials <= 2)
    }
    // Everything lost: the first schedule stays.
    let first = toyPrograms[3].run(.uniform(Seed(4))).record
    var shrinker = ScheduleShrinker(first, trialLimit: 30)
    while shrinker.next() != nil { shrinker.report(.lost) }
    #expect(shrinker.smallest == first && shrinker.trials == 30 && !shrinker.isMinimal)
  }

  @Test("Where an actor leaves out steps, its later switches move with it")
  func leavingOut() throws {
    let switches = try #require(ScheduleSwitches("0@2>1 1@3>0 0@5>1 0@8>1 0@9>1"))
    // The switch after 5 steps lies within, the one after 8 at the end.
    #expect(switches.leavingOut(4..<8, of: 0).description == "0@2>1 1@3>0 0@4>1 0@5>1")
    #expect(switches.leavingOut(2..<8, of: 0).description == "0@2>1 1@3>0 0@3>1")
    #expect(switches.leavingOut(0..<5, of: 0).description == "1@3>0 0@3>1 0@4>1")
    #expect(switches.leavingOut(4..<8, of: 1) == switches)
    let program = ToyProgram("load work*4 store | work*2 load store")
    let found = try #require(ScheduleSwitches("0@5>1"))
    #expect(program.run(.switches(found)).lostUpdate)
    let shorter = ToyProgram("load store | work*2 load store")
    #expect(shorter.run(.switches(found.leavingOut(1..<4, of: 0))).lostUpdate == false)
    #expect(shorter.run(.switches(found.leavingOut(1..<5, of: 0))).lostUpdate)
  }
}
