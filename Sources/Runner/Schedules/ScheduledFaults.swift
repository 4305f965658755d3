import AssayModel
import FaultVFS
import Schedules

/// Breaks things while a schedule runs: the `faults:` of a cell under virtual time.
///
/// Where they strike follows from the seed of the program and from the run, so that a schedule that
/// is run again has the same ones.
final class ScheduledFaults: ScheduleInterference {
  /// Most strikes of one fault in one run, or a process that dies again and again never ends.
  static let strikeLimit = 64
  /// How soon a target that was not there is looked for again.
  private static let searchInterval = Nanoseconds.microseconds(100)

  /// What was broken, and when.
  private(set) var records: [FaultRecord] = []
  /// The same for people, in order.
  private(set) var strikes: [ScheduledStrike] = []

  let cell: PlannedCell
  private(set) var entries: [Entry]
  /// The earliest time at which something is due.
  private var nextDue = MonotonicTime(nanoseconds: .max)
  private let watchesSteps: Bool
  private(set) var crew: SimulatedCrew?
  /// By life: faults of the file system layer, and deaths in the middle of a call or after it.
  var callFaults: [Int: ProcessCallFaults] = [:]
  let seed: Seed
  private(set) var start = MonotonicTime(nanoseconds: 0)
  /// By place of the kill in `records`: the life that follows it.
  private var successors: [(record: Int, life: Int)] = []

  struct Entry {
    var fault: FaultSpecification
    var generator: SeededGenerator
    /// For triggers at times.
    var due: MonotonicTime?
    /// Drawn when a `random` target is not drawn at each strike.
    var chosen: Int?
    /// By process: calls that the fault has counted, and whether it struck.
    var calls: [Int: Int] = [:]
    var struck: Set<Int> = []
    var strikes = 0
  }

  /// - Parameter seed: of the program.
  init(_ cell: PlannedCell, seed: Seed) {
    self.cell = cell
    self.seed = seed
    entries = cell.faults.enumerated().map { index, fault in
      var generator = SeededGenerator(seed.derived("fault", index))
      let chosen = fault.target == .random ? generator.below(cell.load.processes) : nil
      return Entry(fault: fault, generator: generator, chosen: chosen)
    }
    watchesSteps = cell.faults.contains { !$0.isAtTime && !$0.isOfCalls }
  }

  /// Takes the processes that can be hit, and the time to which the triggers relate.
  func begin(_ crew: SimulatedCrew, start: MonotonicTime) {
    self.crew = crew
    self.start = start
    for index in entries.indices where !entries[index].fault.isOfCalls {
      switch entries[index].fault.trigger {
      case .at(let delay): entries[index].due = start + delay
      case .every(let period): entries[index].due = start + period
      default: entries[index].due = nil
      }
    }
    findNextDue()
  }

  /// Lets go of the processes, which know their faults.
  func end() {
    for (record, life) in successors { records[record].recovered = crew?.lives[life].ready }
    crew = nil
  }

  func stepped(_ kind: StepKind, process number: Int) {
    guard let crew else { return }
    if crew.now >= nextDue { strikeWhatIsDue(crew) }
    current = kind
    defer { current = nil }
    if watchesSteps { watch(kind, number, crew) }
  }

  private func findNextDue() {
    nextDue = entries.lazy.compactMap(\.due).min() ?? MonotonicTime(nanoseconds: .max)
  }

  // MARK: Times

  private func strikeWhatIsDue(_ crew: SimulatedCrew) {
    let now = crew.now
    for index in entries.indices {
      guard let due = entries[index].due, due <= now else { continue }
      let hit = strikeAtTime(index, crew)
      entries[index].due = next(index, after: due, now: now, hasStruck: hit)
    }
    findNextDue()
  }

  /// When a fault strikes again; `nil` for never.
  private func next(
    _ index: Int, after due: MonotonicTime, now: MonotonicTime, hasStruck: Bool
  ) -> MonotonicTime? {
    guard hasStruck else { return now + Self.searchInterval }
    guard case .every(let period) = entries[index].fault.trigger,
      entries[index].strikes < Self.strikeLimit
    else { return nil }
    // Periods that went by meanwhile are left out, not made up for.
    return due + Nanoseconds(((now - due).rawValue / period.rawValue + 1) * period.rawValue)
  }

  /// - Returns: whether a target was there.
  private func strikeAtTime(_ index: Int, _ crew: SimulatedCrew) -> Bool {
    let fault = entries[index].fault
    if fault.kind == .staleLock {
      for lock in locks(index) { abandon(lock, crew) }
      entries[index].strikes += 1
      return true
    }
    let targets = targets(index, crew)
    for life in targets { strike(life, index, crew) }
    return !targets.isEmpty
  }

  private func locks(_ index: Int) -> [Int] {
    let count = cell.load.keyCount
    return switch entries[index].fault.target {
    case .process(let number): [number]
    case .named(let name): Capabilities.lockNumber(name, of: count).map { [$0] } ?? []
    case .all: Array(0..<count)
    case .random, .holder: [entries[index].generator.below(count)]
    }
  }

  private func targets(_ index: Int, _ crew: SimulatedCrew) -> [SimulatedLife] {
    let running = (0..<cell.load.processes).compactMap { crew.running($0) }
    switch entries[index].fault.target {
    case .process(let number): return running.filter { $0.process == number }
    case .all: return running
    case .random:
      if running.isEmpty { return [] }
      return [running[entries[index].generator.below(running.count)]]
    case .holder:
      let isQuiet = entries[index].fault.kind == .pause
      return running.first { isHolder($0, quiet: isQuiet) }.map { [$0] } ?? []
    case .named: return []
    }
  }

