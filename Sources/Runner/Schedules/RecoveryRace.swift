import AssayModel
import FaultVFS
import SQLiteDriver
import Schedules
import Workloads

/// Crashes a program and lets several processes recover what is left at the same time, under a
/// schedule: each opens the database, which rolls back a hot journal or reads the log again, checks
/// it and reads all of it; some then write a mark. What each finds, and what stays, must be what a
/// crash there allows, with every mark that was acknowledged.
///
/// The crash is the cell's: when every process dies, each completed call stands, so that a crash
/// point has one image; when the power goes, an image is drawn within the cell's bounds.
final class RecoveryRace {
  /// So many races one after the other are of the same program, each with an image of its own.
  static let imagesOfProgram = 32
  /// Longest look for an image that differs from what every other crash leaves.
  private static let longestDraw = 64

  /// Virtual time of a step of the program, as in `ScheduleTrial`.
  private static let tick = Nanoseconds.microseconds(20)
  /// About so many steps a program has, for random priorities; the same for all, so that a schedule
  /// follows from the program's number alone.
  private static let estimatedSteps = 400

  private let program: SimulatedProgram
  private let explore: ExploreSettings
  private let unmarked: Int64
  private var known: (number: Int, skips: Set<ProgramPlace>, trace: ProgramTrace)?

  init(_ program: SimulatedProgram, _ explore: ExploreSettings) throws {
    self.program = program
    self.explore = explore
    SimulatedVFS.shared.disk = program.freshDisk(Seed(0))
    unmarked = try program.reader.fresh.withConnection { try RecoveryMarks.stored(&$0) }
  }

  /// Programs take these in turns.
  private static let strategies: [ScheduleStrategy] = [
    .uniform, .sticky(percent: nil), .priorities(depth: 2), .priorities(depth: 3),
  ]

  /// Who runs when in a program before the power goes: follows from its number.
  static func strategy(of number: Int) -> ScheduleStrategy {
    strategies[number % strategies.count]
  }

  /// Runs a race.
  ///
  /// - Parameters:
  ///   - number: of the race: it says which program and which image.
  ///   - skips: operations of the program that are left out.
  func run(
    _ number: Int, _ chooser: any ActorChooser, skips: Set<ProgramPlace>,
    observer: (any DiskObserver)? = nil, change: (inout SimulationSettings) -> Void
  ) throws -> ScheduleTrial.Outcome {
    let trace = try trace(number / Self.imagesOfProgram, skips)
    let builder = CrashImageBuilder(trace.disk, settings: program.cell.disk)
    let choice = draw(builder, trace, seed: program.seed(of: number).derived("race"))
    let disk = builder.disk
    let hash = builder.make(choice)
    defer { builder.reset() }
    let isHot = DiskState(of: disk).files.contains { file in
      // A journal whose header was zeroed or cut off is not hot; a log of a header holds nothing.
      file.kind == .journal && file.content.first ?? 0 != 0
        || file.kind == .wal && file.content.count > 32
    }
    let baton = program.baton
    baton.reset(chooser: chooser, change: change)
    SimulatedVFS.shared.disk = disk
    disk.yieldPoint = baton
    disk.observer = observer
    program.prepare(disk)
    let results = RecoveryResults(count: max(2, program.cell.load.processes))
    var generator = SeededGenerator(program.seed(of: number).derived("marking"))
    results.marking = (0..<min(results.states.count, RecoveryMarks.most))
      .filter { _ in generator.below(2) == 1 }
    for process in 0..<results.states.count {
      let recoverer = Recoverer(
        process: process, program: program, results: results, unmarked: unmarked)
      baton.add(name: "recoverer \(process)", process: process) { recoverer.run() }
    }
    let report = baton.run()
    disk.yieldPoint = nil
    disk.observer = nil
    var outcome = judge(report, results, trace, at: builder.position)
    outcome.counts[RecoveryCounts.recovered] = isHot ? 1 : 0
    outcome.counts[RecoveryCounts.contended] = results.refusals > 0 ? 1 : 0
    outcome.counts[RecoveryCounts.marks] = UInt64(results.marks.acknowledged.nonzeroBitCount)
    outcome.notes = notes(number, trace, at: builder.position)
    outcome.digest = digest(outcome, hash, results)
    return outcome
  }

  private func trace(_ number: Int, _ skips: Set<ProgramPlace>) throws -> ProgramTrace {
    if let known, known.number == number, known.skips == skips { return known.trace }
    let schedule = Self.strategy(of: number).description(
      program.seed(of: number).derived("order"), estimatedSteps: Self.estimatedSteps)
    let trace = try program.run(number, skips: skips, schedule: schedule) { $0.tick = Self.tick }
    known = (number, skips, trace)
    return trace
  }

