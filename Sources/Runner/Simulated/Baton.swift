import AssayModel
import Foundation
import Platform
import Schedules
import Synchronization

/// Lets exactly one of many actors run at a time, each on a thread of its own, in an order that a
/// chooser determines and in virtual time.
///
/// Whoever runs holds the baton. It may go to another actor at each step: at every call of the VFS,
/// between operations, in park, sleep and join, and at an actor's end. Between two steps an actor
/// runs alone. When nobody can run, time jumps to the next wake-up; when there is none, or after
/// too many steps, the run is given up: everybody is stopped and unwinds, and the report says who
/// waited for what.
///
/// Who calls while no run is under way, such as the thread that sets the world up, is outside: its
/// steps pass the baton to nobody, and its sleeps move the time.
///
/// An actor that blocks in the operating system or computes for ever without a step cannot be
/// stopped: after `SimulationSettings.hangLimit` the process is ended with its name.
final class Baton: @unchecked Sendable {
  // Unchecked because only the holder of the baton touches the variables, or the thread that sets
  // the world up while nobody holds it; semaphores order the one after the other.

  /// Told of each death at once: the disk takes the locks of the dead away.
  var processDied: (@Sendable (Int) -> Void)?

  /// Told when all actors of dead processes have ended, before anybody else takes a step.
  var deadUnwound: (@Sendable () -> Void)?
  /// Told of every step before it takes effect; may kill, pause and move clocks.
  var interference: (any ScheduleInterference)?

  private let usualSettings: SimulationSettings
  private var settings: SimulationSettings
  private let threads: ActorThreads
  private let over = Turn()
  private let stopRequest = Atomic<Bool>(false)
  /// Steps so far, for the thread that waits for the end.
  private let progress = Atomic<Int>(0)

  private var schedule: ActorSchedule
  private var actors: [SimulatedActor] = []
  /// The holder; -1 when no run is under way.
  private var holder = -1
  private var handOvers = 0
  private var runNumber = 0
  private var outside: Outside
  /// How far the clocks of simulated processes are off.
  private var offsets: [Int: ClockOffsets] = [:]

  /// Who calls while no run is under way.
  private struct Outside {
    var process = -1
    var hasPermit = false
    var token: SimulatedActor?
  }

  /// Creates a world without actors.
  init(
    _ settings: SimulationSettings = SimulationSettings(), chooser: any ActorChooser,
    threads: ActorThreads
  ) {
    usualSettings = settings
    self.settings = settings
    self.threads = threads
    schedule = ActorSchedule(settings, chooser: chooser)
    outside = Outside()
  }

  // MARK: Runs

  /// Begins anew: no actors, everybody alive, the clocks at their origin.
  ///
  /// - Parameters:
  ///   - chooser: chooses who runs next.
  ///   - change: changes the constants of the world for this run.
  func reset(
    chooser: any ActorChooser, change: (inout SimulationSettings) -> Void = { _ in }
  ) {
    precondition(holder < 0, "a run is under way")
    settings = usualSettings
    change(&settings)
    for actor in actors where !schedule.hasEnded(actor.index) {
      // Added, but its run never began.
      guard let thread = actor.thread else { continue }
      thread.prepare(nil)
      threads.give(thread)
    }
    schedule = ActorSchedule(settings, chooser: chooser)
    actors = []
    handOvers = 0
    runNumber += 1
    outside = Outside()
    offsets = [:]
    stopRequest.store(false, ordering: .relaxed)
  }

  /// Adds an actor to the run that is under way, or to the next one.
  ///
  /// - Parameters:
  ///   - name: stands in reports.
  ///   - process: number of its simulated process, from 0.
  ///   - isBackground: whether it is stopped as soon as all other actors have ended.
  @discardableResult
  func add(
    name: String, process: Int, isBackground: Bool = false, _ body: @escaping @Sendable () -> Void
  ) -> SimulatedActor {
    let thread: ActorThread
    do {
      thread = try threads.take()
    } catch {
      preconditionFailure("\(error)")
    }
    let index = schedule.add(name: name, process: process, isBackground: isBackground)
    let actor = SimulatedActor(
      index: index, run: runNumber, thread: thread, baton: self, body: body)
    actors.append(actor)
    thread.prepare { [self] in
      actor.act()
      end(actor)
    }
    return actor
  }

  /// Lets the actors run until all have ended; another run needs a `reset` first.
  func run() -> SimulationReport {
    precondition(holder < 0, "a run is under way")
    precondition(schedule.ending == nil, "the world has had its run")
    let start = schedule.now
    if let first = schedule.next(after: nil) {
      holder = first
      actors[first].thread?.turn.post()
      awaitEnd()
    }
    return SimulationReport(
      ending: schedule.ending ?? .finished, steps: schedule.steps, handOvers: handOvers,
      elapsed: schedule.now - start, digest: schedule.digest, trace: schedule.trace,
      schedule: schedule.recorder.run)
  }

