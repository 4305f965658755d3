/// What one cell showed, its repetitions merged.
public struct CellResult: Codable, Equatable, Sendable {
  /// The cell's name in the plan.
  public var id: String
  /// Its matrix values by path.
  public var parameters: [String: String]
  /// What the checks found.
  public var verdicts: [Verdict]
  /// Figures per kind of operation, by its name.
  public var operations: [String: OperationResult]
  /// Acknowledged operations of all kinds per second of measuring.
  public var throughput: Double
  /// Seconds of measuring, repetitions added.
  public var measuredSeconds: Double
  /// Repetitions that ran.
  public var repetitions: Int
  /// What became of the attempts, by operation; `nil` in results of earlier versions.
  public var attempts: [AttemptsResult]?
  /// Attempts that ended with an error, by operation and code; `nil` in results of earlier
  /// versions.
  public var errors: [ErrorResult]?
  /// Why the run ended before its time; `nil` when it did not.
  public var endedEarly: String?
  /// One entry per actor and incarnation.
  public var actors: [ActorResult]
  /// Activity per 100 ms of the first repetition.
  public var series: [SeriesPoint]
  /// Exact counts, such as `busy_waits`.
  public var counts: [String: UInt64]
  /// What the time of its operations went to; `nil` where nobody has measured.
  public var serviceTime: ServiceTime?
  /// What became of the rate that was asked for; `nil` in a closed loop.
  public var openLoop: OpenLoopResult?
  /// Jumps of time while it ran: what its figures of time are worth is unknown. `nil` for none.
  public var timeJumps: [TimeJumpResult]?
  /// `true` when the user interrupted its last repetition; otherwise `nil`.
  public var isCutShort: Bool?
  /// What was broken, with times in nanoseconds since measuring began.
  public var faults: [FaultResult]
  /// Locks that passed on without a release.
  public var takeovers: [TakeoverResult]
  /// Coverage of an exploration; empty in the real world.
  public var explored: [String: UInt64] = [:]
  /// Paths of replayable findings; empty in the real world.
  public var findings: [String] = []
  /// Paths of incidents: workers that exited unexpectedly.
  public var incidents: [String]
  /// Memory of the workers.
  public var memory: MemoryResult
  /// Sizes of the database and the files next to it; `nil` where there are none to look at.
  public var sizes: SizesResult?

  /// Creates a result.
  public init(
    id: String, parameters: [String: String], verdicts: [Verdict],
    operations: [String: OperationResult], throughput: Double, measuredSeconds: Double,
    repetitions: Int, actors: [ActorResult], series: [SeriesPoint], counts: [String: UInt64],
    faults: [FaultResult], takeovers: [TakeoverResult], incidents: [String], memory: MemoryResult
  ) {
    self.id = id
    self.parameters = parameters
    self.verdicts = verdicts
    self.operations = operations
    self.throughput = throughput
    self.measuredSeconds = measuredSeconds
    self.repetitions = repetitions
    self.actors = actors
    self.series = series
    self.counts = counts
    self.faults = faults
    self.takeovers = takeovers
    self.incidents = incidents
    self.memory = memory
  }
}

/// Figures of one kind of operation.
public struct OperationResult: Codable, Equatable, Sendable {
  /// Operations that were acknowledged while measuring.
  public var count: UInt64
  /// Operations that ended otherwise.
  public var notAcknowledged: UInt64
  /// Failed or unknown attempts by the name of their code.
  public var errors: [String: UInt64]
  /// From the intended start to the end: what a user waits.
  public var response: LatencyResult
  /// From the first attempt to the end.
  public var service: LatencyResult
  /// From the intended start to the first attempt; empty in a closed loop.
  public var queue: LatencyResult
  /// Acknowledged operations per second of measuring.
  public var throughput: Double

  /// Creates figures.
  public init(
    count: UInt64, notAcknowledged: UInt64, errors: [String: UInt64], response: LatencyResult,
    service: LatencyResult, queue: LatencyResult, throughput: Double
  ) {
    self.count = count
    self.notAcknowledged = notAcknowledged
    self.errors = errors
    self.response = response
    self.service = service
    self.queue = queue
    self.throughput = throughput
  }
}

/// A distribution of latencies in nanoseconds. A percentile that too few values hold is absent.
public struct LatencyResult: Codable, Equatable, Sendable {
  /// Number of operations that were acknowledged.
  public var count: UInt64
  /// Median.
  public var p50: UInt64?
  /// 90 of 100 values are not above it.
  public var p90: UInt64?
  /// 99 of 100 values are not above it.
  public var p99: UInt64?
  /// 999 of 1,000 values are not above it.
  public var p999: UInt64?
  /// Largest value, exact.
  public var max: UInt64?
  /// The distribution of the operations that were acknowledged.
  public var histogram: HistogramCounts
  /// Operations that were not acknowledged by the end of measuring or of their process: each is a
  /// wait of at least its age. They enter the percentiles and `max`; `nil` when there was none.
  public var censored: UInt64?
  /// The ages of those operations.
  public var censoredHistogram: HistogramCounts?
  /// Names of the figures that such a wait decides, as `p99` and `max`: the true value is at least
  /// as large.
  public var lowerBounds: [String]?

