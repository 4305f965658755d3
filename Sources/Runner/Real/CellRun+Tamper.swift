import AssayModel
import Glibc
import Platform

extension CellRun {
  /// How soon a moment that was not there is looked for again.
  private static let tamperInterval = Nanoseconds.milliseconds(1)
  /// How often in a row the processes are stopped and let go while one of them is inside a write.
  private static let steps = 64
  /// How much longer than the last time they run between two stops, from nothing to 16 times as
  /// much and then anew. A commit spends most of its time in syncs, at whose end a stop takes
  /// effect; the writes that follow, and that matter, are met by stops at growing distances.
  private static let stride = Nanoseconds.microseconds(4)

  /// What a search among stopped processes came to.
  private enum Look {
    /// Something was hit: what, for people, and the process that it hit, if it was one.
    case hit(String, process: Int?)
    /// Nothing was there to hit, for this reason.
    case nothing(String)
  }

  /// Searches for a moment at which a due tampering matters, and does it; postpones it otherwise.
  func tamper(_ index: Int, _ fault: FaultSpecification) throws(RunnerError) {
    guard let tamper = Tamper(fault) else {
      throw RunnerError(.input, "tamper: this version does not know that way")
    }
    for step in 0..<Self.steps {
      let stopped = stopProcesses()
      let look = stopped.isEmpty ? .nothing("no process was running") : try attempt(tamper, index)
      for process in stopped { slots[process].worker?.signal(SIGCONT) }
      switch look {
      case .hit(let target, let process):
        let now = time.monotonicNow()
        try intervene(tamper)
        timeline.injected(index, at: now)
        tampering.hits.insert(index)
        faults.append(
          FaultRecord(
            kind: .tamper, process: process, target: "\(tamper.rawValue): \(target)",
            hitDuringWrite: true, injected: now))
        return
      case .nothing(let reason):
        tampering.reasons[index] = reason
        // What was saved waits for the end; there is no moment left to look for.
        if tampering.saved[index] != nil { return }
      }
      // Between two writes it may be long until the next one.
      guard stopped.contains(where: isInsideWrite) else { break }
      let next = time.monotonicNow() + Nanoseconds(Self.stride.rawValue * Int64(step % 16))
      while time.monotonicNow() < next {}
    }
    timeline.postpone(index, to: time.monotonicNow() + Self.tamperInterval)
  }

  /// What is left to do when every process has ended: journals are put back, and what found
  /// nothing to hit is recorded.
  func finishTampering() throws(RunnerError) {
    for (index, fault) in cell.faults.enumerated() {
      guard let tamper = Tamper(fault), !tampering.hits.contains(index) else { continue }
      let now = time.monotonicNow()
      var record = FaultRecord(
        kind: .tamper, process: nil, target: "\(tamper.rawValue): nothing", injected: now)
      if let saved = tampering.saved[index] {
        let pages = try putBack(saved)
        record.target = "\(tamper.rawValue): \(fileName(saved.path)) of \(text(saved.saved))"
        if pages > 0 {
          record.target += " put back, which changes \(pages) pages"
        } else {
          record.missed = "the database holds what the saved \(fileName(saved.path)) says"
        }
      } else {
        record.missed = tampering.reasons[index] ?? "its time never came"
      }
      faults.append(record)
    }
  }

  // MARK: Stopping

  /// Stops every process that is not paused anyway.
  ///
  /// - Returns: those that stand still now because of this, by number.
  private func stopProcesses() -> [Int] {
    slots.indices.filter { process in
      if case .paused = slots[process].state { return false }
      return slots[process].worker?.stop() ?? false
    }
  }

  private func isInsideWrite(_ process: Int) -> Bool {
    LatestActivity(
      folder: historyFolder, process: process, incarnation: slots[process].incarnation,
      actors: cell.load.writers + cell.load.readers
    ).isInsideWrite
  }

  /// Ends the cell at this moment, as the loss of the machine would: nobody returns.
  private func killEverybody() throws(RunnerError) {
    measuredUntil = min(measuredUntil, time.monotonicNow())
    for process in slots.indices {
      guard let worker = slots[process].worker else {
        slots[process].state = .ended
        continue
      }
      worker.signal(SIGKILL)
      let exit = worker.reap()
      guard exit.signal == SIGKILL else {
        // It had ended already, in order or not: what it said last and how it ended still count.
        while slots[process].worker != nil { try readMessages(process, worker) }
        continue
      }
      close(process, exit, wasKilled: true)
      slots[process].state = .ended
    }
  }

  // MARK: The ways

