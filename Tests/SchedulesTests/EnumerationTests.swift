import AssayModel
import Testing

@testable import Schedules

/// What enumerations give out: no more, no less.
@Suite("Enumerations of schedules")
struct EnumerationTests {
  private static func depthFirst(
    _ program: ToyProgram, _ preemptions: Int, limit: Int = .max
  ) throws -> (runs: [ToyRun], coverage: ScheduleCoverage) {
    var enumeration = DepthFirstEnumeration(preemptions: preemptions, limit: limit)
    let runs = try explore(program) { try enumeration.next(after: $0) }
    return (runs, enumeration.coverage)
  }

  private static func listed(
    _ program: ToyProgram, _ kind: ListedEnumeration.Kind, limit: Int = .max
  ) throws -> (runs: [ToyRun], coverage: ScheduleCoverage) {
    var enumeration = ListedEnumeration(kind, limit: limit, seed: Seed(4))
    let runs = try explore(program) { try enumeration.next(after: $0) }
    return (runs, enumeration.coverage)
  }

  /// All orders of the steps of actors that never block, by brute force.
  private static func orders(_ left: [Int]) -> [[Int]] {
    if left.allSatisfy({ $0 == 0 }) { return [[]] }
    return left.indices.filter { left[$0] > 0 }.flatMap { actor in
      var rest = left
      rest[actor] -= 1
      return orders(rest).map { [actor] + $0 }
    }
  }

  /// How often an actor that has steps left does not take the next one.
  private static func preemptions(_ order: [Int]) -> Int {
    order.indices.dropLast().count { place in
      order[place] != order[place + 1] && order[(place + 1)...].contains(order[place])
    }
  }

  @Test("Two actors with two steps have 2, 4 and 6 schedules with up to 0, 1 and 2 preemptions")
  func countedByHand() throws {
    let program = ToyProgram("work*2 | work*2")
    for (bound, count) in [(0, 2), (1, 4), (2, 6), (9, 6)] {
      let (runs, coverage) = try Self.depthFirst(program, bound)
      #expect(runs.count == count)
      #expect(Set(runs.map(\.trace)).count == count)
      #expect(coverage == ScheduleCoverage(given: count, total: count))
    }
  }

