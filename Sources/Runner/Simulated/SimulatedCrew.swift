import AssayModel
import AssayStorage
import SQLiteDriver
import Workloads

/// The processes of a run and their actors: those that it begins with, and those that are started
/// while it goes on.
final class SimulatedCrew: @unchecked Sendable {
  // Unchecked because only the holder of the baton touches the variables, or who sets up the run.

  /// A run that ends after a number of operations has this long, in virtual time.
  private static let patience = Nanoseconds.seconds(365 * 24 * 3_600)
  /// How long a process that is started tries to open a database that others use.
  private static let openingPatience = Nanoseconds.seconds(10)

  /// Every incarnation; its place is the number of its simulated process.
  private(set) var lives: [SimulatedLife] = []
  /// Why processes could not be started again, in words.
  private(set) var failures: [String] = []

  private let run: SimulatedRun
  private let open: (SimulatedProcess) throws -> Database
  /// Of the processes that the run begins with.
  private var workloads: [any Workload] = []
  /// Operations that are left to do, by place of the actor in the cell: whoever comes back does
  /// not begin from the start.
  private var left: [Int]
  private var start = MonotonicTime(nanoseconds: 0)

  private var cell: PlannedCell { run.cell }
  private var baton: Baton { run.baton }

  init(_ run: SimulatedRun, _ open: @escaping (SimulatedProcess) throws -> Database) {
    self.run = run
    self.open = open
    let load = run.cell.load
    let actors = load.processes * (load.writers + load.readers)
    left = (0..<actors).map { index in
      guard case .operations(let total) = load.extent else { return Int.max }
      return total / actors + (index < total % actors ? 1 : 0)
    }
  }

  /// The attempts of every actor.
  var events: [SimulatedEvent] { lives.flatMap { $0.recorders.flatMap(\.events) } }

  /// The first failure of each operation with each code.
  var firstFailures: [FirstFailure] {
    var all: [FirstFailure] = []
    for failure in lives.lazy.flatMap({ $0.recorders }).flatMap({ $0.failures })
    where !all.contains(where: { $0.isSame(as: failure) }) {
      all.append(failure)
    }
    return all
  }

  /// The incarnation of a process of the cell that works now.
  func running(_ process: Int) -> SimulatedLife? {
    lives.last { $0.process == process && $0.isRunning }
  }

  // MARK: Beginning

  /// Opens the engine of a process before the run.
  func openFromOutside(_ process: Int) throws {
    let life = addLife(process, incarnation: 0, owner: SimulatedRun.owner(process))
    let simulated = simulatedProcess(life)
    try simulated.acting { workloads.append(try makeWorkload(simulated)) }
  }

  /// Adds the actors of all processes.
  func addActors(start: MonotonicTime) {
    self.start = start
    for (life, workload) in workloads.enumerated() { addActors(of: life, workload) }
  }

  private func simulatedProcess(_ life: Int) -> SimulatedProcess {
    SimulatedProcess(life, in: baton, seed: cell.seed, connections: lives[life].connections)
  }

  private func addLife(_ process: Int, incarnation: Int, owner: String) -> Int {
    lives.append(
      SimulatedLife(
        number: lives.count, process: process, incarnation: incarnation, owner: owner,
        started: baton.now(),
        connections: SimulatedConnections(
          process: process, incarnation: incarnation, baton: baton)))
    return lives.count - 1
  }

  private func makeWorkload(_ simulated: SimulatedProcess) throws -> any Workload {
    let life = lives[simulated.number]
    let database = try open(simulated)
    lives[life.number].database = database
    let workload = try run.entry.make(
      WorkloadContext(
        cell: cell, process: life.process, incarnation: life.incarnation, owner: life.owner,
        database: database, environment: simulated.environment))
    lives[life.number].ready = baton.now()
    return workload
  }

  // MARK: Actors

  private func addActors(of life: Int, _ workload: any Workload) {
    for actor in 0..<cell.load.writers + cell.load.readers {
      let identifier = ActorID(
        process: lives[life].process, incarnation: lives[life].incarnation, actor: actor)
      lives[life].recorders.append(add(identifier, life, workload))
    }
  }

