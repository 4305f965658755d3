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
  /// The processes, those that were started again after the others.
  var lives: [SimulatedLife]
  /// What was broken, and when.
  var faults: [FaultRecord] = []
  /// The same for people.
  var strikes: [ScheduledStrike] = []
  /// Why processes could not be started again, in words.
  var failures: [String] = []
  /// The first failure of each operation with each code.
  var firstFailures: [FirstFailure] = []

  /// The engine of every process, still open; a dead process's is of no use any more.
  var databases: [Database] { lives.compactMap(\.database) }
}

/// Runs the actors of a cell under a baton: the same workload code as in the real world.
struct SimulatedRun {
  /// The cell, with the seed of the actors' programs in place of its own.
  let cell: PlannedCell
  let entry: WorkloadCatalog.Entry
  let baton: Baton
  /// Operations that are left out, for shrinking.
  var skips: Set<ProgramPlace> = []
  /// Told when an actor begins an operation, also one that is left out.
  var operations = OperationClock()
  /// Asked by the recorders.
  var position: LogPosition = { 0 }
  /// What breaks things while the actors run; `nil` for nothing.
  var faults: ScheduledFaults?
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
  ///
  /// - Parameter incarnation: a stable owner comes back as itself.
  static func owner(_ process: Int, incarnation: Int = 0) -> String {
    "simulated-\(process)" + (incarnation == 0 ? "" : "-\(incarnation)")
  }

  /// Opens every process's engine from outside, runs all actors, and returns what they recorded.
  ///
  /// - Parameter open: opens the engine of a process in a database that has its content.
  /// - Throws: what opening and preparing throw; then nothing has run.
  func run(
    _ open: @escaping (SimulatedProcess) throws -> Database
  ) throws -> SimulatedRunResult {
    let crew = SimulatedCrew(self, open)
    for process in 0..<cell.load.processes { try crew.openFromOutside(process) }
    let start = baton.now()
    crew.addActors(start: start)
    faults?.begin(crew, start: start)
    willRun()
    baton.interference = faults
    let report = baton.run()
    baton.interference = nil
    faults?.end()
    return SimulatedRunResult(
      report: report, events: crew.events, lives: crew.lives, faults: faults?.records ?? [],
      strikes: faults?.strikes ?? [], failures: crew.failures,
      firstFailures: crew.firstFailures)
  }
}
