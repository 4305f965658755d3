import AssayModel
import Schedules

/// Who can run, who waits for what, and what time it is: a simulation without its threads.
///
/// A plain value that follows from what it is told; the baton lets threads act accordingly.
struct ActorSchedule: Sendable {
  enum Condition: Equatable, Sendable {
    case ready
    case sleeping(until: MonotonicTime)
    case parked(until: MonotonicTime?)
    case joining(Int)
    case ended
  }

  struct Entry: Sendable {
    var name: String
    var process: Int
    var isBackground: Bool
    var condition = Condition.ready
    var hasPermit = false
    /// Its process is paused until then: ready or not, it does not run.
    var heldUntil: MonotonicTime?
    /// How many steps it has taken.
    var steps = 0
    /// It may wait no more, so that it comes to its end.
    var isStopped = false
    /// It may do nothing more: its calls fail, and it still runs to unwind. Implies `isStopped`.
    var isCut = false
  }

  /// Steps that actors may take whose every call fails, beyond the limit of steps.
  static let unwindingLimit = 1_000_000
  /// Turns that the dead have before anybody else.
  static let dyingLimit = 10_000

  let settings: SimulationSettings
  private(set) var entries: [Entry] = []
  private(set) var now: MonotonicTime
  private(set) var steps = 0
  private(set) var digest: UInt64 = 0
  private(set) var trace: [SimulatedStep] = []
  /// Set once the run is given up or over; then everybody is stopped.
  private(set) var ending: SimulationEnding?
  /// Who was chosen and who took each step, as far as the settings say.
  private(set) var recorder: ScheduleRecorder

  private let chooser: HeldChooser
  /// Ascending, so that a choice depends on who can run and not on how that came about.
  private var ready: [Int] = []
  private var deadProcesses: [Bool] = []
  private var foreground = 0
  /// Actors of dead processes that have not ended: they unwind before anybody else goes on.
  private(set) var dying = 0
  /// No wait ends before this; may be too early, never too late.
  private var nextWake = MonotonicTime(nanoseconds: .max)
  private var unwindingSteps = 0
  private var lastUnwound = -1
  private var dyingSteps = 0

  init(_ settings: SimulationSettings, chooser: any ActorChooser) {
    precondition(settings.stepLimit > 0, "a run of \(settings.stepLimit) steps")
    precondition(settings.origin.nanoseconds > 0, "0 stands for no time")
    self.settings = settings
    self.chooser = HeldChooser.holding(chooser)
    now = settings.origin
    recorder = ScheduleRecorder(settings.recording)
  }

  // MARK: Actors and processes

  /// Adds an actor that can run at once.
  ///
  /// - Parameter isBackground: whether it is stopped when all others have ended.
  /// - Returns: its number.
  mutating func add(name: String, process: Int, isBackground: Bool) -> Int {
    let index = entries.count
    var entry = Entry(name: name, process: process, isBackground: isBackground)
    entry.isCut = isDead(process) || ending.map { $0 != .finished } ?? false
    entry.isStopped = entry.isCut || ending != nil
    entries.append(entry)
    ready.append(index)
    if !isBackground { foreground += 1 }
    if isDead(process) { dying += 1 }
    return index
  }

  func isDead(_ process: Int) -> Bool {
    process >= 0 && process < deadProcesses.count && deadProcesses[process]
  }

  func isStopped(_ index: Int) -> Bool { entries[index].isStopped }

  func isCut(_ index: Int) -> Bool { entries[index].isCut }

  func hasEnded(_ index: Int) -> Bool { entries[index].condition == .ended }

  /// Stops the actors of a process for ever.
  mutating func kill(process: Int) {
    precondition(process >= 0, "process \(process)")
    while deadProcesses.count <= process { deadProcesses.append(false) }
    deadProcesses[process] = true
    for index in entries.indices where entries[index].process == process {
      if entries[index].condition != .ended { dying += 1 }
      stop(index, cuts: true)
    }
  }

