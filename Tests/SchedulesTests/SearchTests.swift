import AssayModel
import Testing

@testable import Schedules

/// Many schedules of many programs, cut into blocks.
@Suite("Searches over schedules")
struct SearchTests {
  /// Programs by number, as a workload that is seeded.
  private static func program(_ number: Int) -> ToyProgram {
    var generator = SeededGenerator(Seed(99).derived("program", number))
    let words = ["work", "load", "store", "sleep:2", "lock:0 work unlock:0"]
    return ToyProgram(
      (0..<3).map { _ in
        (0..<5).map { _ in words[generator.below(words.count)] }.joined(separator: " ")
      }.joined(separator: "|"))
  }

  private struct Result: Hashable {
    var task: ScheduleTask
    var digest: ScheduleDigest
  }

  private static func work(_ block: ScheduleBlock) throws -> [Result] {
    var block = block
    var results: [Result] = []
    var last: RecordedRun?
    while true {
      let task = try block.next(after: last)
      guard let task else { return results }
      let run = program(task.program).run(task.schedule, level: block.recording)
      last = run.record
      let digest = program(task.program).run(task.schedule, level: .run).record.digest
      results.append(Result(task: task, digest: digest))
    }
  }

  private static let all: [ScheduleStrategy] =
    ScheduleStrategy.portfolio + [.depthFirst(preemptions: 2), .stalls(.afterSteps(3))]

  @Test("Blocks give the same in any order, and every number once")
  func anyOrder() throws {
    let search = ScheduleSearch(Self.all, seed: Seed(3), blockSize: 9, estimatedSteps: 18)
    let forwards = try (0..<40).map { try Self.work(search.block($0)) }
    let backwards = try (0..<40).reversed().map { try Self.work(search.block($0)) }
    #expect(forwards == backwards.reversed())
    let numbers = forwards.joined().map(\.task.index)
    #expect(Set(numbers).count == numbers.count && numbers.sorted() == numbers)
    for (block, results) in forwards.enumerated() {
      #expect(results.allSatisfy { $0.task.index / 9 == block })
      #expect(results.count == 9 || search.strategy(ofBlock: block).isEnumeration)
    }
  }

  @Test("Strategies take the blocks in turns")
  func turns() throws {
    let search = ScheduleSearch(Self.all, seed: Seed(3), blockSize: 4, estimatedSteps: 18)
    #expect((0..<20).map { search.block($0).strategy } == Self.all + Self.all)
    let names = try (0..<10).map { number in
      let results = try Self.work(search.block(number))
      return results.last.map { result in
        switch result.task.schedule {
        case .uniform: "uniform"
        case .sticky: "sticky"
        case .priorities(let schedule): "pct-\(schedule.depth)"
        case .stall(let stall): stall.end == .whenAlone ? "stalls" : "stalls-3"
        case .switches(let switches): switches.elements.count < 2 ? "preemptions" : "deep"
        case .runs: "runs"
        }
      }
    }
    let expected = Self.all.map(\.description)
    #expect(zip(names, expected).allSatisfy { $0 == $1 || $1 == "depth-first-2" }, "\(names)")
  }

  @Test("A random schedule follows from seed and number, whatever the size of blocks")
  func randomAccess() throws {
    for strategy in [ScheduleStrategy.uniform, .sticky(percent: nil), .priorities(depth: 3)] {
      let sizes = try [5, 20].map { size in
        let search = ScheduleSearch([strategy], seed: Seed(8), blockSize: size, estimatedSteps: 50)
        return try (0..<40 / size).flatMap { try Self.work(search.block($0)) }
      }
      #expect(sizes[0] == sizes[1])
      #expect(sizes[0].map(\.task.program) == Array(0..<40))
      #expect(Set(sizes[0].map(\.task.schedule)).count == 40)
      let other = ScheduleSearch([strategy], seed: Seed(9), blockSize: 40, estimatedSteps: 50)
      let others = try Self.work(other.block(0)).map(\.task.schedule)
      #expect(Set(others).isDisjoint(with: sizes[0].map(\.task.schedule)))
    }
  }

  @Test("An enumeration has one program a block, and is exhaustive if the block is large enough")
  func enumerations() throws {
    for strategy in Self.all where strategy.isEnumeration {
      let search = ScheduleSearch(
        [strategy], seed: Seed(3), blockSize: 20_000, estimatedSteps: 18)
      var block = search.block(1)
      var last: RecordedRun?
      var programs: Set<Int> = []
      while let task = try block.next(after: last) {
        programs.insert(task.program)
        last = Self.program(task.program).run(task.schedule, level: block.recording).record
      }
      #expect(programs == [20_000])
      #expect(block.coverage?.isExhaustive == true, "\(strategy): \(block.given)")
      #expect(block.given > 5 && block.coverage?.given == block.given)
      let small = ScheduleSearch([strategy], seed: Seed(3), blockSize: 3, estimatedSteps: 18)
      var window = small.block(0)
      var record: RecordedRun?
      while let task = try window.next(after: record) {
        record = Self.program(task.program).run(task.schedule, level: window.recording).record
      }
      #expect(window.given == 3 && window.coverage?.isExhaustive == false)
    }
    let random = ScheduleSearch([.uniform], seed: Seed(3), estimatedSteps: 18)
    #expect(random.block(0).coverage == nil)
  }

  @Test("The portfolio finds a race that hides in some programs, under every seed")
  func portfolio() throws {
    for seed in 0..<20 {
      let search = ScheduleSearch(seed: Seed(UInt64(seed)), blockSize: 8, estimatedSteps: 18)
      var found = 0
      for number in 0..<24 {
        for result in try Self.work(search.block(number)) {
          let run = Self.program(result.task.program).run(result.task.schedule)
          if run.lostUpdate { found += 1 }
        }
      }
      #expect(found > 0, "seed \(seed)")
    }
  }

  @Test("Strategies are read back from their names, and no other names are")
  func names() {
    for strategy in Self.all + [.sticky(percent: 95)] {
      #expect(ScheduleStrategy(strategy.description) == strategy)
    }
    for name in [
      "", "random", "pct", "pct-0", "pct-6", "pct-02", "sticky-0", "sticky-101", "stalls-0",
      "depth-first", "depth-first--1", "preemptions-2", "Uniform",
    ] {
      #expect(ScheduleStrategy(name) == nil, "\(name)")
    }
  }
}
