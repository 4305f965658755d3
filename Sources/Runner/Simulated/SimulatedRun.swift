import AssayModel
import AssayStorage
import Workloads

/// One operation of an actor's program.
struct ProgramPlace: Hashable, Sendable {
  /// Whose it is.
  var actor: ActorID
  /// Its number in the actor's program, from 0.
  var number: Int

  init(_ actor: ActorID, number: Int) {
    self.actor = actor
    self.number = number
  }
}

/// What a run of a workload in the simulated world left behind.
struct SimulatedRunResult: Sendable {
  /// How it went.
  var report: SimulationReport
  /// The attempts of every actor, actor by actor, each in its order.
  var events: [SimulatedEvent]
  /// The engine of every process, still open; a dead process's is of no use any more.
  var databases: [Database]
}

/// Runs the actors of a cell under a baton: the same workload code as in the real world.
struct SimulatedRun {
  /// A run that ends after a number of operations has this long, in virtual time.
  private static let patience = Nanoseconds.seconds(365 * 24 * 3_600)

  /// The cell, with the seed of the actors' programs in place of its own.
  let cell: PlannedCell
  let entry: WorkloadCatalog.Entry
  let baton: Baton
  /// Operations that are left out, for shrinking.
  var skips: Set<ProgramPlace> = []
  /// Asked by the recorders.
  var position: LogPosition = { 0 }
  /// Called when every engine is open and before the first actor runs.
  var willRun: () -> Void = {}

  /// Describes a run.
  ///
  /// - Parameters:
  ///   - programSeed: of what the actors do; who runs when is the baton's chooser's.
  ///   - baton: new or reset.
  init(_ cell: PlannedCell, programSeed: Seed, entry: WorkloadCatalog.Entry, baton: Baton) {
    var cell = cell
    cell.seed = programSeed
    self.cell = cell
    self.entry = entry
    self.baton = baton
  }

  /// Owner identifier of a process's locks.
  static func owner(_ process: Int) -> String { "simulated-\(process)" }

  /// Opens every process's engine from outside, runs all actors, and returns what they recorded.
  ///
  /// - Parameter open: opens the engine of a process in a database that has its content.
  /// - Throws: what opening and preparing throw; then nothing has run.
  func run(
    _ open: (SimulatedProcess) throws -> Database
  ) throws -> SimulatedRunResult {
    var databases: [Database] = []
    var workloads: [any Workload] = []
    for number in 0..<cell.load.processes {
      let process = SimulatedProcess(number, in: baton, seed: cell.seed)
      try process.acting {
        let database = try open(process)
        databases.append(database)
        workloads.append(
          try entry.make(
            WorkloadContext(
              cell: cell, process: number, incarnation: 0, owner: Self.owner(number),
              database: database, environment: process.environment)))
      }
    }
    var recorders: [SimulatedRecorder] = []
    let start = baton.now()
    for (number, workload) in workloads.enumerated() {
      for actor in 0..<cell.load.writers + cell.load.readers {
        recorders.append(
          add(
            ActorID(process: number, incarnation: 0, actor: actor), workload,
            time: databases[number].environment.time, start: start))
      }
    }
    willRun()
    let report = baton.run()
    return SimulatedRunResult(
      report: report, events: recorders.flatMap(\.events), databases: databases)
  }

  /// Adds one actor to the baton and returns its recorder.
  private func add(
    _ identifier: ActorID, _ workload: any Workload, time: any TimeSource, start: MonotonicTime
  ) -> SimulatedRecorder {
    let load = cell.load
    let perProcess = load.writers + load.readers
    let number = Int(identifier.actor)
    let end: MonotonicTime =
      switch load.extent {
      case .duration(let span): start + load.warmUp + span
      case .operations: start + Self.patience
      }
    let pacing = Pacing(
      load: load, actors: load.processes * perProcess,
      index: Int(identifier.process) * perProcess + number, start: start, until: end,
      seed: cell.seed.derived("arrivals").derived("\(identifier)"))
    let recorder = SimulatedRecorder(
      actor: identifier, baton: baton, measuredFrom: start + load.warmUp, position: position)
    let skipped = Set(skips.lazy.filter { $0.actor == identifier }.map(\.number))
    baton.add(name: "\(identifier)", process: Int(identifier.process)) { [baton] in
      let actor = workload.makeActor(
        identifier, role: number < load.writers ? .writer : .reader)
      runActor(
        actor, pacing: pacing, recorder: recorder, time: time, start: start, deadline: end,
        shouldSkip: { number in
          recorder.number = number
          return skipped.contains(number)
        },
        betweenOperations: { baton.statementBoundary() })
    }
    return recorder
  }
}
