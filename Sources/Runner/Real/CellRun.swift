import AssayModel
import Foundation
import Glibc
import Platform

/// What one repetition of one cell left behind.
struct CellOutcome {
  /// What was recorded.
  var record: CellRecord
  /// Reports of the workers that ended by themselves.
  var reports: [ActorID: WorkerReport]
  /// Workers that exited unexpectedly.
  var incidents: [Incident]
  /// What a worker said of the library.
  var library: WorkerReady
  /// Whether the user interrupted it.
  var wasInterrupted: Bool
  /// Jumps of time while its workers lived.
  var jumps: [TimeJump] = []
  /// What the observing process took, from its start to its end.
  var observing: Nanoseconds
  /// Sizes of the files; `nil` in memory.
  var sizes: SizesResult?
  /// The first failure of each operation with each code.
  var failures: [FirstFailure] = []
  /// Why the run ended before its time; `nil` when it did not.
  var endedEarly: String?
}

/// A worker that exited unexpectedly: what is known about it.
struct Incident: Codable, Equatable, Sendable {
  /// The cell.
  var cell: String
  /// Which repetition.
  var repetition: Int
  /// Number of the process.
  var process: Int
  /// How often it was started before.
  var incarnation: Int
  /// How it ended.
  var exit: String
  /// The end of its standard error.
  var standardError: String
}

/// Runs one repetition of one cell: starts workers, breaks things on time, and collects.
///
/// Everything happens on the calling thread, which waits in `poll`.
final class CellRun {
  /// One process of the cell over all its incarnations.
  struct Slot {
    /// Where the process stands.
    enum State {
      /// Started, not ready yet.
      case starting(WorkerProcess)
      /// Its actors work.
      case running(WorkerProcess)
      /// Stopped by a pause until the time.
      case paused(WorkerProcess, until: MonotonicTime, fault: Int)
      /// Killed; returns at the time.
      case awaitingRestart(at: MonotonicTime)
      /// Ended, for whatever reason.
      case ended
    }

    var state: State
    var incarnation = 0
    var owner: String
    /// Index of its entry in `processes`.
    var record = 0
    /// Index of the fault whose recovery its readiness marks.
    var recovers: Int?
    /// Why it could not return after its death, once it has said so.
    var refusal: WorkerFailure?
    /// Whether it said that it could not open the database in time.
    var couldNotOpen = false
    /// The worker kills itself after this many commits.
    var killAfterCommits: (fault: FaultSpecification, count: Int)?

    /// The process, while there is one.
    var worker: WorkerProcess? {
      switch state {
      case .starting(let worker), .running(let worker), .paused(let worker, _, _): worker
      case .awaitingRestart, .ended: nil
      }
    }
  }

  let cell: PlannedCell
  let index: Int
  let repetition: Int
  let folder: RunFolder
  let launcher: WorkerLauncher
  let time: any TimeSource
  let expectedSourceID: String?
  /// A database that the cell's own is a copy of; `nil` where a worker makes it.
  let template: String?
  /// Whether the database is read after the run; without that there is nothing to judge by.
  let observes: Bool
  /// Its place among cells that work in turns.
  let seat: TurnSeat?
  let limits: SupervisionLimits
  /// What notices jumps of time; shared by cells that are supervised together.
  var watch: TimeWatch

  /// Called about every `LoadWatch.interval` while the load runs.
  var onLook: ((CellRun) -> Void)?

  var slots: [Slot] = []
  var processes: [ProcessRecord] = []
  var faults: [FaultRecord] = []
  var incidents: [Incident] = []
  var reports: [ActorID: WorkerReport] = [:]
  var timeline: FaultTimeline
  /// Whether the worker that reads the final content was given up.
  private var hasGivenUpReading = false
  var library: WorkerReady?
  var measuredFrom = MonotonicTime(nanoseconds: 0)
  var measuredUntil = MonotonicTime(nanoseconds: 0)
  /// When workers that have not ended are ended, not counting time lost to jumps: see
  /// `patienceEnd`.
  var overdue = MonotonicTime(nanoseconds: 0)
  /// Time that the watch had lost when that was set.
  var lostBefore = Nanoseconds.zero
  /// Jumps that the watch had noticed before the workers were started.
  var jumpsBefore = 0
  /// Workers that plant stale locks; they are no part of the load.
  var abandoners: [Abandoner] = []
  /// Whether the workers were told to end before their time: the user interrupted, or nothing
  /// succeeded.
  var isStopping = false
  /// When the actors began.
  var begun = MonotonicTime(nanoseconds: 0)
  /// The first failure of each operation with each code.
  var failures: [FirstFailure] = []
  /// Looks whether anything succeeds, once something has failed.
  var successWatch: SuccessWatch?
  /// Why the run ended before its time.
  var endedEarly: String?
  /// What a worker of a database in memory read before it ended.
  var memoryObservation: Observation?
  /// What was done to the files so far.
  var tampering = Tampering()
  /// For how long a process tries to open a database that others use.
  var openingPatience: Nanoseconds
  /// How often the lengths of the files are looked at.
  var sizeInterval: Nanoseconds
  /// From the beginning of the load to its end.
  var sizeWatch: SizeWatch?