  /// Does it, if this is a moment for it. All processes stand still.
  private func attempt(_ tamper: Tamper, _ index: Int) throws(RunnerError) -> Look {
    switch tamper {
    case .copy: try copyDatabase()
    case .vacuumInto, .backup: try beginCopy()
    case .schema: .hit("\(fileName(databasePath)), two tables exchanged their pages", process: nil)
    case .delete: try deleteJournal()
    case .swap: try saveJournal(index)
    case .rename: try renameDatabase()
    case .zeroSharedMemory: try zeroSharedMemory()
    }
  }

  private var files: DatabaseFiles { DatabaseFiles(path: databasePath) }

  private var isWAL: Bool { cell.storage.journalMode == .wal }

  /// What the database file alone does not hold as it should; `nil` when nothing.
  private func dependence() throws(RunnerError) -> String? {
    guard isWAL else {
      return try files.halfTransaction().map {
        "\($0.written) of \($0.of) pages of a transaction written"
      }
    }
    // Each writer may not have heard of its last commit yet: one more is surely acknowledged.
    let writers = cell.load.processes * cell.load.writers
    let commits = try files.unwrittenCommits()
    return commits > writers ? "\(commits) commits in the log only" : nil
  }

  private var independence: String {
    isWAL
      ? "no acknowledged transaction stood in the log only"
      : "no transaction was found half in the database"
  }

  private func copyDatabase() throws(RunnerError) -> Look {
    guard let what = try dependence() else { return .nothing(independence) }
    let copy = InterveneWorker.copyPath(of: databasePath)
    try files.copyDatabase(to: copy)
    tampering.observedPath = copy
    try killEverybody()
    return .hit("\(fileName(databasePath)), \(what)", process: nil)
  }

  /// What is acknowledged by now must be in the copy that is made next.
  private func beginCopy() throws(RunnerError) -> Look {
    guard let what = try dependence() else { return .nothing(independence) }
    tampering.copied = time.monotonicNow()
    return .hit("\(fileName(databasePath)), \(what)", process: nil)
  }

  /// Has a worker of its own do its part while the others go on.
  private func intervene(_ tamper: Tamper) throws(RunnerError) {
    guard let role = tamper.role else { return }
    try runAlone(role)
    guard tamper != .schema else { return }
    tampering.observedPath = InterveneWorker.copyPath(of: databasePath)
    try killEverybody()
  }

  private func deleteJournal() throws(RunnerError) -> Look {
    guard let what = try dependence() else { return .nothing(independence) }
    try killEverybody()
    let journal = isWAL ? files.logPath : files.journalPath
    try files.delete(journal)
    return .hit("\(fileName(journal)), \(what)", process: nil)
  }

  private func saveJournal(_ index: Int) throws(RunnerError) -> Look {
    let bytes = try isWAL ? files.logBytes() : files.journalBytes()
    let isInUse = bytes.map { isWAL ? WriteAheadLog($0) != nil : RollbackJournal($0) != nil }
    guard let bytes, isInUse == true else { return .nothing("no journal or log was in use") }
    let now = time.monotonicNow()
    tampering.saved[index] = Tampering.SavedJournal(
      bytes: bytes, path: isWAL ? files.logPath : files.journalPath, saved: now)
    timeline.injected(index, at: now)
    return .nothing("it waits for the end")
  }

  /// - Returns: how many pages a recovery with the old journal or log will change.
  private func putBack(_ saved: Tampering.SavedJournal) throws(RunnerError) -> Int {
    let pages =
      try isWAL
      ? files.pagesChanged(byLog: saved.bytes) : files.pagesChanged(byJournal: saved.bytes)
    try files.put(saved.bytes, at: saved.path)
    return pages
  }

  private func renameDatabase() throws(RunnerError) -> Look {
    // Not inside a transaction: the damage is to come from what happens afterwards.
    if !isWAL, try files.databaseWriter() != nil {
      return .nothing("a transaction was under way all the time")
    }
    try files.replaceByCopy()
    return .hit("\(fileName(databasePath)), a copy took its place", process: nil)
  }

  private func zeroSharedMemory() throws(RunnerError) -> Look {
    guard try dependence() != nil else { return .nothing(independence) }
    let holder = try files.logWriter()
    guard let process = slots.indices.first(where: { slots[$0].worker?.processID == holder }) else {
      return .nothing("no process held the write lock of the log")
    }
    let bytes = try files.zeroSharedMemory()
    return .hit("\(bytes) bytes, process \(process) held the write lock", process: process)
  }

  // MARK: Words

  private func fileName(_ path: String) -> String {
    String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
  }

  private func text(_ time: MonotonicTime) -> String {
    "+\((time - measuredFrom).rawValue / 1_000_000) ms"
  }
}