  /// Lets the actors of a process run no more until a time; what they wait for goes on meanwhile.
  mutating func pause(process: Int, until deadline: MonotonicTime) {
    guard deadline > now else { return }
    for index in entries.indices
    where entries[index].process == process && !entries[index].isStopped {
      entries[index].heldUntil = max(deadline, entries[index].heldUntil ?? deadline)
      nextWake = min(nextWake, deadline)
      if entries[index].condition == .ready { remove(index) }
    }
  }

  /// Stops everybody; the first reason counts.
  ///
  /// When all is done, background actors may finish the call that they are in.
  mutating func giveUp(_ ending: SimulationEnding) {
    guard self.ending == nil else { return }
    self.ending = ending
    for index in entries.indices { stop(index, cuts: ending != .finished) }
  }

  private mutating func stop(_ index: Int, cuts: Bool) {
    entries[index].isStopped = true
    if cuts { entries[index].isCut = true }
    let wasHeld = entries[index].isHeld(at: now)
    entries[index].heldUntil = nil
    switch entries[index].condition {
    case .sleeping, .parked: makeReady(index)
    case .ready: if wasHeld { makeReady(index) }
    case .joining, .ended: break
    }
  }

  // MARK: Time and steps

  /// Counts a step of an actor, which takes one tick.
  mutating func step(_ index: Int, _ kind: StepKind) {
    steps += 1
    entries[index].steps += 1
    recorder.stepped(index)
    digest = (digest ^ (UInt64(index) << 32 | kind.code)) &* 0x9e37_79b9_7f4a_7c15
    digest ^= digest >> 29
    if settings.recordsSteps { trace.append(SimulatedStep(actor: index, kind: kind, time: now)) }
    advance(by: settings.tick)
    if entries[index].isStopped { countUnwinding(index) }
    if steps >= settings.stepLimit, ending == nil { giveUp(.livelock(waiting())) }
  }

  /// Lets time pass without a step.
  mutating func advance(by span: Nanoseconds) {
    advance(to: now + span)
  }

  mutating func advance(to time: MonotonicTime) {
    if time > now { now = time }
    if now >= nextWake { wakeWhoIsDue() }
  }

  /// A stopped actor that never ends would be a run that never ends.
  private mutating func countUnwinding(_ index: Int) {
    unwindingSteps += 1
    if unwindingSteps >= settings.stepLimit { entries[index].isCut = true }
    precondition(
      unwindingSteps < settings.stepLimit + Self.unwindingLimit,
      "actor '\(entries[index].name)' was stopped and does not end")
  }

  private mutating func wakeWhoIsDue() {
    var next = MonotonicTime(nanoseconds: .max)
    for index in entries.indices {
      guard let deadline = entries[index].deadline else { continue }
      guard deadline <= now else {
        next = min(next, deadline)
        continue
      }
      entries[index].heldUntil = nil
      makeReady(index)
    }
    nextWake = next
  }

  // MARK: Waiting

  /// Takes a permit, if the actor has one.
  mutating func takePermit(_ index: Int) -> Bool {
    defer { entries[index].hasPermit = false }
    return entries[index].hasPermit
  }

  /// Lets an actor wait; one whose time has come stays ready.
  mutating func wait(_ index: Int, _ condition: Condition) {
    entries[index].condition = condition
    if let deadline = entries[index].deadline {
      guard deadline > now else {
        entries[index].heldUntil = nil
        entries[index].condition = .ready
        return
      }
      nextWake = min(nextWake, deadline)
    }
    remove(index)
  }

  /// Ends an actor and lets those go on that waited for that.
  mutating func end(_ index: Int) {
    entries[index].condition = .ended
    remove(index)
    if isDead(entries[index].process) { dying -= 1 }
    if dying == 0 { dyingSteps = 0 }
    if !entries[index].isBackground { foreground -= 1 }
    for other in entries.indices where entries[other].condition == .joining(index) {
      makeReady(other)
    }
  }

  /// Wakes a parked actor, or leaves it a permit.
  mutating func unpark(_ index: Int) {
    switch entries[index].condition {
    case .parked: makeReady(index)
    case .ended: break
    case .ready, .sleeping, .joining: entries[index].hasPermit = true
    }
  }

