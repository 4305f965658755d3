/// Everything recorded about one repetition of one cell, apart from the histories and the content,
/// which are stored in files and read as streams.
public struct CellRecord: Hashable, Codable, Sendable {
  /// The cell that ran.
  public var cell: PlannedCell
  /// Index of the repetition, from 0.
  public var repetition: Int
  /// Time at which measuring began (after the warm-up).
  public var measuredFrom: MonotonicTime
  /// Time at which measuring ended.
  public var measuredUntil: MonotonicTime
  /// One entry per started worker process, restarts included.
  public var processes: [ProcessRecord]
  /// Injected faults with their times.
  public var faults: [FaultRecord]
  /// Time at which copying began, if a copy is judged instead of the database: the copy may lack
  /// writes that were acknowledged later. `nil` if the database itself is judged, or a copy taken
  /// at a single moment.
  public var copied: MonotonicTime?
  /// State of the database, as found after the run.
  public var observation: Observation
  /// SQLite version that the workers used.
  public var library: LibraryVersion

  /// Creates a record.
  public init(
    cell: PlannedCell, repetition: Int, measuredFrom: MonotonicTime,
    measuredUntil: MonotonicTime, processes: [ProcessRecord], faults: [FaultRecord],
    observation: Observation, library: LibraryVersion
  ) {
    self.cell = cell
    self.repetition = repetition
    self.measuredFrom = measuredFrom
    self.measuredUntil = measuredUntil
    self.processes = processes
    self.faults = faults
    self.observation = observation
    self.library = library
  }
}

/// Lifetime of one worker process.
public struct ProcessRecord: Hashable, Codable, Sendable {
  /// Number of the process, from 0.
  public var process: Int
  /// Number of earlier starts of this process.
  public var incarnation: Int
  /// Owner identifier of its locks.
  public var owner: String
  /// Time at which it was started.
  public var started: MonotonicTime
  /// Time at which it reported ready: database open, first row read. `nil` if it never did.
  public var ready: MonotonicTime?
  /// Time from which the process is known to be gone: none of its calls can take effect later.
  public var ended: MonotonicTime
  /// True if a fault killed it.
  public var wasKilled: Bool
  /// Peak resident memory in bytes; 0 when unknown.
  public var peakResidentBytes: UInt64

  /// Creates a record.
  public init(
    process: Int, incarnation: Int, owner: String, started: MonotonicTime, ready: MonotonicTime?,
    ended: MonotonicTime, wasKilled: Bool, peakResidentBytes: UInt64
  ) {
    self.process = process
    self.incarnation = incarnation
    self.owner = owner
    self.started = started
    self.ready = ready
    self.ended = ended
    self.wasKilled = wasKilled
    self.peakResidentBytes = peakResidentBytes
  }
}

/// One fault that was injected.
public struct FaultRecord: Hashable, Codable, Sendable {
  /// Kind of fault.
  public var kind: FaultSpecification.Kind
  /// Number of the process that was hit; `nil` if the fault hit no process.
  public var process: Int?
  /// Readable description of the exact target.
  public var target: String
  /// True if the target held a lock or was inside a write when the fault hit it.
  public var hitDuringWrite: Bool
  /// Time of the injection.
  public var injected: MonotonicTime
  /// Time at which the effect was first noticed, for example when the process was reaped.
  public var detected: MonotonicTime?
  /// Time at which work resumed: the process continued, or its successor was ready.
  public var recovered: MonotonicTime?
  /// Readable reason why the fault hit nothing; `nil` if it hit. The target of a missed `tamper`
  /// fault still begins with its word.
  public var missed: String?

  /// Creates a record.
  public init(
    kind: FaultSpecification.Kind, process: Int?, target: String, hitDuringWrite: Bool = false,
    injected: MonotonicTime, detected: MonotonicTime? = nil, recovered: MonotonicTime? = nil
  ) {
    self.kind = kind
    self.process = process
    self.target = target
    self.hitDuringWrite = hitDuringWrite
    self.injected = injected
    self.detected = detected
    self.recovered = recovered
  }
}

/// A lock that passed to another owner without being released by the previous one.
public struct Takeover: Hashable, Codable, Sendable {
  /// Number of the lock.
  public var lock: UInt64
  /// Previous holder; `nil` for a row that the harness planted.
  public var from: ActorID?
  /// New holder.
  public var to: ActorID
  /// The new fencing token.
  public var token: UInt64
  /// Time at which the old owner's last acquire or renewal was durable.
  public var lastRenewal: MonotonicTime
  /// Time at which the old owner's process was killed, if it was.
  public var killed: MonotonicTime?
  /// Time at which the new owner's acquire returned.
  public var acquired: MonotonicTime
  /// True if the new owner is a later incarnation of the same process with the same owner
  /// identifier, which need not wait for the lease to end.
  public var isReentry: Bool

  /// Creates a takeover.
  public init(
    lock: UInt64, from: ActorID?, to: ActorID, token: UInt64, lastRenewal: MonotonicTime,
    killed: MonotonicTime?, acquired: MonotonicTime, isReentry: Bool
  ) {
    self.lock = lock
    self.from = from
    self.to = to
    self.token = token
    self.lastRenewal = lastRenewal
    self.killed = killed
    self.acquired = acquired
    self.isReentry = isReentry
  }
}
