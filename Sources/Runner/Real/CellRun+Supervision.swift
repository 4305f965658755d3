import AssayModel
import FaultVFS
import Glibc
import Platform

extension CellRun {
  /// How long a run of a given number of operations may take.
  private static let operationsLimit = Nanoseconds.seconds(3_600)
  /// How long workers may take to end after Ctrl-C.
  private static let interruptionLimit = Nanoseconds.seconds(3)

  /// Starts every process.
  func launchAll() throws(RunnerError) {
    jumpsBefore = watch.jumps.count
    for process in 0..<cell.load.processes {
      var slot = Slot(state: .ended, owner: owner(process: process, incarnation: 0))
      slot.killAfterCommits = commitTrigger(for: process)
      slots.append(slot)
      try start(process)
    }
  }

  /// Waits until all processes are ready.
  func awaitReadiness() throws(RunnerError) {
    let (start, lostBefore) = (time.monotonicNow(), watch.lost)
    let patience = limits.readiness + openingPatience
    var limit: MonotonicTime { start + patience + (watch.lost - lostBefore) }
    // One that died meanwhile is an incident; the others do their work.
    while slots.contains(where: { $0.worker != nil && processes[$0.record].ready == nil }) {
      try wait(until: limit)
      if Interruption.isRequested { throw RunnerError(.interrupted, "interrupted") }
      guard time.monotonicNow() < limit else {
        if slots.indices.allSatisfy({ endsOpening($0) }) { return }
        throw RunnerError(
          .harness, "a worker of \(cell.id) was not ready within \(Int(patience.seconds)) s")
      }
    }
  }

  /// Ends a process that has been opening the database for longer than it may: its opening stays
  /// without an answer.
  ///
  /// - Returns: `false` when it is not ready for another reason.
  private func endsOpening(_ process: Int) -> Bool {
    guard let worker = slots[process].worker, processes[slots[process].record].ready == nil else {
      return true
    }
    let actor = ActorID.connections(process: process, incarnation: slots[process].incarnation)
    let last = try? History.latest(folder: historyFolder, actor: actor, count: 1).last
    guard let last, last.operation.kind == .open, last.completed == nil else { return false }
    worker.signal(SIGKILL)
    close(process, worker.reap(), wasKilled: false)
    slots[process].state = .ended
    return true
  }

  /// Starts one process anew.
  func start(_ process: Int) throws(RunnerError) {
    let now = time.monotonicNow()
    let slot = slots[process]
    let worker = try launcher.launch(
      assignment(
        .run, process: process, incarnation: slot.incarnation, owner: slot.owner,
        killAfterCommits: slot.incarnation == 0 ? slot.killAfterCommits?.count : nil),
      now: now)
    slots[process].state = .starting(worker)
    slots[process].record = processes.count
    processes.append(
      ProcessRecord(
        process: process, incarnation: slot.incarnation, owner: slot.owner, started: now,
        ready: nil, ended: now, wasKilled: false, peakResidentBytes: 0))
  }

  /// A little later than now, so that every process has its message before the time has come.
  static func soon(_ time: any TimeSource) -> MonotonicTime {
    time.monotonicNow() + .milliseconds(2)
  }

  /// Lets the actors of all processes begin together.
  ///
  /// - Parameter further: how much longer than by itself it may take, as others have turns.
  func begin(at start: MonotonicTime, further: Nanoseconds = .zero) {
    begun = start
    measuredFrom = start + cell.load.warmUp
    switch cell.load.extent {
    case .duration(let duration): measuredUntil = measuredFrom + duration
    case .operations: measuredUntil = start + Self.operationsLimit
    }
    overdue = measuredUntil + Self.patience(of: cell, ending: limits.ending) + further
    lostBefore = watch.lost
    timeline = FaultTimeline(cell.faults, from: measuredFrom, seed: cell.seed)
    if databasePath != ":memory:" {
      sizeWatch = SizeWatch(database: databasePath, every: sizeInterval)
    }
    for process in slots.indices { sendBegin(process, start: start) }
  }

  private func sendBegin(_ process: Int, start: MonotonicTime) {
    guard let worker = slots[process].worker else { return }
    slots[process].state = .running(worker)
    try? worker.channel.send(
      CoordinatorMessage.begin(
        start: start, measuredFrom: measuredFrom, measuredUntil: measuredUntil))
  }