  private func awaitEnd() {
    var seen = -1
    while !over.wait(atMost: settings.hangLimit) {
      let steps = progress.load(ordering: .relaxed)
      // Read without the baton: whoever has it has not touched anything for long.
      if steps == seen { Self.endProcess(stuck: schedule.entries[holder].name) }
      seen = steps
    }
  }

  /// Ends the process with a word on standard error, also in builds whose traps say nothing.
  private static func endProcess(stuck actor: String) -> Never {
    let text =
      "actor '\(actor)' takes no step and cannot be stopped: it waits or computes outside of what "
      + "the scheduler sees, such as in a real lock or sleep\n"
    FileHandle.standardError.write(Data(text.utf8))
    abort()
  }

  private func end(_ actor: SimulatedActor) {
    schedule.step(actor.index, .end)
    let wasDying = schedule.dying > 0
    schedule.end(actor.index)
    if wasDying, schedule.dying == 0 { deadUnwound?() }
    // Back in the pool before it waits: it takes its next turn only after it has asked for it.
    if let thread = actor.thread { threads.give(thread) }
    guard let next = schedule.next(after: actor.index) else {
      holder = -1
      return over.post()
    }
    holder = next
    handOvers += 1
    actors[next].thread?.turn.post()
  }

  /// Stops everybody at the next step; may be called from any thread.
  func stop() {
    stopRequest.store(true, ordering: .relaxed)
  }

  /// Marks a process as dead: its actors can do nothing more and unwind, the others go on.
  ///
  /// Called by the holder of the baton, or between runs.
  func kill(process: Int) {
    guard !schedule.isDead(process) else { return }
    schedule.kill(process: process)
    processDied?(process)
    if schedule.dying == 0 { deadUnwound?() }
  }

  /// Lets a process stand still until a time.
  func pause(process: Int, until deadline: MonotonicTime) {
    schedule.pause(process: process, until: deadline)
  }

  /// Moves the clocks of a process from now on.
  func moveClocks(of process: Int, _ change: FaultSpecification.ClockChange) {
    offsets[process, default: ClockOffsets()].apply(change, at: schedule.now)
  }

  /// Gives a process the clocks of another one, which ran on the same machine.
  func copyClocks(from process: Int, to other: Int) {
    offsets[other] = offsets[process]
  }

  func isDead(process: Int) -> Bool { schedule.isDead(process) }

  /// Whether the caller may do nothing more: its process is dead, or its run was given up.
  var isCallerCut: Bool {
    holder >= 0 ? schedule.isCut(holder) : schedule.isDead(outside.process)
  }

  /// Has a body from outside, such as the opening of a database, act for a process.
  func acting<Value>(
    for process: Int, _ body: () throws -> Value
  ) rethrows -> Value {
    precondition(holder < 0, "a run is under way")
    let before = outside.process
    outside.process = process
    defer { outside.process = before }
    return try body()
  }

  /// The names of all actors of the run, by number.
  var actorNames: [String] { schedule.entries.map(\.name) }

  /// The simulated process of each actor of the run, by number.
  var actorProcesses: [Int] { schedule.entries.map(\.process) }

  /// How many steps all actors have taken.
  var stepCount: Int { schedule.steps }

  /// How many steps the holder has taken; 0 outside of a run.
  var ownSteps: Int { holder >= 0 ? schedule.entries[holder].steps : 0 }

  // MARK: Time

  /// The virtual monotonic clock, left as it is.
  func now() -> MonotonicTime { schedule.now }

  /// Reads the clock as an actor does, which takes a tick.
  func read() -> MonotonicTime {
    schedule.advance(by: settings.tick)
    return schedule.now
  }

  /// Reads the clock and moves it by 1 ns, so that no two events have the same time: as only one
  /// actor runs, the order of events is known.
  func stamp() -> MonotonicTime {
    schedule.advance(by: Nanoseconds(1))
    return schedule.now
  }

  /// The virtual wall clock of the caller's process, which runs with the monotonic one.
  func wallNow() -> WallTime {
    let passed = schedule.now - settings.origin
    let offset = offsets.isEmpty ? 0 : offsets[currentProcess]?.offset(at: schedule.now) ?? 0
    return WallTime(
      milliseconds: settings.wallOrigin.milliseconds + passed.rawValue / 1_000_000
        + offset / 1_000_000)
  }

