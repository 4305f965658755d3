public import AssayModel
public import AssayStorage

/// What an actor does in a process.
public enum ActorRole: Sendable {
  case writer, reader
}

/// What the actors of one process share.
public struct WorkloadContext: Sendable {
  /// The cell, complete in itself.
  public var cell: PlannedCell
  /// Number of the process, from 0.
  public var process: Int
  /// How often the process was started before.
  public var incarnation: Int
  /// Owner identifier of the process's locks.
  public var owner: String
  /// The storage engine.
  public var database: Database
  /// The sources that storage and workload are given.
  public var environment: StorageEnvironment

  /// Creates a context.
  public init(
    cell: PlannedCell, process: Int, incarnation: Int, owner: String, database: Database,
    environment: StorageEnvironment
  ) {
    self.cell = cell
    self.process = process
    self.incarnation = incarnation
    self.owner = owner
    self.database = database
    self.environment = environment
  }

  /// The seed of one actor's random program.
  func seed(of actor: ActorID) -> Seed {
    cell.seed.derived("process", Int(actor.process))
      .derived("incarnation", Int(actor.incarnation)).derived("actor", Int(actor.actor))
  }
}

/// One actor: a writer or a reader with a random program of its own.
///
/// Synchronous; waits only through what it is given. It is used by one thread.
public protocol WorkloadActor {
  /// Performs one operation, with all its attempts, and records each.
  ///
  /// - Parameter deadline: no further attempt begins after it.
  /// - Throws: `ActorStopped` when the actor's process is dead or its run has ended.
  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped)
}

/// A workload: what is in the database at first, who does what with it, and how its final content
/// is read.
public protocol Workload: Sendable {
  /// Prepares what the actors of a process share.
  init(_ context: WorkloadContext) throws(StorageError)

  /// Creates one actor.
  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor
}

/// Lets an actor work until its pacing says that it is over.
///
/// - Parameter betweenOperations: called before each operation; `false` ends the actor.
public func runActor(
  _ actor: any WorkloadActor, pacing: Pacing, recorder: any OperationRecorder,
  time: any TimeSource, start: MonotonicTime, deadline: MonotonicTime,
  betweenOperations: () -> Bool
) {
  var actor = actor
  var pacing = pacing
  do {
    try time.sleep(until: start)
    while betweenOperations() {
      switch try pacing.next(after: recorder.lastReading, time: time) {
      case .now: try actor.perform(recorder, intended: nil, deadline: deadline)
      case .arrival(let arrival):
        try actor.perform(recorder, intended: arrival, deadline: deadline)
      case .over: return
      }
    }
  } catch {
    // The actor's process is dead or its run has ended: nothing is left to record.
  }
}
