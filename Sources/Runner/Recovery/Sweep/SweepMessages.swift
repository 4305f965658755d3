import AssayModel

/// What a worker of a sweep is asked to do: run after run, each with the fault one call later.
struct SweepBlock: Codable, Hashable, Sendable {
  /// Which program runs.
  var program: Int
  /// What fails; `nil` for one run without a fault.
  var line: SweepFault.Line?
  /// The first call that fails.
  var first: Int
  /// How many runs at most; fewer when one passes untouched.
  var count: Int
  /// Whether each run is announced: after the death of a worker, to know which run kills.
  var isCareful = false

  /// The fault of the run that begins at a call.
  func fault(at call: Int) -> SweepFault? {
    line.map { SweepFault(program: program, line: $0, call: call) }
  }
}

/// Something wrong after one run.
struct SweepProblem: Codable, Hashable, Sendable {
  /// The check that it violates.
  var check: CheckName
  /// What was found, in a few lines.
  var lines: [String]
}

/// What became of one run.
struct SweepRunResult: Codable, Hashable, Sendable {
  /// How often the fault hit.
  var hits: Int
  /// Whether an operation, or the opening of the database, ended with an error.
  var isReported: Bool
  /// Whether a lock that could not be given back stayed until its connection was closed.
  var keptLock = false
  /// Writes that were acknowledged.
  var acknowledged: Int
  /// What is wrong; empty for a run as it should be.
  var problems: [SweepProblem]
  /// Why an invariant could not be told, if so.
  var unfinished: String?
}

/// What became of a block.
struct SweepBlockResult: Codable, Hashable, Sendable {
  /// A run with something wrong.
  struct Bad: Codable, Hashable, Sendable {
    /// The call that failed first; 0 for no fault.
    var call: Int
    var problems: [SweepProblem]
  }

  /// Runs with problems that are kept of one block; more are only counted.
  static let badLimit = 16

  /// Runs in which the fault hit.
  var faults: UInt64 = 0
  /// Those of them in which something ended with an error.
  var reported: UInt64 = 0
  /// Runs in which a lock that could not be given back stayed until its connection was closed.
  var keptLocks: UInt64 = 0
  /// Writes that were acknowledged in all runs.
  var acknowledged: UInt64 = 0
  /// Runs with problems, by call.
  var bad: [Bad] = []
  /// How many runs had problems.
  var badCount: UInt64 = 0
  /// Why an invariant could not be told in one of the runs, if so.
  var unfinished: String?
  /// Whether a run passed untouched: later calls cannot be hit either.
  var isExhausted = false

  /// Adds a run.
  mutating func add(_ run: SweepRunResult, call: Int) {
    if run.hits > 0 { faults += 1 }
    if run.hits > 0, run.isReported { reported += 1 }
    if run.keptLock { keptLocks += 1 }
    acknowledged += UInt64(run.acknowledged)
    unfinished = unfinished ?? run.unfinished
    guard !run.problems.isEmpty else { return }
    badCount += 1
    if bad.count < Self.badLimit { bad.append(Bad(call: call, problems: run.problems)) }
  }

  /// Adds what another worker did of the same line.
  mutating func add(_ other: SweepBlockResult) {
    faults += other.faults
    reported += other.reported
    keptLocks += other.keptLocks
    acknowledged += other.acknowledged
    unfinished = unfinished ?? other.unfinished
    bad += other.bad
    badCount += other.badCount
    isExhausted = isExhausted || other.isExhausted
  }
}

/// What the coordinator tells a worker of a sweep, after the assignment.
enum SweepRequest: Codable, Sendable {
  /// Run this and answer with `swept`.
  case sweep(SweepBlock)
}

/// What a worker of a sweep tells the coordinator. `failed` is as in `WorkerMessage`.
enum SweepReply: Codable, Sendable {
  /// It has its template and waits for blocks.
  case ready(WorkerReady)
  /// It is about to run with the fault at this call, in a careful block: the last one of these
  /// names what killed it.
  case sweeping(call: Int)
  /// A block is done.
  case swept(SweepBlockResult)
  /// The harness itself failed in the worker.
  case failed(WorkerFailure)
}
