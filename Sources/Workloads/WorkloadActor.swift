public import AssayModel
public import AssayStorage

/// The role of an actor in a process.
public enum ActorRole: Sendable {
  case writer, reader
}

/// The state that the actors of one process share.
public struct WorkloadContext: Sendable {
  /// The cell with all its settings.
  public var cell: PlannedCell
  /// Number of the process, from 0.
  public var process: Int
  /// Number of earlier starts of the process.
  public var incarnation: Int
  /// Owner identifier of the process's locks.
  public var owner: String
  /// The storage engine.
  public var database: Database
  /// The sources injected into storage and workload.
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

  /// Returns the seed of one actor's random program.
  func seed(of actor: ActorID) -> Seed { cell.seed(of: actor) }
}

extension PlannedCell {
  /// Returns the seed of one actor's random program, which determines everything that it draws.
  public func seed(of actor: ActorID) -> Seed {
    seed.derived("process", Int(actor.process))
      .derived("incarnation", Int(actor.incarnation)).derived("actor", Int(actor.actor))
  }
}

/// One actor: a writer or a reader with a random program of its own.
///
/// Synchronous; waits only through its injected sources. It is used by one thread.
public protocol WorkloadActor {
  /// Performs one operation, with all its attempts, and records each.
  ///
  /// - Parameter deadline: no further attempt begins after it.
  /// - Throws: `ActorStopped` when the actor's process is dead or its run has ended.
  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped)

  /// Skips one operation: draws what `perform` would draw and discards it, so that every later
  /// operation is the same as if this one had been performed.
  mutating func skip()
}

/// A workload: the initial content of the database, the operations of the actors, and the reading
/// of the final content.
public protocol Workload: Sendable {
  /// Prepares the state that the actors of a process share.
  init(_ context: WorkloadContext) throws(StorageError)

  /// Creates one actor.
  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor
}

/// Runs an actor until its pacing is over.
///
/// - Parameters:
///   - shouldSkip: returns true to leave out the operation with this number, counted from 0; its
///     place in the pacing stays. For runs that search for the few operations that matter.
///   - betweenOperations: called before each operation; `false` ends the actor.
public func runActor(
  _ actor: any WorkloadActor, pacing: Pacing, recorder: any OperationRecorder,
  time: any TimeSource, start: MonotonicTime, deadline: MonotonicTime,
  shouldSkip: (Int) -> Bool = { _ in false },
  betweenOperations: () -> Bool
) {
  var actor = actor
  var pacing = pacing
  var number = 0
  var now = recorder.lastReading
  do {
    try time.sleep(until: start)
    while betweenOperations() {
      let intended: MonotonicTime?
      switch try pacing.next(after: now, time: time) {
      case .now: intended = nil
      case .arrival(let arrival): intended = arrival
      case .over: return
      }
      if shouldSkip(number) {
        actor.skip()
      } else {
        try actor.perform(recorder, intended: intended, deadline: deadline)
      }
      number += 1
      // An operation without an event, such as a pause, still took time.
      let reading = recorder.lastReading
      now = reading > now ? reading : time.monotonicNow()
    }
  } catch {
    // The actor's process is dead or its run has ended: there is nothing left to record.
  }
}