  /// A worker that takes a lock and ends.
  struct Abandoner {
    var worker: WorkerProcess
    /// Index of its entry in `processes`.
    var record: Int
    /// Index of its entry in `faults`.
    var fault: Int
  }

  init(
    cell: PlannedCell, index: Int, repetition: Int, folder: RunFolder, launcher: WorkerLauncher,
    time: any TimeSource, expectedSourceID: String?, template: String? = nil,
    observes: Bool = true, seat: TurnSeat? = nil, limits: SupervisionLimits = SupervisionLimits(),
    watch: TimeWatch? = nil
  ) {
    self.limits = limits
    self.watch = watch ?? TimeWatch(time, limit: limits.jump)
    self.seat = seat
    self.cell = cell
    self.index = index
    self.repetition = repetition
    self.folder = folder
    self.launcher = launcher
    self.time = time
    self.expectedSourceID = expectedSourceID
    self.template = template
    self.observes = observes
    openingPatience = OpeningRefusal.patience(of: cell)
    sizeInterval = cell.sizeInterval
    timeline = FaultTimeline([], from: measuredFrom, seed: cell.seed)
  }

  deinit {
    sizeWatch?.end()
    endEverything()
  }

  /// Runs from set-up to observation.
  func run() throws(RunnerError) -> CellOutcome {
    try prepareDatabase()
    try launchAll()
    try awaitReadiness()
    begin(at: Self.soon(time))
    while isBusy {
      try supervise(patience: onLook == nil ? nil : LoadWatch.interval)
      onLook?(self)
    }
    return try finish()
  }

  /// Reads what the workers left behind.
  func finish() throws(RunnerError) -> CellOutcome {
    let readings = sizeWatch?.end()
    endSupervision()
    let jumps = Array(watch.jumps.dropFirst(jumpsBefore))
    try collectInjections()
    try finishTampering()
    let beforeObserving = time.monotonicNow()
    let observation = observes ? try observe() : Observation()
    let observing = time.monotonicNow() - beforeObserving
    if observes { reportUnseenDamage(observation) }
    guard let library else { throw RunnerError(.harness, "no worker of \(cell.id) became ready") }
    var record = CellRecord(
      cell: cell, repetition: repetition, measuredFrom: measuredFrom,
      measuredUntil: measuredUntil, processes: processes, faults: faults,
      observation: observation, library: LibraryVersion(number: library.libraryNumber))
    record.copied = tampering.copied
    let started = processes.count { $0.process < cell.load.processes }
    var outcome = CellOutcome(
      record: record, reports: reports, incidents: incidents, library: library,
      wasInterrupted: Interruption.isRequested, observing: observing,
      sizes: readings.map {
        SizesResult($0, reports: Array(reports.values), processes: started)
      }, failures: failures, endedEarly: endedEarly)
    outcome.jumps = jumps
    return outcome
  }

  // MARK: Files

  var databasePath: String {
    if cell.storage.isInMemory { return ":memory:" }
    return "\(folder.data(cell: index, repetition: repetition))/assay.db"
  }

  var historyFolder: String { folder.histories(cell: index, repetition: repetition) }

  /// Makes the folders and the database, except one in memory, which its process makes.
  func prepareDatabase() throws(RunnerError) {
    try prepareFolders()
    guard databasePath != ":memory:" else { return }
    if let template {
      try FileClone.make(of: template, at: databasePath)
    } else {
      try runAlone(.setUp)
    }
  }

  private func prepareFolders() throws(RunnerError) {
    for path in [historyFolder, folder.data(cell: index, repetition: repetition)] {
      do {
        try Folder.create(path)
      } catch {
        throw RunnerError(.harness, "the folder '\(path)' cannot be created: \(error)")
      }
    }
  }

  // MARK: Assignments

  func assignment(
    _ role: WorkerAssignment.Role, process: Int = 0, incarnation: Int = 0, owner: String = "",
    killAfterCommits: Int? = nil, lock: Int? = nil
  ) -> WorkerAssignment {
    var assignment = WorkerAssignment(
      role: role, cell: cell, repetition: repetition, process: process, incarnation: incarnation,
      owner: owner,
      databasePath: role == .observe ? tampering.observedPath ?? databasePath : databasePath,
      historyFolder: historyFolder,
      coordinator: getpid(), killAfterCommits: killAfterCommits, lock: lock,
      expectedSourceID: expectedSourceID, seat: role == .run ? seat : nil)
    assignment.openingPatience = openingPatience
    assignment.measuredFrom = incarnation > 0 ? measuredFrom : nil
    return assignment
  }