  /// Creates a distribution.
  public init(
    count: UInt64, p50: UInt64?, p90: UInt64?, p99: UInt64?, p999: UInt64?, max: UInt64?,
    histogram: HistogramCounts
  ) {
    self.count = count
    self.p50 = p50
    self.p90 = p90
    self.p99 = p99
    self.p999 = p999
    self.max = max
    self.histogram = histogram
  }

  private enum CodingKeys: String, CodingKey {
    case count, p50, p90, p99, max, histogram, censored, censoredHistogram, lowerBounds
    case p999 = "p99.9"
  }
}

/// What one actor did.
public struct ActorResult: Codable, Equatable, Sendable {
  /// Its name: process, incarnation, number.
  public var actor: String
  /// `writer` or `reader`.
  public var role: String
  /// Which repetition.
  public var repetition: Int
  /// Operations acknowledged while measuring.
  public var operations: UInt64
  /// Its longest wait in nanoseconds, for an acknowledgement or in vain.
  public var longestWait: UInt64
  /// Whether that wait had not ended: the true one is at least as long; `nil` for no.
  public var longestWaitIsLowerBound: Bool?
  /// Whether nothing of it was acknowledged while measuring; `nil` for no.
  public var isStarved: Bool?

  /// Creates a row.
  public init(
    actor: String, role: String = "writer", repetition: Int, operations: UInt64,
    longestWait: UInt64
  ) {
    self.actor = actor
    self.role = role
    self.repetition = repetition
    self.operations = operations
    self.longestWait = longestWait
  }
}

/// Activity of one tenth of a second.
public struct SeriesPoint: Codable, Equatable, Sendable {
  /// Start, in milliseconds since measuring began.
  public var milliseconds: Int
  /// Operations acknowledged in it.
  public var operations: UInt64
  /// Attempts that failed in it.
  public var failures: UInt64
  /// Longest response that ended in it, in nanoseconds.
  public var longestWait: UInt64

  /// Creates a point.
  public init(milliseconds: Int, operations: UInt64, failures: UInt64, longestWait: UInt64) {
    self.milliseconds = milliseconds
    self.operations = operations
    self.failures = failures
    self.longestWait = longestWait
  }
}

/// One injected fault; times are nanoseconds since measuring began.
public struct FaultResult: Codable, Equatable, Sendable {
  /// What was done.
  public var kind: String
  /// To whom.
  public var target: String
  /// Which repetition.
  public var repetition: Int
  /// Whether the target held a lock or was inside a write.
  public var duringWrite: Bool
  /// When.
  public var injected: Int64
  /// When the effect was first seen.
  public var detected: Int64?
  /// When work went on.
  public var recovered: Int64?
  /// Why it hit nothing, for people; `nil` when it did.
  public var missed: String?

  /// Creates a row.
  public init(
    kind: String, target: String, repetition: Int, duringWrite: Bool, injected: Int64,
    detected: Int64?, recovered: Int64?, missed: String? = nil
  ) {
    self.kind = kind
    self.target = target
    self.repetition = repetition
    self.duringWrite = duringWrite
    self.injected = injected
    self.detected = detected
    self.recovered = recovered
    self.missed = missed
  }
}

/// One lock that passed on without a release; spans are nanoseconds.
public struct TakeoverResult: Codable, Equatable, Sendable {
  /// Number of the lock.
  public var lock: UInt64
  /// Who held it; `nil` for a planted row.
  public var from: String?
  /// Who took it.
  public var to: String
  /// The new fencing token.
  public var token: UInt64
  /// Which repetition.
  public var repetition: Int
  /// From the old owner's last durable renewal to the new owner's acquisition.
  public var sinceRenewal: Int64
  /// From the kill of the old owner to the new owner's acquisition.
  public var sinceKill: Int64?
  /// Whether a stable owner came back without waiting for the lease.
  public var isReentry: Bool

  /// Creates a row.
  public init(
    lock: UInt64, from: String?, to: String, token: UInt64, repetition: Int, sinceRenewal: Int64,
    sinceKill: Int64?, isReentry: Bool
  ) {
    self.lock = lock
    self.from = from
    self.to = to
    self.token = token
    self.repetition = repetition
    self.sinceRenewal = sinceRenewal
    self.sinceKill = sinceKill
    self.isReentry = isReentry
  }
}

/// Memory of a cell's workers.
public struct MemoryResult: Codable, Equatable, Sendable {
  /// Largest resident size of any one worker, in bytes.
  public var peakResident: UInt64
  /// Under jemalloc: bytes that the program holds.
  public var allocated: UInt64?
  /// Under jemalloc: bytes in active pages.
  public var active: UInt64?
  /// Under jemalloc: bytes mapped.
  public var mapped: UInt64?
  /// Under jemalloc: allocations per acknowledged operation.
  public var allocationsPerOperation: Double?

  /// Creates figures.
  public init(
    peakResident: UInt64, allocated: UInt64? = nil, active: UInt64? = nil, mapped: UInt64? = nil,
    allocationsPerOperation: Double? = nil
  ) {
    self.peakResident = peakResident
    self.allocated = allocated
    self.active = active
    self.mapped = mapped
    self.allocationsPerOperation = allocationsPerOperation
  }
}