  /// Breaks what is due, waits for the next news and takes them; to be called until no process is
  /// busy.
  ///
  /// - Parameter patience: how long it waits at most.
  func supervise(patience: Nanoseconds? = nil) throws(RunnerError) {
    if Interruption.isRequested, !isStopping { stopEarly(at: time.monotonicNow()) }
    endIfFruitless()
    try act(stopping: isStopping)
    // The last process may just have been killed, or have found that it is too late to return.
    guard isBusy else { return }
    let own = min(nextDeadline(stopping: isStopping) ?? patienceEnd, patienceEnd)
    try wait(until: patience.map { min(own, time.monotonicNow() + $0) } ?? own)
    if time.monotonicNow() >= patienceEnd { endOverdue(wasInterrupted: isStopping) }
  }

  /// Ends measuring now and lets the workers end.
  func stopEarly(at now: MonotonicTime) {
    isStopping = true
    measuredUntil = min(measuredUntil, now)
    stopAll()
    overdue = time.monotonicNow() + Self.interruptionLimit
    lostBefore = watch.lost
  }

  /// When workers that have not ended are ended. Time that was lost to a jump is not theirs: they
  /// may have been stopped as well, and what they said meanwhile has not been read yet.
  private var patienceEnd: MonotonicTime { overdue + (watch.lost - lostBefore) }

  /// Every process has ended.
  func endSupervision() {
    if case .operations = cell.load.extent {
      measuredUntil = processes.map(\.ended).max() ?? measuredUntil
    }
  }

  /// How long after the end of measuring a process may take to end.
  ///
  /// - Parameter ending: how long beyond every timeout of its own.
  static func patience(
    of cell: PlannedCell, ending: Nanoseconds = SupervisionLimits().ending
  ) -> Nanoseconds {
    let pauses = cell.faults.compactMap { $0.kind == .pause ? $0.duration : nil }
    // The protected write and the release each wait once more, whatever the time.
    let wait = cell.storage.busyTimeout + (cell.storage.acquireTimeout ?? .zero)
    let query = cell.load.sql == nil ? .zero : cell.load.invariantLimit
    return ending + wait + wait + (pauses.max() ?? .zero) + cell.load.hold + query
  }

  /// Whether a process has not ended.
  var isBusy: Bool {
    slots.contains { if case .ended = $0.state { false } else { true } }
      || abandoners.contains { $0.worker.exit == nil }
  }

  private func nextDeadline(stopping: Bool) -> MonotonicTime? {
    var deadlines: [MonotonicTime] = []
    for slot in slots {
      switch slot.state {
      case .awaitingRestart(let at): deadlines.append(at)
      case .paused(_, let until, _): deadlines.append(until)
      default: break
      }
    }
    let now = time.monotonicNow()
    if !stopping, now < measuredUntil, let next = successWatch?.next { deadlines.append(next) }
    if !stopping, now < measuredUntil, let due = timeline.nextDue {
      deadlines.append(min(due, measuredUntil))
    }
    return deadlines.min()
  }

  /// Does what is due: restarts, ends of pauses, faults.
  private func act(stopping: Bool) throws(RunnerError) {
    let now = time.monotonicNow()
    for process in slots.indices {
      switch slots[process].state {
      case .awaitingRestart(let at) where now >= at || stopping:
        // No restart after the end: there would be nothing left to do.
        if now < measuredUntil, !stopping {
          try start(process)
        } else {
          slots[process].state = .ended
        }
      case .paused(let worker, let until, let fault) where now >= until || stopping:
        worker.signal(SIGCONT)
        slots[process].state = .running(worker)
        faults[fault].recovered = time.monotonicNow()
      default: break
      }
    }
    guard !stopping, now < measuredUntil else { return }
    for fault in timeline.due(at: now) { try inject(fault) }
  }

  private func stopAll() {
    for slot in slots {
      slot.worker?.signal(SIGCONT)
      try? slot.worker?.channel.send(CoordinatorMessage.stop)
    }
  }

  /// Waits until a worker says something, the user interrupts, or `deadline`, one beat of the watch
  /// at most.
  func wait(until deadline: MonotonicTime) throws(RunnerError) {
    let entries = slots.indices.compactMap { process in
      slots[process].worker.map { (process: process, worker: $0) }
    }
    let waiting = abandoners.indices.filter { abandoners[$0].worker.exit == nil }
    // After the request the descriptor stays readable: polling it again would spin. But a request
    // that nobody has acted upon yet must end the wait, however long it has been there.
    let interruption = isStopping ? -1 : Interruption.descriptor
    var descriptors =
      (entries.map(\.worker.channel.descriptor)
      + waiting.map { abandoners[$0].worker.channel.descriptor } + [interruption])
      .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let ready = watch.wait(until: deadline) { milliseconds in
      unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    }
    guard ready > 0 else { return }
    let hasNews = descriptors.map { $0.revents != 0 }
    for (entry, hasNews) in zip(entries, hasNews) where hasNews {
      try readMessages(entry.process, entry.worker)
    }
    for (abandoner, hasNews) in zip(waiting, hasNews.dropFirst(entries.count)) where hasNews {
      let channel = abandoners[abandoner].worker.channel
      let isAlive = channel.readSome()
      while let message = try channel.nextMessage(WorkerMessage.self) {
        if case .failed(let failure) = message { throw RunnerError(failure) }
        if case .notOpened(_, let reason) = message {
          faults[abandoners[abandoner].fault].missed = reason
        }
      }
      if !isAlive { abandonerEnded(abandoner, wasKilled: false) }
    }
  }

