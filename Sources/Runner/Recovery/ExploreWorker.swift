import AssayModel
import FaultVFS
import Platform
import SQLiteDriver

/// A task for a worker of an exploration.
enum ExploreTask: Hashable, Codable, Sendable {
  /// Run a program and explore a part of its crash points, until the budget ends; see
  /// `ExploreTask.partsOfProgram`.
  case block(Int, until: MonotonicTime?)
  /// Make a finding of a violation of this program, as small as it gets.
  case shrink(program: Int, Violation)
  /// Make a finding again, and write its files to a folder if there is one.
  case replay(CrashFinding, filesFolder: String?)
  /// Run the first schedules of a block, until the budget ends.
  case schedules(block: Int, atMost: Int, until: MonotonicTime?)
  /// Make a finding of a violation in a schedule, as small as it gets.
  case shrinkSchedule(ScheduleViolation)
  /// Make a finding of a schedule again.
  case replaySchedule(ScheduleFinding)
}

extension ExploreTask {
  /// Into how many blocks a program is cut, whatever the number of workers.
  static let partsOfProgram = 4
}

/// What a worker answers.
enum ExploreReply: Codable, Sendable {
  /// A program was explored.
  case block(BlockReport)
  /// A violation was shrunk.
  case finding(CrashFinding)
  /// A finding was made again.
  case replayed(ReplayReport)
  /// Schedules were run.
  case schedules(ScheduleReport)
  /// A violation in a schedule was shrunk.
  case scheduleFinding(ScheduleFinding)
}

/// A worker of the simulated world: one simulation at a time, task by task (decision 3 of the
/// design).
struct ExploreWorker {
  private let assignment: WorkerAssignment
  private let control: ControlChannel

  init(_ assignment: WorkerAssignment, _ control: ControlChannel) {
    self.assignment = assignment
    self.control = control
  }

  func run() throws {
    guard let explore = assignment.cell.explore else {
      throw WorkerError(.harness, "the cell \(assignment.cell.id) has nothing to explore")
    }
    // Both make it faster only; a library that was initialised before works as well.
    _ = SQLiteLibrary.prepareForOneThread()
    ProcessorCore.keepFreedMemory()
    if let cores = try? SystemEnvironment.current().coreCount, cores > 0 {
      ProcessorCore.stay(on: assignment.process % cores)
    }
    let program: SimulatedProgram
    do {
      program = try SimulatedProgram(assignment.cell)
    } catch {
      throw WorkerError(.input, "the initial content cannot be written", cause: error)
    }
    let schedules =
      explore.exploresSchedules ? try ScheduleExploration(program, explore) : nil
    try control.send(WorkerMessage.ready(WorkerReady(time: SystemTime())))
    while let message = try control.receive(CoordinatorMessage.self) {
      guard case .explore(let task) = message else { break }
      let reply = try reply(to: task, program, explore, schedules)
      try control.send(WorkerMessage.explored(reply))
    }
  }

  private func reply(
    to task: ExploreTask, _ program: SimulatedProgram, _ explore: ExploreSettings,
    _ schedules: ScheduleExploration?
  ) throws -> ExploreReply {
    switch task {
    case .block(let number, let end):
      let (whole, part) = number.quotientAndRemainder(dividingBy: ExploreTask.partsOfProgram)
      var exploration = try BlockExploration(
        program, number: whole, explore: explore,
        slice: BlockExploration.Slice(index: part, count: ExploreTask.partsOfProgram))
      // First, since a transaction that cannot be executed again makes the rest worthless.
      let model = part == 0 ? try model(program, exploration.programTrace, whole) : nil
      exploration.explore(deadline: Deadline(at: end, time: SystemTime()))
      var report = exploration.report
      report.model = model
      report.imagesFile = "\(assignment.historyFolder)/block-\(number).images"
      try write(exploration.images, to: report.imagesFile)
      return .block(report)
    case .shrink(let number, let violation):
      let shrinker = FindingShrinker(program, number: number, explore: explore)
      return .finding(try shrinker.shrink(violation))
    case .replay(let finding, let folder):
      return .replayed(try FindingReplay(finding, program).run(filesFolder: folder))
    case .schedules(let block, let limit, let end):
      guard let schedules else {
        throw WorkerError(.harness, "the cell \(program.cell.id) explores no schedules")
      }
      let deadline = Deadline(at: end, time: SystemTime())
      return .schedules(try schedules.run(block: block, atMost: limit, deadline: deadline))
    case .shrinkSchedule(let violation):
      var shrinker = try ScheduleFindingShrinker(program)
      return .scheduleFinding(try shrinker.shrink(violation))
    case .replaySchedule(let finding):
      return .replayed(try ScheduleReplay(finding, program).run())
    }
  }

  /// Executes the scenario's own SQL again.
  private func model(
    _ program: SimulatedProgram, _ trace: ProgramTrace, _ number: Int
  ) throws -> ModelReport? {
    guard let sql = program.sql else { return nil }
    return ModelReport(
      try Reexecution(program, sql, trace, number: number).run(), trace.invariants)
  }

  private func write(
    _ images: [(hash: ImageHash, flags: ImageFlags)], to path: String
  ) throws(PlatformError) {
    let writer = try BufferedRecordWriter(path: path, wordsPerRecord: 4)
    for image in images {
      try writer.append(RecordWords(image.hash.low, image.hash.high, image.flags.rawValue, 0))
    }
    try writer.close()
  }
}