  @Test("Depth first gives out exactly the orders within the bound", arguments: [0, 1, 2, 3, 99])
  func againstBruteForce(bound: Int) throws {
    for lengths in [[3, 3], [2, 2, 2], [1, 4], [5], [1, 2, 3]] {
      let program = ToyProgram(lengths.map { "work*\($0)" }.joined(separator: "|"))
      let all = Self.orders(lengths)
      let expected = all.filter { Self.preemptions($0) <= bound }
      let runs = try Self.depthFirst(program, bound).runs
      #expect(runs.count == expected.count)
      #expect(Set(runs.map(\.trace)) == Set(expected))
      if bound == 99, lengths == [3, 3] { #expect(runs.count == 20) }
      if bound == 99, lengths == [2, 2, 2] { #expect(runs.count == 90) }
    }
  }

  @Test("A blocked actor makes way for free, and a deadlock needs one preemption")
  func deadlocks() throws {
    let program = ToyProgram(
      "lock:0 lock:1 unlock:1 unlock:0 | lock:1 lock:0 unlock:0 unlock:1")
    let quiet = try Self.depthFirst(program, 0).runs
    #expect(quiet.count == 2 && !quiet.stopDead)
    // 0 L0 | 1 L1: nobody goes on. 1 L1 | 0 L0: the same. Else a blocked actor makes way.
    let once = try Self.depthFirst(program, 1).runs
    #expect(once.filter(\.isDeadlock).map(\.trace) == [[0, 1], [1, 0]])
    let ordered = ToyProgram("lock:0 lock:1 unlock:1 unlock:0 | lock:0 lock:1 unlock:1 unlock:0")
    let (all, coverage) = try Self.depthFirst(ordered, 99)
    #expect(!all.stopDead && coverage.isExhaustive)
  }

  @Test("Depth first with one preemption finds the lost update that none without it has")
  func findsTheRace() throws {
    let program = ToyProgram("work load store | load store work | work")
    #expect(try !Self.depthFirst(program, 0).runs.loseUpdate)
    #expect(try Self.depthFirst(program, 1).runs.loseUpdate)
    let locked = ToyProgram(
      "work lock:0 load store unlock:0 | lock:0 load store unlock:0 work")
    let (runs, coverage) = try Self.depthFirst(locked, 99)
    #expect(coverage.isExhaustive && runs.count > 10 && !runs.loseUpdate)
  }

  @Test("Depth first stops at its limit and does not claim to be exhaustive")
  func limit() throws {
    let (runs, coverage) = try Self.depthFirst(ToyProgram("work*3 | work*3"), 9, limit: 7)
    #expect(runs.count == 7)
    #expect(coverage == ScheduleCoverage(given: 7, total: nil) && !coverage.isExhaustive)
    let exact = try Self.depthFirst(ToyProgram("work*2 | work*2"), 9, limit: 6)
    #expect(exact.runs.count == 6 && exact.coverage.isExhaustive)
  }

  @Test("A program that does not depend on its choices alone is an error with its step")
  func divergence() throws {
    var enumeration = DepthFirstEnumeration(preemptions: 9, limit: 99)
    let first = try #require(try enumeration.next(after: nil))
    let program = ToyProgram("work*3 | work*3")
    let second = try #require(try enumeration.next(after: program.run(first).record))
    let other = ToyProgram("work*3 | lock:0 work*2 | lock:0 work*9").run(second).record
    #expect(throws: ScheduleError(.diverged, step: 0)) { try enumeration.next(after: other) }
    var unfed = DepthFirstEnumeration(preemptions: 9, limit: 99)
    _ = try unfed.next(after: nil)
    #expect(throws: ScheduleError(.noRecord)) { try unfed.next(after: nil) }
  }

  @Test("Single preemptions are all there, each once")
  func singlePreemptions() throws {
    // While 0 runs there are two others, while 1 runs one, while 2 runs none.
    let (runs, coverage) = try Self.listed(ToyProgram("work*4 | work*4 | work*4"), .preemptions)
    #expect(runs.count == 1 + 3 * 2 + 3)
    #expect(coverage == ScheduleCoverage(given: 10, total: 10) && coverage.isExhaustive)
    #expect(Set(runs.map(\.trace)).count == 10)
    #expect(runs.dropFirst().allSatisfy { $0.record.preemptions == 1 })
    // The same as depth first finds with a free choice of nobody.
    let pair = ToyProgram("work*5 | work*3")
    let single = try Self.listed(pair, .preemptions).runs.map(\.trace)
    let bounded = try Self.depthFirst(pair, 1).runs.map(\.trace).filter { $0[0] == 0 }
    #expect(Set(single) == Set(bounded) && single.count == bounded.count)
  }

  @Test("Where the other one is blocked there is no preemption")
  func blockedPreemptions() throws {
    let program = ToyProgram("lock:0 work*3 unlock:0 work | lock:0 work unlock:0")
    // After the unlock only: 1 may run while 0 has a step left.
    #expect(try Self.listed(program, .preemptions).runs.count == 2)
  }

  @Test("A single preemption finds the lost update")
  func preemptionFindsTheRace() throws {
    let program = ToyProgram("work*3 load store | work load store")
    let found = try Self.listed(program, .preemptions).runs.filter(\.lostUpdate)
    #expect(found.map(\.trace) == [[0, 0, 0, 0, 1, 1, 1, 0]])
  }

  @Test("Stalls are one for each actor and step, and find the lost update")
  func stalls() throws {
    let program = ToyProgram("work*3 load store | work load store | work sleep:2 work*2")
    let (runs, coverage) = try Self.listed(program, .stalls(.whenAlone))
    #expect(runs.count == 1 + 5 + 3 + 4)
    #expect(coverage.isExhaustive && coverage.total == 13)
    #expect(runs.loseUpdate)
    let counted = try Self.listed(program, .stalls(.afterSteps(3)))
    #expect(counted.runs.count == 13 && counted.runs.loseUpdate)
    #expect(counted.runs.map(\.trace) != runs.map(\.trace))
  }

  @Test("A limit draws without repetition, and says that it did")
  func sampling() throws {
    let program = ToyProgram("work*20 | work*20")
    let (runs, coverage) = try Self.listed(program, .preemptions, limit: 8)
    #expect(runs.count == 8 && Set(runs.map(\.trace)).count == 8)
    #expect(coverage == ScheduleCoverage(given: 8, total: 20) && !coverage.isExhaustive)
    for seed in 5..<25 {
      var other = ListedEnumeration(.preemptions, limit: 15, seed: Seed(UInt64(seed)))
      let others = try explore(program) { try other.next(after: $0) }
      #expect(others.count == 15 && Set(others.map(\.trace)).count == 15, "seed \(seed)")
      #expect(others.prefix(8).map(\.trace) != runs.map(\.trace))
    }
    #expect(try Self.listed(program, .preemptions, limit: 20).coverage.isExhaustive)
    var unfed = ListedEnumeration(.preemptions, limit: 8, seed: Seed(5))
    _ = try unfed.next(after: nil)
    #expect(throws: ScheduleError(.noRecord)) { try unfed.next(after: nil) }
  }
}
