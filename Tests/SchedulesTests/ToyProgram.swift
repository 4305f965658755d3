import AssayModel

@testable import Schedules

/// A small simulated machine: actors with steps, locks, sleep, and one variable that they share.
///
/// Written as `load store | lock:0 work unlock:0`: actors separated by bars, a word a step. A word
/// that is no instruction is noted in the order of events.
struct ToyProgram {
  enum Instruction: Equatable {
    case work
    case load
    case store
    case lock(Int)
    case unlock(Int)
    case sleep(Int)
    case note(String)
  }

  var actors: [[Instruction]]

  init(_ text: String) {
    actors = text.split(separator: "|").map { actor in
      actor.split(separator: " ").flatMap(Self.instructions)
    }
  }

  /// `work*10` is ten steps.
  private static func instructions(_ word: Substring) -> [Instruction] {
    let parts = word.split(separator: "*")
    let count = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
    return Array(repeating: instruction(parts[0]), count: count)
  }

  private static func instruction(_ word: Substring) -> Instruction {
    let parts = word.split(separator: ":")
    let number = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    switch parts[0] {
    case "work": return .work
    case "load": return .load
    case "store": return .store
    case "lock": return .lock(number)
    case "unlock": return .unlock(number)
    case "sleep": return .sleep(number)
    default: return .note(String(word))
    }
  }

  /// Runs the program, as the baton does: asked before every step, who is blocked is not offered,
  /// and when nobody can run, time jumps to the first who wakes up.
  func run(
    _ chooser: any ActorChooser, level: ScheduleRecorder.Level = .choices
  ) -> ToyRun {
    var machine = ToyMachine(self, level: level)
    var chooser = chooser
    while let point = machine.point() {
      let chosen = chooser.next(at: point)
      precondition(point.runnable.contains(chosen), "\(chosen) at \(point)")
      machine.step(chosen, at: point)
    }
    return machine.run
  }

  func run(
    _ schedule: ScheduleDescription, level: ScheduleRecorder.Level = .choices
  ) -> ToyRun {
    run(schedule.makeChooser(), level: level)
  }
}

/// What a run of a toy left behind.
struct ToyRun: Equatable {
  var record = RecordedRun()
  /// Who took each step.
  var trace: [Int] = []
  var variable = 0
  var notes = ""
  var isDeadlock = false
  /// Whether each store added to what stood there.
  var expected = 0

  var lostUpdate: Bool { variable != expected }
}

extension [ToyRun] {
  /// Whether one of them loses an update.
  var loseUpdate: Bool { contains { $0.lostUpdate } }

  /// Whether one of them comes to a deadlock.
  var stopDead: Bool { contains { $0.isDeadlock } }
}

private struct ToyMachine {
  private let program: ToyProgram
  private var recorder: ScheduleRecorder
  private var places: [Int]
  private var registers: [Int]
  private var wakes: [Int]
  private var owners: [Int: Int] = [:]
  private var time = 0
  private var current: Int?
  private var result = ToyRun()

  init(_ program: ToyProgram, level: ScheduleRecorder.Level) {
    self.program = program
    recorder = ScheduleRecorder(level)
    places = program.actors.map { _ in 0 }
    registers = places
    wakes = places
  }

  var run: ToyRun {
    var run = result
    run.record = recorder.run
    return run
  }

  /// The next point, or `nil` at the end.
  mutating func point() -> ChoicePoint? {
    let waiting = places.indices.filter { places[$0] < program.actors[$0].count }
    guard !waiting.isEmpty else { return nil }
    let unblocked = waiting.filter { !isBlocked($0) }
    guard let first = unblocked.map({ wakes[$0] }).min() else {
      result.isDeadlock = true
      return nil
    }
    time = max(time, first)
    return ChoicePoint(
      runnable: unblocked.filter { wakes[$0] <= time }, current: current,
      ownSteps: current.map { places[$0] } ?? 0, step: result.trace.count)
  }

  private func isBlocked(_ actor: Int) -> Bool {
    guard case .lock(let lock) = program.actors[actor][places[actor]] else { return false }
    return owners[lock] != nil
  }

  mutating func step(_ actor: Int, at point: ChoicePoint) {
    recorder.chose(actor, at: point)
    recorder.stepped(actor)
    let instruction = program.actors[actor][places[actor]]
    places[actor] += 1
    result.trace.append(actor)
    current = actor
    time += 1
    switch instruction {
    case .work: break
    case .load: registers[actor] = result.variable
    case .store:
      result.variable = registers[actor] + 1
      result.expected += 1
    case .lock(let lock): owners[lock] = actor
    case .unlock(let lock): owners[lock] = nil
    case .sleep(let span): wakes[actor] = time + span
    case .note(let word): result.notes += word
    }
  }
}

/// The records of all that an enumeration gives out for a program.
func explore(
  _ program: ToyProgram, _ next: (RecordedRun?) throws -> ScheduleDescription?
) rethrows -> [ToyRun] {
  var runs: [ToyRun] = []
  while let schedule = try next(runs.last?.record) { runs.append(program.run(schedule)) }
  return runs
}

/// Everything that can stand beside each other in a test of any schedule.
func everyKind(_ number: Int, steps: Int = 30) -> [ScheduleDescription] {
  let seed = Seed(UInt64(number))
  return [
    .uniform(seed), .sticky(seed, Probability(0.8) ?? Probability.half),
    .priorities(PrioritySchedule(seed: seed, depth: 3, estimatedSteps: steps)),
    .stall(Stall(actor: number % 3, ownSteps: number % 7)),
    .stall(Stall(actor: number % 3, ownSteps: number % 7, end: .afterSteps(4))),
    .switches(ScheduleSwitches([ScheduleSwitch(from: 0, after: 1 + number % 5, to: 1)])),
  ]
}

extension Probability {
  fileprivate static var half: Probability {
    guard let half = Probability(0.5) else { preconditionFailure("0.5 is a probability") }
    return half
  }
}

/// Programs with locks, sleep and different lengths.
let toyPrograms = [
  "load work store | load work store | work*4",
  "lock:0 load store unlock:0 work | work lock:0 load store unlock:0 | work*3 sleep:4 work",
  "sleep:2 work*5 | work sleep:3 work*2 sleep:1 work | lock:1 work*2 sleep:3 unlock:1 | lock:1 unlock:1",
  "work*9 | work*9 | work*9",
].map(ToyProgram.init)
