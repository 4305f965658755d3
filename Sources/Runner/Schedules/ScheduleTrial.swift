import AssayModel
import AssayStorage
import Checkers
import FaultVFS
import SQLiteDriver
import Schedules
import Workloads

/// Runs one schedule of a program on a fresh disk and judges what came of it: while everybody has
/// the database open, and once more when it is closed.
struct ScheduleTrial {
  /// Virtual time of a step: pauses of a millisecond or two end after some dozens of steps of the
  /// others, not when they are done.
  private static let tick = Nanoseconds.microseconds(20)

  let program: SimulatedProgram
  private let start: DiskState
  /// Set where the schedules are of recoveries.
  private let race: RecoveryRace?
  private let closed: ClosedDatabaseReader

  init(_ program: SimulatedProgram) throws {
    self.program = program
    race =
      if let explore = program.cell.explore, explore.crashes != nil {
        try RecoveryRace(program, explore)
      } else {
        nil
      }
    start = try program.openedTemplate()
    closed = ClosedDatabaseReader(program, start: start)
  }

  /// What came of one schedule.
  struct Outcome {
    /// How the run went, with its record.
    var report: SimulationReport
    /// What was violated, one entry per check.
    var violations: [ScheduleViolation.Found]
    /// Depends on every step, every byte written and every answer.
    var digest: Digest128
    /// The attempts of all actors.
    var events: [SimulatedEvent]
    /// The first failure of each operation with each code.
    var firstFailures: [FirstFailure] = []
    /// The openings and closings of connections.
    var connections: [Event] = []
    /// What was broken, and when.
    var faults: [FaultRecord]
    /// Whether a log was begun anew under another actor's checkpoint, before that had read of it.
    var hitsRestartWindow: Bool
    /// Further counts by name.
    var counts: [String: UInt64] = [:]
    /// The faults that struck, for people.
    var strikes: [ScheduledStrike] = []
    /// What else there is to say of the run, for people.
    var notes: [String] = []
  }

  /// Runs a schedule.
  ///
  /// - Parameters:
  ///   - number: of the program.
  ///   - skips: operations that are left out.
  func run(
    _ number: Int, _ schedule: ScheduleDescription, skips: Set<ProgramPlace> = [],
    recording: ScheduleRecorder.Level = .run, recordsSteps: Bool = false
  ) throws -> Outcome {
    try run(
      number, chooser: schedule.makeChooser(), skips: skips, recording: recording,
      recordsSteps: recordsSteps)
  }

  /// Runs a schedule that a chooser makes.
  ///
  /// - Parameter observer: told of every call of the disk.
  func run(
    _ number: Int, chooser: any ActorChooser, skips: Set<ProgramPlace>,
    recording: ScheduleRecorder.Level = .run, recordsSteps: Bool = false,
    observer: (any DiskObserver)? = nil
  ) throws -> Outcome {
    let change = { (settings: inout SimulationSettings) in
      settings.tick = Self.tick
      settings.recording = recording
      settings.recordsSteps = recordsSteps
    }
    if let race {
      return try race.run(number, chooser, skips: skips, observer: observer, change: change)
    }
    let (disk, result) = try program.run(
      number, chooser: chooser, skips: skips, from: start, observer: observer, change: change)
    var found = ScheduleJudge(program: program)
    found.add(progress: result.report)
    found.add(progress: result.failures)
    found.add(disk.sharedMemoryFaults)
    // A run that was given up leaves transactions open: what it holds is judged by nobody.
    if result.report.stuck == nil, let database = result.databases.first {
      found.add(
        try program.judge(result, checksIntegrity: false) { body in
          try database.withConnection { connection in try body(&connection) }
        })
    }
    for database in result.databases { database.close() }
    var counts: [String: UInt64] = [:]
    if result.report.stuck == nil {
      let judged = try judgeClosed(number, disk, result, &counts)
      found.add(judged)
      if judged.contains(where: {
        $0.check == .invariants && $0.status == .unknown && !$0.sawNothing
      }) {
        counts[ScheduledCounts.unfinishedInvariants] = 1
      }
    }
    var outcome = Outcome(
      report: result.report, violations: found.violations,
      digest: digest(disk, result), events: result.events,
      faults: result.faults, hitsRestartWindow: disk.restartsUnderCheckpoint > 0, counts: counts)
    outcome.strikes = result.strikes
    outcome.firstFailures = result.firstFailures
    outcome.connections = result.lives.flatMap(\.connections.events)
    ConnectionCounts.add(outcome.connections, to: &outcome.counts)
    return outcome
  }

  /// Judges what is there when everybody has closed.
  private func judgeClosed(
    _ number: Int, _ disk: SimulatedDisk, _ result: SimulatedRunResult,
    _ counts: inout [String: UInt64]
  ) throws -> [CheckResult] {
    let quick = try program.judge(result) { body in
      try closed.withConnection(of: disk, body)
    }
    let isSound = !quick.contains { $0.status == .violated }
    if isSound, number % ClosedDatabaseReader.freshInterval != 0 { return quick }
    let reader = program.reader.fresh
    let afresh = try program.judge(result) { body in try reader.withConnection(body) }
    if isSound == afresh.contains(where: { $0.status == .violated }) {
      counts[ExploredCounts.keptMistakes] = 1
    }
    return afresh
  }

  private func digest(_ disk: SimulatedDisk, _ result: SimulatedRunResult) -> Digest128 {
    var digest = ContentDigest()
    digest.add(Int64(bitPattern: result.report.digest))
    digest.add(disk.log.digest.description)
    for event in result.events {
      digest.add(Int64(bitPattern: event.event.operation.value))
      digest.add(Int64(bitPattern: event.event.operation.extra))
      digest.add(Int64(bitPattern: event.event.operation.detail))
      digest.add(Int64(event.event.code))
      digest.add(Int64(bitPattern: event.event.completed?.nanoseconds ?? 0))
    }
    return digest.value
  }
}

extension ContentDigest {
  mutating func add(_ text: String) { add(Array(text.utf8).span, as: .text) }
}