  func readMessages(_ process: Int, _ worker: WorkerProcess) throws(RunnerError) {
    let isAlive = worker.channel.readSome()
    while let message = try worker.channel.nextMessage(WorkerMessage.self) {
      switch message {
      case .ready(let ready): becameReady(process, ready)
      case .finished(let report):
        let id = ActorID(process: process, incarnation: slots[process].incarnation, actor: 0)
        reports[id] = report
      case .notOpened(let ready, _):
        library = ready
        slots[process].couldNotOpen = true
      case .observed(let observation): memoryObservation = observation
      case .failing(let failure): take(failure)
      case .failed(let failure):
        guard [.damagedDatabase, .refusedByDatabase].contains(failure.kind) else {
          throw RunnerError(failure)
        }
        slots[process].refusal = failure
      case .explored: break
      }
    }
    if !isAlive { try ended(process, worker) }
  }

  private func becameReady(_ process: Int, _ ready: WorkerReady) {
    library = ready
    processes[slots[process].record].ready = ready.firstRow
    // The first incarnations wait for each other; a restarted one begins at once.
    if slots[process].incarnation > 0 { sendBegin(process, start: time.monotonicNow()) }
    if let fault = slots[process].recovers {
      faults[fault].recovered = ready.firstRow
      slots[process].recovers = nil
    }
  }

  /// The worker's channel has closed: it has ended or died.
  func ended(_ process: Int, _ worker: WorkerProcess) throws(RunnerError) {
    let exit = worker.reap()
    close(process, exit, wasKilled: false)
    let id = ActorID(process: process, incarnation: slots[process].incarnation, actor: 0)
    if exit.status == 0, reports[id] != nil || slots[process].couldNotOpen {
      slots[process].state = .ended
    } else if slots[process].refusal?.kind == .damagedDatabase {
      // No fault of the process, and none that only it would see: the checks look at the database.
      slots[process].state = .ended
    } else if exit.signal == SIGKILL, let kill = try killAtOperation(process) {
      processes[slots[process].record].wasKilled = true
      recordKill(process, cell.faults[kill.number], at: kill.time, place: kill.place)
    } else if exit.signal == SIGKILL, slots[process].incarnation == 0,
      let trigger = slots[process].killAfterCommits
    {
      processes[slots[process].record].wasKilled = true
      recordKill(process, trigger.fault, at: time.monotonicNow())
    } else {
      incidents.append(
        Incident(
          cell: cell.id, repetition: repetition, process: process,
          incarnation: slots[process].incarnation, exit: exit.text,
          standardError: slots[process].refusal?.message ?? errorTail(worker)))
      slots[process].state = .ended
    }
  }

  /// Closes the record of a process that is gone.
  func close(_ process: Int, _ exit: WorkerProcess.Exit, wasKilled: Bool) {
    let record = slots[process].record
    processes[record].ended = time.monotonicNow()
    processes[record].wasKilled = wasKilled
    processes[record].peakResidentBytes = exit.peakResidentBytes
  }

  /// Ends processes that did not end by themselves in time.
  private func endOverdue(wasInterrupted: Bool) {
    for abandoner in abandoners.indices where abandoners[abandoner].worker.exit == nil {
      abandoners[abandoner].worker.signal(SIGKILL)
      abandonerEnded(abandoner, wasKilled: true)
    }
    for process in slots.indices {
      guard let worker = slots[process].worker else {
        slots[process].state = .ended
        continue
      }
      worker.signal(SIGKILL)
      close(process, worker.reap(), wasKilled: wasInterrupted)
      slots[process].state = .ended
      guard !wasInterrupted else { continue }
      incidents.append(
        Incident(
          cell: cell.id, repetition: repetition, process: process,
          incarnation: slots[process].incarnation,
          exit: "did not end in time after the run and was killed",
          standardError: errorTail(worker)))
    }
  }
}
