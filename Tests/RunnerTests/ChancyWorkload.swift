import AssayModel
import AssayStorage
import SQLiteDriver
import Workloads

/// Workload `mixed`, with something left to chance between its operations that no seed determines.
struct ChancyWorkload: Workload {
  /// What is left to chance.
  enum Chance: String, CaseIterable, Codable, Sendable {
    /// Whether a step is taken.
    case step
    /// What is written.
    case bytes
    /// What a read is said to have found.
    case answer
  }

  private let context: WorkloadContext
  private let base: MixedWorkload
  private let chance: Chance?

  init(_ context: WorkloadContext) throws(StorageError) { try self.init(context, nil) }

  init(_ context: WorkloadContext, _ chance: Chance?) throws(StorageError) {
    self.context = context
    base = try MixedWorkload(context)
    self.chance = chance
  }

  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    Actor(base: base.makeActor(actor, role: role), context: context, chance: chance)
  }

  struct Actor: WorkloadActor {
    var base: any WorkloadActor
    let context: WorkloadContext
    let chance: Chance?

    mutating func skip() { base.skip() }

    mutating func perform(
      _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
    ) throws(ActorStopped) {
      let drawn = Int64.random(in: 1..<1 << 30)
      switch chance {
      case .step where drawn % 2 == 0: try context.environment.time.sleep(for: Nanoseconds(1))
      case .bytes:
        // Who is refused writes nothing.
        try? context.database.write { connection in
          try connection.run(SQL("PRAGMA user_version = \(drawn)"))
        }
      case .answer:
        let read = WorkloadOperation(.readMixed, detail: UInt64(drawn))
        recorder.begin(intended: intended)
        recorder.invoke(read)
        recorder.complete(read, .ok, code: 0, isFinal: true)
      case .step, nil: break
      }
      try base.perform(recorder, intended: intended, deadline: deadline)
    }
  }
}
