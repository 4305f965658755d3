/// Result of one cell, with its repetitions merged.
public struct CellResult: Codable, Equatable, Sendable {
  /// The cell's name in the plan.
  public var id: String
  /// Its matrix values by path.
  public var parameters: [String: String]
  /// Verdicts of the checks.
  public var verdicts: [Verdict]
  /// Figures per kind of operation, keyed by its name.
  public var operations: [String: OperationResult]
  /// Acknowledged operations of all kinds per second of measuring.
  public var throughput: Double
  /// Seconds of measuring, summed over the repetitions.
  public var measuredSeconds: Double
  /// Number of repetitions that ran.
  public var repetitions: Int
  /// Outcomes of the attempts, by operation; `nil` in results of earlier versions.
  public var attempts: [AttemptsResult]?
  /// Attempts that ended with an error, by operation and code; `nil` in results of earlier
  /// versions.
  public var errors: [ErrorResult]?
  /// Reason the run ended early; `nil` if it did not.
  public var endedEarly: String?
  /// One entry per actor and incarnation.
  public var actors: [ActorResult]
  /// Activity per 100 ms of the first repetition.
  public var series: [SeriesPoint]
  /// Exact counts, such as `busy_waits`.
  public var counts: [String: UInt64]
  /// Breakdown of the operations' service time; `nil` if it was not measured.
  public var serviceTime: ServiceTime?
  /// Target and achieved rate; `nil` in a closed loop.
  public var openLoop: OpenLoopResult?
  /// Time jumps during the run, which make its time figures unreliable. `nil` if there were none.
  public var timeJumps: [TimeJumpResult]?
  /// `true` if the user interrupted its last repetition; otherwise `nil`.
  public var isCutShort: Bool?
  /// Injected faults, with times in nanoseconds since measuring began.
  public var faults: [FaultResult]
  /// Locks that changed owner without a release.
  public var takeovers: [TakeoverResult]
  /// Coverage of an exploration; empty in the real world.
  public var explored: [String: UInt64] = [:]
  /// Paths of replayable findings; empty in the real world.
  public var findings: [String] = []
  /// Paths of incidents: workers that exited unexpectedly.
  public var incidents: [String]
  /// Memory use of the workers.
  public var memory: MemoryResult
  /// Sizes of the database and the files next to it; `nil` if there are no files to measure.
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
  /// Operations that ended without an acknowledgement.
  public var notAcknowledged: UInt64
  /// Failed or unknown attempts by the name of their code.
  public var errors: [String: UInt64]
  /// Response time, from the intended start to the end: the user's wait.
  public var response: LatencyResult
  /// Service time, from the first attempt to the end.
  public var service: LatencyResult
  /// Queueing time, from the intended start to the first attempt; empty in a closed loop.
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

/// A distribution of latencies in nanoseconds. A percentile backed by too few values is absent.
public struct LatencyResult: Codable, Equatable, Sendable {
  /// Number of operations that were acknowledged.
  public var count: UInt64
  /// Median.
  public var p50: UInt64?
  /// 90th percentile: 90 of 100 values do not exceed it.
  public var p90: UInt64?
  /// 99th percentile: 99 of 100 values do not exceed it.
  public var p99: UInt64?
  /// 99.9th percentile: 999 of 1,000 values do not exceed it.
  public var p999: UInt64?
  /// Largest value, exact.
  public var max: UInt64?
  /// Distribution over the acknowledged operations.
  public var histogram: HistogramCounts
  /// Number of operations not acknowledged by the end of measuring or of their process: each is a
  /// wait of at least its age. They enter the percentiles and `max`; `nil` if there were none.
  public var censored: UInt64?
  /// Distribution of the ages of those operations.
  public var censoredHistogram: HistogramCounts?
  /// Names of the figures that such a wait determines, such as `p99` and `max`: the true value is
  /// at least as large.
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

/// Figures of one actor.
public struct ActorResult: Codable, Equatable, Sendable {
  /// Its name: process, incarnation, number.
  public var actor: String
  /// `writer` or `reader`.
  public var role: String
  /// Index of the repetition, from 0.
  public var repetition: Int
  /// Operations acknowledged while measuring.
  public var operations: UInt64
  /// Its longest wait in nanoseconds, whether or not an acknowledgement followed.
  public var longestWait: UInt64
  /// `true` if that wait had not ended, so that the true one is at least as long; otherwise `nil`.
  public var longestWaitIsLowerBound: Bool?
  /// `true` if none of its operations was acknowledged while measuring; otherwise `nil`.
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

/// Activity within 100 ms.
public struct SeriesPoint: Codable, Equatable, Sendable {
  /// Start, in milliseconds since measuring began.
  public var milliseconds: Int
  /// Operations acknowledged in this interval.
  public var operations: UInt64
  /// Attempts that failed in this interval.
  public var failures: UInt64
  /// Longest response time of an operation that ended in this interval, in nanoseconds.
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
  /// Kind of fault.
  public var kind: String
  /// Target of the fault.
  public var target: String
  /// Index of the repetition, from 0.
  public var repetition: Int
  /// True if the target held a lock or was inside a write.
  public var duringWrite: Bool
  /// Time of the injection.
  public var injected: Int64
  /// Time at which the effect was first noticed.
  public var detected: Int64?
  /// Time at which work resumed.
  public var recovered: Int64?
  /// Readable reason why the fault hit nothing; `nil` if it hit.
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

/// A lock that changed owner without a release; spans are in nanoseconds.
public struct TakeoverResult: Codable, Equatable, Sendable {
  /// Number of the lock.
  public var lock: UInt64
  /// Previous holder; `nil` for a planted row.
  public var from: String?
  /// New holder.
  public var to: String
  /// The new fencing token.
  public var token: UInt64
  /// Index of the repetition, from 0.
  public var repetition: Int
  /// Time from the old owner's last durable renewal to the new owner's acquisition.
  public var sinceRenewal: Int64
  /// Time from the kill of the old owner to the new owner's acquisition; `nil` if it was not
  /// killed.
  public var sinceKill: Int64?
  /// True if a stable owner returned and did not have to wait for the lease.
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

/// Memory use of a cell's workers.
public struct MemoryResult: Codable, Equatable, Sendable {
  /// Largest resident size of any one worker, in bytes.
  public var peakResident: UInt64
  /// Under jemalloc: bytes allocated by the program.
  public var allocated: UInt64?
  /// Under jemalloc: bytes in active pages.
  public var active: UInt64?
  /// Under jemalloc: bytes mapped by the allocator.
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
