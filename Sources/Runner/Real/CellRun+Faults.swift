import AssayModel
import Glibc
import Platform

extension CellRun {
  /// How soon a target that was not there is looked for again.
  private static let searchInterval = Nanoseconds.milliseconds(1)

  /// The commit count after which a process is to kill itself, if a fault says so.
  func commitTrigger(for process: Int) -> (fault: FaultSpecification, count: Int)? {
    for fault in cell.faults {
      guard fault.kind == .kill, case .afterCommits(let count) = fault.trigger else { continue }
      switch fault.target {
      case .process(process), .all: return (fault, count)
      case .random:
        let drawn = cell.seed.derived("commit-target").derived("repetition", repetition)
        if Int(drawn.rawValue % UInt64(cell.load.processes)) == process { return (fault, count) }
      default: continue
      }
    }
    return nil
  }

  /// Injects one due fault, or postpones it when its target is not there.
  func inject(_ index: Int) throws(RunnerError) {
    let fault = timeline.fault(index)
    let now = time.monotonicNow()
    switch fault.kind {
    case .kill, .pause:
      let targets = try self.targets(of: fault, index)
      guard !targets.isEmpty else {
        timeline.postpone(index, to: now + Self.searchInterval)
        return
      }
      timeline.injected(index, at: now)
      for process in targets {
        if fault.kind == .kill { try strike(process, fault) } else { pause(process, fault) }
      }
    case .clock:
      timeline.injected(index, at: now)
      for process in try targets(of: fault, index) { changeClock(process, fault) }
    case .staleLock:
      timeline.injected(index, at: now)
      for lock in staleLocks(of: fault, index) { try plantStaleLock(lock) }
    case .tamper: try tamper(index, fault)
    case .ioError, .shortRead, .diskFull, .fsyncError, .bitFlip, .silentLock:
      throw RunnerError(
        .input, "this version can't inject '\(fault.kind.rawValue)' in the real world yet")
    }
  }

  /// The processes that a fault hits; a `holder` comes back stopped.
  private func targets(of fault: FaultSpecification, _ index: Int) throws(RunnerError) -> [Int] {
    let running = slots.indices.filter { process in
      if case .running = slots[process].state { true } else { false }
    }
    switch fault.target {
    case .process(let number): return running.filter { $0 == number }
    case .all: return running
    case .random: return running.isEmpty ? [] : [timeline.draw(index, from: running)]
    case .holder: return try stoppedHolder(among: running, quiet: fault.kind == .pause)
    case .named: return []
    }
  }

  /// Finds the process that holds a lock or is inside a write, and leaves it stopped.
  ///
  /// Look, stop, look again: what was true in the history may be over by the time of the signal.
  /// - Parameter quiet: it must not be inside a call, because a process that stands still inside a
  ///   write transaction would keep SQLite's own lock as well.
  private func stoppedHolder(among running: [Int], quiet: Bool) throws(RunnerError) -> [Int] {
    for process in running {
      guard let worker = slots[process].worker, isHolder(process, quiet: quiet) else { continue }
      guard worker.stop() else { continue }
      if isHolder(process, quiet: quiet) { return [process] }
      worker.signal(SIGCONT)
    }
    return []
  }

  private func isHolder(_ process: Int, quiet: Bool) -> Bool {
    let state = LatestActivity(
      folder: historyFolder, process: process, incarnation: slots[process].incarnation,
      actors: cell.load.writers + cell.load.readers)
    if cell.load.workload == .locks {
      return state.holdsLock && !(quiet && state.isInsideCallAsHolder)
    }
    return state.isInsideWrite
  }

  private func strike(_ process: Int, _ fault: FaultSpecification) throws(RunnerError) {
    guard let worker = slots[process].worker else { return }
    let struck = time.monotonicNow()
    worker.signal(SIGKILL)
    let exit = worker.reap()
    guard exit.signal == SIGKILL else {
      // It had ended already, in order or not: what it said last and how it ended still count.
      while slots[process].worker != nil { try readMessages(process, worker) }
      return
    }
    close(process, exit, wasKilled: true)
    recordKill(process, fault, at: struck)
  }