  /// Adds one actor to the baton and returns its recorder.
  private func add(
    _ identifier: ActorID, _ life: Int, _ workload: any Workload
  ) -> SimulatedRecorder {
    let load = cell.load
    let number = Int(identifier.actor)
    let perProcess = load.writers + load.readers
    let index = Int(identifier.process) * perProcess + number
    let (start, end) = (start, deadline)
    let pacing = Pacing(
      load: load, actors: load.processes * perProcess, index: index, start: start, until: end,
      seed: cell.seed.derived("arrivals").derived("\(identifier)"))
    let recorder = SimulatedRecorder(
      actor: identifier, baton: baton, measuredFrom: start + load.warmUp, position: run.position)
    let skipped = Set(run.skips.lazy.filter { $0.actor == identifier }.map(\.number))
    let time = lives[life].database?.environment.time ?? SimulatedClock(baton)
    baton.add(name: "\(identifier)", process: life) { [self] in
      let actor = workload.makeActor(
        identifier, role: number < load.writers ? .writer : .reader)
      runActor(
        actor, pacing: pacing, recorder: recorder, time: time, start: start, deadline: end,
        shouldSkip: { number in
          recorder.number = number
          run.operations.began(
            ProgramPlace(identifier, number: number), by: baton.currentActor,
            ownSteps: baton.ownSteps)
          left[index] -= 1
          return skipped.contains(number)
        },
        betweenOperations: { left[index] > 0 && baton.statementBoundary() })
    }
    return recorder
  }

  private var deadline: MonotonicTime {
    switch cell.load.extent {
    case .duration(let span): start + cell.load.warmUp + span
    case .operations: start + Self.patience
    }
  }

  // MARK: Faults

  /// The virtual time.
  var now: MonotonicTime { baton.now() }

  /// How many steps all actors have taken.
  var steps: Int { baton.stepCount }

  /// The life whose actor runs; negative when none does.
  var caller: Int { baton.currentProcess }

  /// Lets the process of a life stand still.
  func pause(_ number: Int, until deadline: MonotonicTime) {
    baton.pause(process: number, until: deadline)
  }

  /// Moves the clocks of the process of a life.
  func moveClocks(of number: Int, _ change: FaultSpecification.ClockChange) {
    baton.moveClocks(of: number, change)
  }

  /// Kills the process of a life.
  func kill(_ number: Int) {
    lives[number].killed = baton.stamp()
    baton.kill(process: number)
  }

  /// Starts the next incarnation of a process after a time, while the others run.
  ///
  /// - Returns: the number of its life.
  func restart(
    _ number: Int, after delay: Nanoseconds, owner: FaultSpecification.RestartOwner
  ) -> Int {
    let old = lives[number]
    let incarnation = old.incarnation + 1
    let keepsOwner =
      switch owner {
      case .same: true
      case .new: false
      case .asConfigured: cell.locks.owner == .stable
      }
    let new = addLife(
      old.process, incarnation: incarnation,
      owner: keepsOwner ? old.owner : SimulatedRun.owner(old.process, incarnation: incarnation))
    baton.copyClocks(from: number, to: new)
    let due = baton.now() + delay
    begin(new, "\(old.process).\(incarnation) starts", at: due) { [self] workload in
      addActors(of: new, workload)
    }
    return new
  }

  /// Starts a process that takes a lock and dies with it.
  ///
  /// - Returns: its number in the cell's record.
  func abandon(lock: Int) -> Int {
    let process = lives.count + cell.load.processes
    let life = addLife(process, incarnation: 0, owner: "abandoner-\(lives.count)")
    let identifier = ActorID(process: process, incarnation: 0, actor: 0)
    begin(life, "abandons lock \(lock)", at: baton.now()) { [self] workload in
      guard let workload = workload as? LocksWorkload else { return }
      let recorder = SimulatedRecorder(
        actor: identifier, baton: baton, measuredFrom: start, position: run.position)
      lives[life].recorders.append(recorder)
      if (try? workload.abandon(lock: lock, recorder, deadline: deadline)) == true { kill(life) }
    }
    return process
  }

  /// Adds an actor that opens the engine of a process and goes on with it.
  private func begin(
    _ life: Int, _ name: String, at due: MonotonicTime,
    _ body: @escaping @Sendable (any Workload) -> Void
  ) {
    baton.add(name: name, process: life) { [self] in
      do {
        try baton.sleep(until: due)
        lives[life].started = baton.now()
        let simulated = simulatedProcess(life)
        body(try whenFree { try makeWorkload(simulated) })
      } catch {
        // Another death, or the end of the run, is no failure.
        guard !baton.isCallerCut, !(error is ActorStopped) else { return }
        // Nor is it one that a fault keeps it out: that is a failed opening like a real one's.
        if let refusal = OpeningRefusal(error, in: cell), !refusal.isBusy { return }
        failures.append("process \(lives[life].process) could not be started again: \(error)")
      }
    }
  }

  /// Tries again while the database is busy, as a real process does before it is ready.
  private func whenFree(_ body: () throws -> any Workload) throws -> any Workload {
    let begun = baton.now()
    let limit = begun + Self.openingPatience
    while true {
      do {
        return try body()
      } catch {
        guard let refusal = OpeningRefusal(error, in: cell),
          baton.now() < min(limit, begun + refusal.patience)
        else { throw error }
        try baton.sleep(until: baton.now() + refusal.pause)
      }
    }
  }
}