  private func notes(_ number: Int, _ trace: ProgramTrace, at position: Int) -> [String] {
    let whole = number / Self.imagesOfProgram
    let crash = explore.crashes == .process ? "every process was killed" : "the power went"
    return [
      "Program \(whole) ran under the strategy \(Self.strategy(of: whole)); \(crash) after "
        + "\(position) of \(trace.disk.log.position) operations of its disk. Then:"
    ]
  }

  /// Draws a crash point and an image of it, inside a transaction where there is one.
  private func draw(
    _ builder: CrashImageBuilder, _ trace: ProgramTrace, seed: Seed
  ) -> ImageChoice {
    var generator = SeededGenerator(seed)
    let length = trace.disk.log.position
    var position = generator.below(length + 1)
    for _ in 0..<Self.longestDraw where !isInside(position, trace.order) {
      position = generator.below(length + 1)
    }
    while builder.position < position, builder.advance() {}
    var choice = builder.completeChoice
    guard explore.crashes == .powerLoss else { return choice }
    // One in four as if only the processes had died: then the journal is surely there.
    guard generator.below(4) > 0 else { return choice }
    var images = builder.images(explore.images, seed: seed.derived("image"))
    for _ in 0...generator.below(max(1, images.count)) where !images.next(&choice) { break }
    return choice
  }

  private func isInside(_ position: Int, _ order: CommitOrder) -> Bool {
    order.transactions.contains { $0.began < position && $0.ended ?? .max >= position }
  }

  // MARK: Judging

  private func judge(
    _ report: SimulationReport, _ results: RecoveryResults, _ trace: ProgramTrace, at position: Int
  ) -> ScheduleTrial.Outcome {
    let judge = ImageJudge(
      trace: trace,
      judgesAtEnd: explore.crashes == .powerLoss && program.cell.disk.sync == .barrier)
    var found = ScheduleJudge(program: program)
    found.add(progress: report)
    for (process, state) in results.states.enumerated() {
      guard let state else {
        found.add(progress: ["recoverer \(process) was refused again and again"])
        continue
      }
      found.add(judge.judge(state, at: position), "recoverer \(process)")
    }
    if report.stuck == nil {
      var reader = program.reader.fresh
      let sight = RecoveryMarks.look(&reader, unmarked: unmarked)
      let last = sight.state
      results.last = last
      found.add(judge.judge(last, at: position), "after all")
      if case .content = last, let wrong = results.marks.misfit(of: sight.marks) {
        results.wrong.append("after all: \(wrong)")
      }
      if let other = results.states.first(where: { $0 != nil && $0 != last }) {
        found.add(
          consistency: "recoverers found \(String(describing: other ?? last)), the next \(last)")
      }
    }
    found.add(progress: results.stuck)
    for wrong in results.wrong { found.add(durability: wrong) }
    var outcome = ScheduleTrial.Outcome(
      report: report, violations: found.violations, digest: Digest128(high: 0, low: 0),
      events: trace.events, faults: [], hitsRestartWindow: false)
    outcome.firstFailures = trace.firstFailures
    outcome.connections = trace.connections
    return outcome
  }

  private func digest(
    _ outcome: ScheduleTrial.Outcome, _ hash: ImageHash, _ results: RecoveryResults
  ) -> Digest128 {
    var digest = ContentDigest()
    digest.add(Int64(bitPattern: outcome.report.digest))
    digest.add("\(hash)")
    for state in results.states + [results.last] { digest.add(String(describing: state)) }
    digest.add(results.marks.acknowledged)
    for wrong in results.wrong { digest.add(wrong) }
    return digest.value
  }
}

/// What recoverers found.
final class RecoveryResults: @unchecked Sendable {
  // Unchecked because only the holder of the baton touches it, or who waits for the run's end.

  /// By process; `nil` for one that never got in.
  var states: [ImageState?]
  /// What was there after all.
  var last: ImageState?
  /// How often one was refused because of another.
  var refusals = 0
  /// Processes that write when they have recovered.
  var marking: [Int] = []
  /// What they wrote.
  var marks = RecoveryMarks()
  /// Those that never got to write, in words.
  var stuck: [String] = []
  /// What was wrong with marks that were found, in words.
  var wrong: [String] = []

  init(count: Int) {
    states = Array(repeating: nil, count: count)
  }
}

/// Names of the counts of races, as they stand in `explored{}` of a result.
enum RecoveryCounts {
  /// Races in which there was something to recover: a hot journal, or a log with frames.
  static let recovered = "races_recovering"
  /// Races in which a process was refused because another one recovered.
  static let contended = "races_contended"
  /// Transactions of processes that had recovered.
  static let marks = "recoverers_writes"
}