  /// The owner identifier of an incarnation.
  func owner(process: Int, incarnation: Int) -> String {
    switch cell.locks.owner {
    case .stable: return "process-\(process)"
    case .random:
      let seed = cell.seed.derived("owner").derived("process", process)
        .derived("incarnation", incarnation).derived("repetition", repetition)
      let digits = String(seed.rawValue, radix: 16)
      // All of one length: a shorter row would change what is read and written.
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
  }

  /// Runs a worker that does one thing and ends; returns its last message.
  ///
  /// - Throws: `interrupted`, when the user does not wait for its end.
  @discardableResult
  func runAlone(_ role: WorkerAssignment.Role) throws(RunnerError) -> WorkerMessage? {
    let worker = try launcher.launch(assignment(role), now: time.monotonicNow())
    defer {
      worker.signal(SIGKILL)
      worker.reap()
    }
    var last: WorkerMessage?
    while try awaitNews(of: worker, role), worker.channel.readSome() {
      while let message = try worker.channel.nextMessage(WorkerMessage.self) {
        if case .ready(let ready) = message { library = ready } else { last = message }
      }
    }
    let exit = worker.reap()
    if case .failed(let failure) = last { throw RunnerError(failure) }
    guard last != nil, exit.status == 0 else {
      throw RunnerError(
        .harness, "the \(role.rawValue) worker of \(cell.id) \(exit.text): \(errorTail(worker))")
    }
    return last
  }

  /// How long a worker may still read the database after Ctrl-C.
  private static let observationLimit = Nanoseconds.seconds(2)

  /// How long the reading of the database may take beyond every limit of its own: a function of SQL
  /// that never returns is not interrupted by SQLite.
  private var readingPatience: Nanoseconds {
    let evaluations = Int64(cell.load.sql?.invariants.count ?? 0)
    let own = Nanoseconds(cell.load.invariantLimit.rawValue * evaluations)
    return ObserveWorker.readingLimit + own + .seconds(60)
  }

  /// Waits until a worker that runs alone has said something or is gone.
  private func awaitNews(
    of worker: WorkerProcess, _ role: WorkerAssignment.Role
  ) throws(RunnerError) -> Bool {
    while true {
      let isInterrupted = Interruption.isRequested
      if isInterrupted, role != .observe { throw RunnerError(.interrupted, "interrupted") }
      var descriptors = [
        pollfd(fd: worker.channel.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(
          fd: isInterrupted ? -1 : Interruption.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let patience: Nanoseconds? =
        isInterrupted ? Self.observationLimit : role == .observe ? readingPatience : nil
      let milliseconds = patience.map { Int32(clamping: $0.rawValue / 1_000_000) } ?? -1
      let count = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
      if descriptors[0].revents != 0 { return true }
      guard count == 0 else { continue }
      if isInterrupted { throw RunnerError(.interrupted, "interrupted") }
      hasGivenUpReading = true
      return false
    }
  }

  /// Reads the database in a fresh process, which also recovers it if need be.
  private func observe() throws(RunnerError) -> Observation {
    // A database in memory has died with its process: it was read there. If the process did not
    // come to that, nobody has looked, and nothing is known to be damaged.
    if databasePath == ":memory:" { return memoryObservation ?? Observation() }
    let answer: WorkerMessage?
    do {
      answer = try runAlone(.observe)
    } catch {
      // What was measured is kept; what was not looked at is unknown.
      if error.code == .interrupted { return Observation() }
      if hasGivenUpReading { return .givenUp }
      throw error
    }
    guard case .observed(let observation) = answer else {
      throw RunnerError(.harness, "the observing worker of \(cell.id) said nothing")
    }
    return observation
  }

  /// A process that found the database damaged when it returned is a matter for the checks; if they
  /// see nothing of that, or are not asked, it is an incident.
  func reportUnseenDamage(_ observation: Observation) {
    let isAsked =
      cell.furtherChecks.contains(.integrity)
      || cell.expectations.contains { $0.check == .integrity }
    let isSeen = observation.failure != nil || observation.integrityRows != ["ok"]
    if isAsked, isSeen { return }
    for (process, slot) in slots.enumerated() where slot.refusal?.kind == .damagedDatabase {
      incidents.append(
        Incident(
          cell: cell.id, repetition: repetition, process: process,
          incarnation: slot.incarnation, exit: "found the database damaged when it returned",
          standardError: slot.refusal?.message ?? ""))
    }
  }

  /// The end of a worker's standard error.
  func errorTail(_ worker: WorkerProcess) -> String { worker.errorTail }

  private func endEverything() {
    for worker in slots.compactMap(\.worker) + abandoners.map(\.worker) {
      worker.signal(SIGKILL)
      worker.reap()
    }
  }
}

extension RunnerError {
  /// What a worker gave up for.
  init(_ failure: WorkerFailure) {
    switch failure.kind {
    case .harness: self.init(.harness, failure.message)
    case .input: self.init(.input, failure.message)
    case .environment: self.init(.environment, failure.message)
    case .damagedDatabase, .refusedByDatabase: self.init(.harness, failure.message)
    }
  }
}
