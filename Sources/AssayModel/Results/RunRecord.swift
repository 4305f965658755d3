/// Everything that was recorded of one repetition of one cell, apart from the histories and the
/// content, which stand in files and are read as streams.
public struct CellRecord: Hashable, Codable, Sendable {
  /// The cell that ran.
  public var cell: PlannedCell
  /// Which repetition, from 0.
  public var repetition: Int
  /// When measuring began (after the warm-up).
  public var measuredFrom: MonotonicTime
  /// When measuring ended.
  public var measuredUntil: MonotonicTime
  /// One entry per started worker process, restarts included.
  public var processes: [ProcessRecord]
  /// What was broken, and when.
  public var faults: [FaultRecord]
  /// When a copy was begun that is judged instead of the database: it may lack what was
  /// acknowledged later. `nil` where the database itself is judged, or a copy of one moment.
  public var copied: MonotonicTime?
  /// What was found in the database afterwards.
  public var observation: Observation
  /// The library version that the workers used.
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

/// The life of one worker process.
public struct ProcessRecord: Hashable, Codable, Sendable {
  /// Number of the process, from 0.
  public var process: Int
  /// How often it was started before.
  public var incarnation: Int
  /// The owner identifier of its locks.
  public var owner: String
  /// When it was started.
  public var started: MonotonicTime
  /// When it reported ready: database open, first row read. `nil` if it never did.
  public var ready: MonotonicTime?
  /// When it was known to be gone: no call of its can take effect later.
  public var ended: MonotonicTime
  /// Whether a fault killed it.
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
  /// What was done.
  public var kind: FaultSpecification.Kind
  /// Number of the process it hit; `nil` when it hit no process.
  public var process: Int?
  /// What exactly was hit, for people.
  public var target: String
  /// Whether the target held a lock or was inside a write when it was hit.
  public var hitDuringWrite: Bool
  /// When.
  public var injected: MonotonicTime
  /// When the effect was first noticed, such as the process reaped.
  public var detected: MonotonicTime?
  /// When work went on: the process continued, or its successor was ready.
  public var recovered: MonotonicTime?
  /// Why it hit nothing, for people; `nil` when it did. The target of a `tamper` fault then still
  /// begins with its word.
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

/// One passage of a lock from an owner that did not release it to another one.
public struct Takeover: Hashable, Codable, Sendable {
  /// Number of the lock.
  public var lock: UInt64
  /// Who held it; `nil` for a row that the harness planted.
  public var from: ActorID?
  /// Who took it.
  public var to: ActorID
  /// The new fencing token.
  public var token: UInt64
  /// When the last acquire or renewal of the old owner was durable.
  public var lastRenewal: MonotonicTime
  /// When the old owner's process was killed, if it was.
  public var killed: MonotonicTime?
  /// When the new owner's acquire returned.
  public var acquired: MonotonicTime
  /// Whether the new owner is a later incarnation of the same process with the same owner
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