  /// - Parameter quiet: it must not be inside a call, because a process that stands still inside a
  ///   write transaction would keep SQLite's own lock as well.
  private func isHolder(_ life: SimulatedLife, quiet: Bool) -> Bool {
    let activity = life.activity
    guard cell.load.workload == .locks else { return activity.isInsideWrite }
    return activity.holdsLock && !(quiet && activity.isInsideCallAsHolder)
  }

  // MARK: Steps

  /// Looks for faults that strike at a call or after so many commits.
  private func watch(_ kind: StepKind, _ number: Int, _ crew: SimulatedCrew) {
    guard crew.lives.indices.contains(number) else { return }
    let life = crew.lives[number]
    guard life.killed == nil, life.process < cell.load.processes else { return }
    for index in entries.indices
    where !entries[index].fault.isOfCalls && strikesNow(index, kind, life) {
      strike(life, index, crew)
    }
  }

  private func strikesNow(_ index: Int, _ kind: StepKind, _ life: SimulatedLife) -> Bool {
    let fault = entries[index].fault
    guard !fault.isAtTime, entries[index].strikes < Self.strikeLimit,
      life.isRunning || fault.isAtOperation && fault.strikes(in: .open)
    else { return false }
    switch fault.trigger {
    case .operation(let wanted):
      guard isNamed(life, index), fault.selects(kind), !life.isRunning || fault.strikes(in: .load)
      else { return false }
      entries[index].calls[life.process, default: 0] += 1
      return entries[index].calls[life.process] == wanted
    case .afterCommits(let wanted):
      guard isNamed(life, index), !entries[index].struck.contains(life.process) else {
        return false
      }
      return life.commits >= wanted
    case .probability(let probability):
      guard fault.selects(kind) else { return false }
      let isHit = entries[index].generator.unit() < probability.value
      return isHit && isTarget(life, fault)
    case .at, .every, .afterBytes: return false
    }
  }

  /// Whether a process is the one, or one of those, that counts for a fault.
  func isNamed(_ life: SimulatedLife, _ index: Int) -> Bool {
    switch entries[index].fault.target {
    case .process(let number): life.process == number
    case .random: life.process == entries[index].chosen
    case .all: true
    case .holder, .named: false
    }
  }

  private func isTarget(_ life: SimulatedLife, _ fault: FaultSpecification) -> Bool {
    switch fault.target {
    case .process(let number): life.process == number
    case .random, .all: true
    case .holder: isHolder(life, quiet: fault.kind == .pause)
    case .named: false
    }
  }

  // MARK: Strikes

  /// The step at which a fault strikes; `nil` for one that strikes at a time.
  private var current: StepKind?

  private func strike(_ life: SimulatedLife, _ index: Int, _ crew: SimulatedCrew) {
    let fault = entries[index].fault
    entries[index].strikes += 1
    entries[index].struck.insert(life.process)
    switch fault.kind {
    case .kill: kill(life, fault, crew, ScheduledStrike.death(of: life, before: current))
    case .pause:
      let end = crew.now + (fault.duration ?? .zero)
      var record = record(fault, life, crew)
      record.recovered = end
      crew.pause(life.number, until: end)
      note(record, ScheduledStrike.pause(of: life, for: fault.duration ?? .zero))
    case .clock:
      guard let change = fault.clock else { return }
      crew.moveClocks(of: life.number, change)
      note(record(fault, life, crew), ScheduledStrike.text(of: change, life))
    default: return
    }
  }

  func record(
    _ fault: FaultSpecification, _ life: SimulatedLife, _ crew: SimulatedCrew
  ) -> FaultRecord {
    let activity = life.activity
    return FaultRecord(
      kind: fault.kind, process: life.process, target: "process \(life.process)",
      hitDuringWrite: activity.isInsideWrite || activity.holdsLock, injected: crew.now)
  }

  /// Keeps what struck, in words.
  func note(
    _ record: FaultRecord, _ text: String, died: Int? = nil, followsCall: Bool = false
  ) {
    records.append(record)
    strikes.append(
      ScheduledStrike(
        step: crew?.steps ?? 0, time: record.injected, text: text, died: died,
        followsCall: followsCall))
  }

  /// Kills the process of a life, and has it come back if the fault says so.
  func kill(
    _ life: SimulatedLife, _ fault: FaultSpecification, _ crew: SimulatedCrew, _ text: String,
    followsCall: Bool = false
  ) {
    var record = record(fault, life, crew)
    crew.kill(life.number)
    record.injected = crew.lives[life.number].killed ?? crew.now
    record.detected = record.injected
    note(record, text, died: life.number, followsCall: followsCall)
    guard let delay = fault.restartAfter else { return }
    let next = crew.restart(life.number, after: delay, owner: fault.restartOwner)
    successors.append((records.count - 1, next))
  }

  private func abandon(_ lock: Int, _ crew: SimulatedCrew) {
    let now = crew.now
    let process = crew.abandon(lock: lock)
    note(
      FaultRecord(kind: .staleLock, process: process, target: "lock \(lock)", injected: now),
      "process \(process) begins, to take lock \(lock) and die with it")
  }
}

extension FaultSpecification {
  /// Whether it strikes inside a call, not before it: an error of the file system layer, or a death
  /// in the middle of a call or after it.
  var isOfCalls: Bool { kind.isOfFileSystem || kind == .kill && moment != .before }

  fileprivate var isAtTime: Bool {
    switch trigger {
    case .at, .every: true
    default: false
    }
  }

  fileprivate var isAtOperation: Bool {
    if case .operation = trigger { true } else { false }
  }

  /// Whether a step is a call that the fault's method and file name.
  fileprivate func selects(_ kind: StepKind) -> Bool {
    guard case .call(let called, let calledFile) = kind else { return false }
    return (method ?? called) == called && (file == nil || file == calledFile)
  }
}