  /// Notes the kill and arranges for the return of the process.
  ///
  /// - Parameter place: where in its work it was hit, if that is known.
  func recordKill(
    _ process: Int, _ fault: FaultSpecification, at struck: MonotonicTime, place: String? = nil
  ) {
    let state = LatestActivity(
      folder: historyFolder, process: process, incarnation: slots[process].incarnation,
      actors: cell.load.writers + cell.load.readers)
    faults.append(
      FaultRecord(
        kind: .kill, process: process,
        target: "process \(process)" + (place.map { ", \($0)" } ?? ""),
        hitDuringWrite: state.isInsideWrite || state.holdsLock, injected: struck,
        detected: time.monotonicNow()))
    guard let delay = fault.restartAfter else {
      slots[process].state = .ended
      return
    }
    slots[process].recovers = faults.count - 1
    slots[process].incarnation += 1
    switch fault.restartOwner {
    case .same: break
    case .new:
      slots[process].owner = "\(slots[process].owner)-\(slots[process].incarnation)"
    case .asConfigured:
      slots[process].owner = owner(process: process, incarnation: slots[process].incarnation)
    }
    slots[process].state = .awaitingRestart(at: struck + delay)
  }

  private func pause(_ process: Int, _ fault: FaultSpecification) {
    guard let worker = slots[process].worker, let duration = fault.duration else { return }
    let stopped = time.monotonicNow()
    guard worker.stop() else { return }
    let state = LatestActivity(
      folder: historyFolder, process: process, incarnation: slots[process].incarnation,
      actors: cell.load.writers + cell.load.readers)
    faults.append(
      FaultRecord(
        kind: .pause, process: process, target: "process \(process)",
        hitDuringWrite: state.isInsideWrite || state.holdsLock, injected: stopped,
        detected: time.monotonicNow()))
    // It ends with the cell: afterwards nobody is left who could meet the sleeper.
    slots[process].state = .paused(
      worker, until: min(stopped + duration, measuredUntil), fault: faults.count - 1)
  }

  private func changeClock(_ process: Int, _ fault: FaultSpecification) {
    guard let worker = slots[process].worker, let change = fault.clock else { return }
    try? worker.channel.send(CoordinatorMessage.changeClock(change))
    faults.append(
      FaultRecord(
        kind: .clock, process: process, target: "process \(process)",
        injected: time.monotonicNow()))
  }

  /// The locks that a fault leaves behind.
  private func staleLocks(of fault: FaultSpecification, _ index: Int) -> [Int] {
    let count = cell.load.keyCount
    return switch fault.target {
    case .process(let number): [number]
    case .named(let name): Capabilities.lockNumber(name, of: count).map { [$0] } ?? []
    case .all: Array(0..<count)
    case .random, .holder: [timeline.draw(index, below: count)]
    }
  }

  /// Starts a process that takes a lock and ends without releasing it.
  private func plantStaleLock(_ lock: Int) throws(RunnerError) {
    let now = time.monotonicNow()
    let process = cell.load.processes + abandoners.count
    let owner = "abandoner-\(abandoners.count)"
    let worker = try launcher.launch(
      assignment(.abandonLock, process: process, owner: owner, lock: lock), now: now)
    try worker.channel.send(
      CoordinatorMessage.begin(
        start: now, measuredFrom: measuredFrom, measuredUntil: measuredUntil))
    abandoners.append(
      Abandoner(worker: worker, record: processes.count, fault: faults.count))
    processes.append(
      ProcessRecord(
        process: process, incarnation: 0, owner: owner, started: now, ready: nil, ended: now,
        wasKilled: false, peakResidentBytes: 0))
    faults.append(
      FaultRecord(kind: .staleLock, process: process, target: "lock \(lock)", injected: now))
  }

  /// A worker that was to leave a stale lock has ended.
  ///
  /// - Parameter wasKilled: because its time was over.
  func abandonerEnded(_ index: Int, wasKilled: Bool) {
    let abandoner = abandoners[index]
    let exit = abandoner.worker.reap()
    if exit.status != 0, !wasKilled {
      incidents.append(
        Incident(
          cell: cell.id, repetition: repetition, process: processes[abandoner.record].process,
          incarnation: 0, exit: exit.text, standardError: errorTail(abandoner.worker)))
    }
    let now = time.monotonicNow()
    processes[abandoner.record].ended = now
    processes[abandoner.record].peakResidentBytes = exit.peakResidentBytes
    // It ended while it held the lock, on purpose: for the checks that is a death.
    processes[abandoner.record].wasKilled = true
    faults[abandoner.fault].detected = now
  }
}
