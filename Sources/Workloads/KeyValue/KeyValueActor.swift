import AssayModel
import AssayStorage

/// One actor of workload `kv`.
struct KeyValueActor: WorkloadActor {
  private let store: KeyValueStore
  private let chooser: KeyChooser
  private let mix: [(kind: OperationKind, weight: Int)]
  private let totalWeight: Int
  private let actor: ActorID
  private let time: any TimeSource
  private var generator: SeededGenerator
  private var keys: KeyCache
  private var value: [UInt8]
  private var sequence: UInt32 = 0

  init(
    store: KeyValueStore, chooser: KeyChooser, keyCount: Int,
    mix: [(kind: OperationKind, weight: Int)], valueSize: Int, actor: ActorID,
    generator: SeededGenerator, time: any TimeSource
  ) {
    self.store = store
    self.chooser = chooser
    keys = KeyCache(count: keyCount)
    self.mix = mix
    totalWeight = mix.reduce(0) { $0 + $1.weight }
    self.actor = actor
    self.generator = generator
    self.time = time
    value = [UInt8](repeating: 0x79, count: max(16, valueSize))
  }

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    var operation = draw()
    let key = keys.key(Int(operation.subject))
    switch operation.kind {
    case .load:
      try Workloads.perform(
        operation, recorder, intended: intended, deadline: deadline, time: time
      ) {
        operation.value = try loadedNonce(key)
        return operation
      }
    case .delete:
      try Workloads.perform(
        operation, recorder, intended: intended, deadline: deadline, time: time
      ) {
        try store.delete(key.text)
        return operation
      }
    default:
      writeNonce(operation.value, into: &value)
      try Workloads.perform(
        operation, recorder, intended: intended, deadline: deadline, time: time
      ) {
        try store.store(key: key, value: value)
        return operation
      }
    }
  }

  mutating func skip() { _ = draw() }

  /// Draws the next operation; a store gets its nonce here.
  private mutating func draw() -> WorkloadOperation {
    let number = chooser.next(&generator)
    var operation = WorkloadOperation(nextKind(), subject: UInt64(number))
    guard operation.kind == .store else { return operation }
    operation.value = Nonce.write(actor, sequence: sequence)
    sequence += 1
    return operation
  }

  /// Returns the nonce under a key; 0 when there is no such key, which is an answer and no failure.
  private func loadedNonce(_ key: NormalKey) throws(StorageError) -> UInt64 {
    do {
      return try store.load(key) { readNonce($0) }
    } catch .notFound {
      return 0
    }
  }

  private mutating func nextKind() -> OperationKind {
    guard mix.count > 1 else { return mix[0].kind }
    var draw = generator.below(totalWeight)
    for share in mix {
      draw -= share.weight
      if draw < 0 { return share.kind }
    }
    return mix[0].kind
  }
}