  /// Reads the boot clock of the caller's process, which takes a tick: the machine never slept, so
  /// it is the monotonic one as long as no fault moves it.
  func readBoot() -> BootTime {
    let now = read()
    let time = BootTime(nanoseconds: now.nanoseconds)
    guard !offsets.isEmpty, let offsets = offsets[currentProcess], offsets.clocks == .all
    else { return time }
    return time + Nanoseconds(offsets.offset(at: now))
  }

  /// Lets virtual time reach a deadline while others run.
  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    guard holder >= 0 else {
      schedule.advance(to: deadline)
      return
    }
    try waitAsHolder(.sleep, .sleeping(until: deadline))
  }

  // MARK: Waiting for each other

  /// The token of whoever calls.
  func currentToken() -> SimulatedActor {
    if holder >= 0 { return actors[holder] }
    if let token = outside.token { return token }
    let token = SimulatedActor(index: -1, run: runNumber, thread: nil, baton: self, body: nil)
    outside.token = token
    return token
  }

  /// Waits for an unpark or a deadline, as `Parking.park`.
  func park(until deadline: MonotonicTime?) throws(ActorStopped) {
    guard holder >= 0 else { return try parkOutside(until: deadline) }
    if schedule.takePermit(holder) {
      try waitAsHolder(.park, .ready)
    } else {
      try waitAsHolder(.park, .parked(until: deadline))
    }
  }

  /// As `Parking.unpark`.
  func unpark(_ actor: SimulatedActor) {
    guard actor.run == runNumber else { return }
    if actor.index < 0 { outside.hasPermit = true } else { schedule.unpark(actor.index) }
  }

  /// Waits until an actor has ended.
  func join(_ actor: SimulatedActor) {
    guard holder >= 0, actor.run == runNumber, !schedule.hasEnded(actor.index) else { return }
    let own = holder
    schedule.step(own, .join)
    // Stopped actors wait too: the one that they wait for unwinds as well.
    schedule.wait(own, .joining(actor.index))
    passOn(from: own)
  }

  private func parkOutside(until deadline: MonotonicTime?) throws(ActorStopped) {
    defer { outside.hasPermit = false }
    if outside.hasPermit { return }
    // Nobody else runs who could wake the caller.
    guard let deadline else { throw ActorStopped() }
    schedule.advance(to: deadline)
  }

  private func waitAsHolder(
    _ kind: StepKind, _ condition: ActorSchedule.Condition
  ) throws(ActorStopped) {
    let own = holder
    takeStep(own, kind)
    // A stopped actor does not wait, but lets others run: it may be called in a loop.
    if !schedule.isStopped(own), condition != .ready { schedule.wait(own, condition) }
    passOn(from: own)
    if schedule.isStopped(own) { throw ActorStopped() }
  }

  // MARK: Steps

  /// Takes a step at which another actor may be chosen.
  ///
  /// - Returns: whether the caller may go on.
  private func yield(_ kind: StepKind) -> Bool {
    guard holder >= 0 else { return !schedule.isDead(outside.process) }
    let own = holder
    takeStep(own, kind)
    if schedule.isCut(own) { return false }
    passOn(from: own)
    return !schedule.isCut(own)
  }

  private func takeStep(_ own: Int, _ kind: StepKind) {
    schedule.step(own, kind)
    progress.store(schedule.steps, ordering: .relaxed)
    if stopRequest.load(ordering: .relaxed) { schedule.giveUp(.stopped) }
    if let interference, !schedule.isStopped(own), schedule.ending == nil {
      interference.stepped(kind, process: schedule.entries[own].process)
    }
  }

  private func passOn(from own: Int) {
    guard let next = schedule.next(after: own) else {
      preconditionFailure("actor \(own) has not ended, but no other actor is left")
    }
    if next == own { return }
    let (mine, theirs) = (actors[own].thread, actors[next].thread)
    holder = next
    handOvers += 1
    // From here on the variables belong to the next holder.
    theirs?.turn.post()
    mine?.turn.wait()
  }
}

extension Baton: YieldPoint {
  func reached(_ method: VFSMethod, _ file: FileKind?) -> Bool { yield(.call(method, file)) }

  /// A point between two statements or operations.
  ///
  /// - Returns: `false` when the caller's process is dead or the run is over.
  func statementBoundary() -> Bool { yield(.statement) }

  func sleep(for span: Nanoseconds) -> Bool {
    let deadline = now() + min(max(span, .zero), settings.longestSleep)
    do {
      try sleep(until: deadline)
      return true
    } catch {
      return false
    }
  }

  var currentProcess: Int { holder >= 0 ? schedule.entries[holder].process : outside.process }

  var currentActor: Int { holder }
}
