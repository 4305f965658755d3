import AssayModel

/// Everything that a worker process needs: it reads nothing else, no scenario file, no environment.
struct WorkerAssignment: Codable, Sendable {
  /// What the process is started for.
  enum Role: String, Codable, Sendable {
    /// Create the schema and the initial content, then end.
    case setUp
    /// Run actors until told to end.
    case run
    /// Take a lock and end without releasing it: the next one finds a stale row.
    case abandonLock
    /// Open the database after the run and read what is in it.
    case observe
    /// Copy the database by `VACUUM INTO` while others use it.
    case vacuumInto
    /// Copy the database through the backup API while others use it.
    case backup
    /// Edit the schema of the database as nobody should.
    case editSchema
    /// Explore crash images in the simulated world, task by task.
    case explore
    /// Fail call after call in the simulated world; speaks `SweepRequest` and `SweepReply`.
    case sweep
    /// Run programs on the simulated disk or on real files; speaks `RealityTask` and
    /// `RealityReply`.
    case reality
  }

  /// What the process is started for.
  var role: Role
  /// The cell, complete in itself.
  var cell: PlannedCell
  /// Which repetition, from 0.
  var repetition: Int
  /// Number of the process, from 0; the same after a restart.
  var process: Int
  /// How often the process was started before.
  var incarnation: Int
  /// Owner identifier for locks.
  var owner: String
  /// The database file, or `:memory:`.
  var databasePath: String
  /// Folder for histories and observations.
  var historyFolder: String
  /// The process of the coordinator: a worker whose parent is another one ends at once.
  var coordinator: Int32
  /// The worker kills itself when it has acknowledged this many commits.
  var killAfterCommits: Int?
  /// Which lock is to be abandoned.
  var lock: Int?
  /// Source id that the library must have; `nil` when any will do.
  var expectedSourceID: String?
  /// For how long the worker tries to open a database that others use.
  var openingPatience: Nanoseconds?
  /// When measuring began, for a process that is started later: the times of its faults count from
  /// there.
  var measuredFrom: MonotonicTime?
  /// Whose turn it is, where sides work in turns.
  var seat: TurnSeat?
}

/// The place of a process among sides that work in turns.
struct TurnSeat: Codable, Sendable {
  /// The file of the turns.
  var path: String
  /// Its side.
  var side: Int
  /// The processor that all sides stay on, so that they share its neighbours too; `nil` where a
  /// side has several actors.
  var processor: Int?
}

/// What the coordinator tells a worker.
enum CoordinatorMessage: Codable, Sendable {
  /// The first message.
  case assignment(WorkerAssignment)
  /// Actors start at `start`; figures count from `measuredFrom` to `measuredUntil`.
  case begin(start: MonotonicTime, measuredFrom: MonotonicTime, measuredUntil: MonotonicTime)
  /// The clocks of the process change now.
  case changeClock(FaultSpecification.ClockChange)
  /// Actors end after their current operation.
  case stop
  /// The next task of an exploration.
  case explore(ExploreTask)
}

/// What a worker tells the coordinator.
enum WorkerMessage: Codable, Sendable {
  /// The database is open and a first row was read.
  case ready(WorkerReady)
  /// An operation has failed with a code for the first time in this process.
  case failing(FirstFailure)
  /// The database could not be opened in time, for this reason: the process takes no part.
  case notOpened(WorkerReady, String)
  /// All actors have ended.
  case finished(WorkerReport)
  /// The database was read.
  case observed(Observation)
  /// A task of an exploration is done.
  case explored(ExploreReply)
  /// The harness itself failed in the worker.
  case failed(WorkerFailure)
}

/// What a worker knows when it is ready.
struct WorkerReady: Codable, Sendable {
  /// When the first row had been read.
  var firstRow: MonotonicTime
  /// `sqlite3_libversion_number()`.
  var libraryNumber: Int
  /// `sqlite3_sourceid()`.
  var sourceID: String
  /// `sqlite3_compileoption_get()`.
  var compileOptions: [String]
  /// Whether it can work in turns; `nil` from a build that knows of none.
  var takesTurns: Bool? = true
}

/// Why a worker gave up.
struct WorkerFailure: Codable, Sendable {
  /// Whose fault it is, which decides the exit code.
  enum Kind: String, Codable, Sendable {
    /// The harness could not do its own work, such as writing its history: exit 1.
    case harness
    /// The scenario cannot work with this database or these settings: exit 64.
    case input
    /// The library is not the one that was asked for: exit 5.
    case environment
    /// A process that was killed found the database damaged when it returned: the checks will say
    /// the same.
    case damagedDatabase
    /// A process that was killed could not open the database again: an incident.
    case refusedByDatabase
  }

  /// Whose fault it is.
  var kind: Kind
  /// One sentence for people.
  var message: String
}

/// What a worker measured: one entry per kind of operation, and counts.
struct WorkerReport: Codable, Sendable {
  /// Distributions by kind of operation.
  var operations: [OperationHistograms]
  /// Exact counts by name, summed over the process.
  var counts: [String: UInt64]
  /// Counts of which the largest of all processes is kept.
  var maxima: [String: UInt64]
  /// Lengths of the files when the actors had ended; `nil` in memory.
  var lengths: SizeWatch.Lengths?
  /// With Assay's file system layer: how far its writes reached into each kind of file, by name.
  var written: [String: UInt64]?
  /// Under jemalloc: bytes allocated, active and mapped at the end.
  var jemalloc: [UInt64]?
  /// Under `probe: times`: where the calls of the file system layer spent their time.
  var fileSystemTime: FileSystemTime?
}

/// The three distributions of one kind of operation.
struct OperationHistograms: Codable, Sendable {
  /// The kind.
  var kind: OperationKind
  /// Intended start to end.
  var response: HistogramCounts
  /// First attempt to end.
  var service: HistogramCounts
  /// Intended start to first attempt; empty in a closed loop.
  var queue: HistogramCounts
}