  private mutating func makeReady(_ index: Int) {
    entries[index].condition = .ready
    if let held = entries[index].heldUntil, held > now {
      nextWake = min(nextWake, held)
      return
    }
    entries[index].heldUntil = nil
    ready.insert(index, at: ready.firstIndex { $0 > index } ?? ready.endIndex)
  }

  private mutating func remove(_ index: Int) {
    if let place = ready.firstIndex(of: index) { ready.remove(at: place) }
  }

  // MARK: Choosing

  /// Returns who runs next; moves time, and gives the run up, when nobody can.
  ///
  /// - Returns: `nil` when all have ended.
  mutating func next(after current: Int?) -> Int? {
    if foreground == 0 { giveUp(.finished) }
    while ready.isEmpty {
      let earliest = entries.lazy.compactMap(\.deadline).min()
      if let earliest {
        advance(to: max(earliest, now))
        // An estimate that was too early has been corrected, one that was right has woken somebody.
        if ready.isEmpty { wakeWhoIsDue() }
      } else if entries.allSatisfy({ $0.condition == .ended }) {
        return nil
      } else if ending == nil {
        giveUp(.deadlock(waiting()))
      } else {
        // Only joins are left, in a circle: whoever joins goes on without that end.
        for index in entries.indices where entries[index].condition != .ended { makeReady(index) }
      }
    }
    if dying > 0, let victim = nextVictim() { return victim }
    // Whoever unwinds may wait in a loop for another one: nobody must be preferred for ever.
    if let current, entries[current].isStopped {
      return ready.count == 1 ? ready[0] : nextInTurn()
    }
    let point = ChoicePoint(
      runnable: ready, current: current, ownSteps: current.map { entries[$0].steps } ?? 0,
      step: steps)
    let choice = steps < settings.fairFrom ? chooser.next(at: point) : nextInFairOrder()
    precondition(entries[choice].condition == .ready, "actor \(choice) cannot run")
    recorder.chose(choice, at: point)
    return choice
  }

  /// A process dies at once; only here it takes steps for that. Should its actors wait for somebody
  /// who lives, the others go on after all.
  private mutating func nextVictim() -> Int? {
    guard dyingSteps < Self.dyingLimit else { return nil }
    let victims = ready.filter { isDead(entries[$0].process) }
    guard let victim = victims.first(where: { $0 > lastUnwound }) ?? victims.first else {
      return nil
    }
    dyingSteps += 1
    lastUnwound = victim
    return victim
  }

  /// Spread evenly, and in no rhythm: in turns two actors that try and give way in step would do so
  /// for ever. Follows from who can run and the number of the step, so that a recorded run is the
  /// same again.
  private func nextInFairOrder() -> Int {
    let spread = (UInt64(steps) &* 0x9e37_79b9_7f4a_7c15) >> 33
    return ready[Int(spread % UInt64(ready.count))]
  }

  private mutating func nextInTurn() -> Int {
    let choice = ready.first { $0 > lastUnwound } ?? ready[0]
    lastUnwound = choice
    return choice
  }

  /// Everybody who has not ended, and why.
  func waiting() -> [WaitingActor] {
    entries.compactMap { entry in
      let reason: WaitingActor.Reason
      switch entry.condition {
      case .ready: reason = .itsTurn
      case .sleeping(let deadline): reason = .time(deadline)
      case .parked(let deadline): reason = .unpark(deadline: deadline)
      case .joining(let other): reason = .end(of: entries[other].name)
      case .ended: return nil
      }
      return WaitingActor(name: entry.name, process: entry.process, reason: reason)
    }
  }
}

extension ActorSchedule.Entry {
  /// When its wait ends by itself.
  fileprivate var deadline: MonotonicTime? {
    switch condition {
    case .sleeping(let deadline): max(deadline, heldUntil ?? deadline)
    case .parked(let deadline): deadline.map { max($0, heldUntil ?? $0) }
    case .ready: heldUntil
    case .joining, .ended: nil
    }
  }

  fileprivate func isHeld(at now: MonotonicTime) -> Bool {
    heldUntil.map { $0 > now } ?? false
  }
}
