import AssayModel
import AssayStorage
import SQLiteDriver

/// The next step of an actor of workload `mixed`, drawn but not yet performed.
enum MixedStep: Equatable {
  /// Write the nonce into one of the actor's own rows.
  case own(slot: Int, nonce: UInt64)
  /// Add one to the shared counter and to the actor's own count.
  case counter(nonce: UInt64)
  /// Write the nonce into up to three of the actor's rows, in one transaction, optionally with a
  /// row in the log; optionally roll everything back at its end.
  case several(MixedGroup)
  /// Read counter, counts and the row of an owner in one snapshot.
  case read(owner: Int, slot: Int)
  /// Write as `several` does, but between its first row and the others write all own rows and the
  /// log in a savepoint that is rolled back: the undone nonce must not appear anywhere.
  case savepoint(MixedGroup, undone: UInt64)
  /// Write as `several` does, but between its first row and the others run a statement over all own
  /// rows whose last row violates a constraint: SQLite must undo the rows before it.
  case refused(MixedGroup, undone: UInt64)
  /// Write the nonce into the actor's row of changing size, with a text whose length follows from
  /// it.
  case resize(nonce: UInt64)
  /// A checkpoint; those that are not passive wait for readers.
  case checkpoint(CheckpointMode)
  /// A pause, in which other actors overtake.
  case think(Nanoseconds)
}

/// Several statements in one transaction.
struct MixedGroup: Equatable {
  var nonce: UInt64
  var slots: (Int, Int, Int)
  /// Number of slots that are written, 1...3.
  var count: Int
  var hasLogRow: Bool
  var isRolledBack: Bool

  static func == (left: Self, right: Self) -> Bool {
    left.nonce == right.nonce && left.slots == right.slots && left.count == right.count
      && left.hasLogRow == right.hasLogRow && left.isRolledBack == right.isRolledBack
  }

  var operation: WorkloadOperation {
    WorkloadOperation(
      .several, subject: UInt64(slots.0) << 32 | UInt64(slots.1), value: nonce,
      extra: UInt64(slots.2) << 32 | (hasLogRow ? 1 << 8 : 0) | UInt64(count))
  }
}

/// Draws the steps of one actor of workload `mixed`.
///
/// All steps are drawn before any is performed, so no step depends on the outcome of another.
struct MixedProgram {
  /// Default weights of a writer; 0 for the steps not named here. Source of the proportions: a
  /// search for races in SQLite found its bug soonest with frequent small writes, explicit
  /// checkpoints and pauses.
  private static let usualWeights = [
    "own": 4, "counter": 3, "several": 2, "read": 2, "checkpoint": 1, "think": 1,
  ]
  /// The kinds of steps by the names that `load.mix` has for them, with their usual weights.
  static let kinds: [(name: String, weight: Int)] = LoadSettings.mixedSteps.map {
    ($0, usualWeights[$0] ?? 0)
  }
  /// Longest pause of `think`.
  private static let longestPause = 2_000

  private let actor: ActorID
  private let owners: Int
  private let owner: Int
  private let weights: [Int]
  private let totalWeight: Int
  private let chooser: KeyChooser
  private var generator: SeededGenerator
  private var sequence: UInt32 = 0

  /// - Throws: `invalidConfiguration` if the mix names an unknown step, or none.
  init(
    load: LoadSettings, actor: ActorID, role: ActorRole, generator: SeededGenerator
  ) throws(StorageError) {
    self.actor = actor
    self.generator = generator
    owners = max(1, MixedWorkload.owners(load))
    owner = MixedWorkload.owner(actor, load)
    weights = try Self.weights(load, role)
    totalWeight = weights.reduce(0, +)
    chooser = KeyChooser(count: load.keyCount, distribution: load.distribution)
  }

  /// Returns the weights in the order of `kinds`.
  static func weights(_ load: LoadSettings, _ role: ActorRole) throws(StorageError) -> [Int] {
    if role == .reader { return kinds.map { $0.name == "read" ? 1 : 0 } }
    if load.mix.isEmpty { return kinds.map(\.weight) }
    var weights = kinds.map { _ in 0 }
    for share in load.mix {
      guard let index = kinds.firstIndex(where: { $0.name == share.operation }) else {
        let names = kinds.map(\.name).joined(separator: ", ")
        throw .invalidConfiguration(
          "load.mix names '\(share.operation)'; the workload mixed knows \(names)")
      }
      weights[index] += share.weight
    }
    guard weights.contains(where: { $0 > 0 }) else {
      throw .invalidConfiguration("load.mix gives nothing a weight above 0")
    }
    return weights
  }

  mutating func next() -> MixedStep {
    var draw = generator.below(totalWeight)
    var kind = 0
    while draw >= weights[kind] {
      draw -= weights[kind]
      kind += 1
    }
    switch kind {
    case 0: return .own(slot: chooser.next(&generator), nonce: nextNonce())
    case 1: return .counter(nonce: nextNonce())
    case 2: return .several(nextGroup())
    case 3: return nextRead()
    case 4: return .checkpoint(.passive)
    case 6: return .savepoint(nextPlainGroup(), undone: nextNonce())
    case 7: return .refused(nextPlainGroup(), undone: nextNonce())
    case 8: return .resize(nonce: nextNonce())
    case 9: return .checkpoint(.full)
    case 10: return .checkpoint(.restart)
    case 11: return .checkpoint(.truncate)
    default:
      return .think(.microseconds(Int64(1 + generator.below(Self.longestPause))))
    }
  }

  /// Numbers begin with 1, so that no nonce is 0, which means a row never written.
  private mutating func nextNonce() -> UInt64 {
    sequence += 1
    return TransferID(actor: actor, number: sequence).rawValue
  }

  private mutating func nextGroup() -> MixedGroup {
    let count = 1 + generator.below(3)
    let slots = (
      chooser.next(&generator), chooser.next(&generator), chooser.next(&generator)
    )
    let bits = generator.below(16)
    return MixedGroup(
      nonce: nextNonce(), slots: slots, count: count, hasLogRow: bits & 1 == 0,
      isRolledBack: bits >> 1 == 0)
  }

  /// Draws two rows around the undone part.
  private mutating func nextPlainGroup() -> MixedGroup {
    let slots = (chooser.next(&generator), chooser.next(&generator), 0)
    return MixedGroup(
      nonce: nextNonce(), slots: slots, count: 2, hasLogRow: false, isRolledBack: false)
  }

  /// Draws a read: a writer reads its own rows, whose values it knows; a reader those of any owner.
  private mutating func nextRead() -> MixedStep {
    let slot = chooser.next(&generator)
    return .read(owner: owner < owners ? owner : generator.below(owners), slot: slot)
  }
}
