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
  func seed(of actor: ActorID) -> Seed { cell.seed(of: actor) }
}

extension PlannedCell {
  /// The seed of one actor's random program, from which everything follows that it draws.
  public func seed(of actor: ActorID) -> Seed {
    seed.derived("process", Int(actor.process))
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

  /// Leaves one operation out: draws what `perform` would draw and does nothing with it, so that
  /// every later operation is the same as if this one had been performed.
  mutating func skip()
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
/// - Parameters:
///   - shouldSkip: whether to leave out the operation with this number, counted from 0; its place
///     in the pacing stays. For runs that look for the few operations that matter.
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
      // An operation that left no event, such as a pause, took time all the same.
      let reading = recorder.lastReading
      now = reading > now ? reading : time.monotonicNow()
    }
  } catch {
    // The actor's process is dead or its run has ended: nothing is left to record.
  }
}
