import AssayModel
import FaultVFS

/// The write transactions of a program in the order of their locks, and which of them a crash at
/// each position must not lose (decision 5 of the design).
struct CommitOrder: Sendable {
  /// One write transaction.
  struct Transaction: Hashable, Sendable {
    /// Number of the actor that got the lock.
    var actor: Int32
    /// Log position at which it got the lock.
    var began: Int
    /// Log position at which it gave the lock back; `nil` when it never did.
    var ended: Int?
    /// Whether that actor wrote anything meanwhile. A reader takes the lock too, for a moment, when
    /// it finds the index of the log in the middle of a change.
    var hasWritten = false
  }

  /// In the order of their locks; transaction m has index m - 1.
  let transactions: [Transaction]
  /// By log position: transactions that have begun.
  private let begun: [Int32]
  /// By log position: the last transaction that an acknowledgement has promised.
  private let promised: [Int32]

  /// - Parameters:
  ///   - events: of all actors.
  ///   - actorNumber: the number under which the disk's log knows an actor.
  ///   - mayCommit: whether the actor of that number may commit for another one.
  init(
    _ operations: [DiskOperation], _ events: [SimulatedEvent], actorNumber: (ActorID) -> Int32,
    mayCommit: (Int32, ActorID) -> Bool
  ) {
    var transactions: [Transaction] = []
    var begun: [Int32] = [0]
    for (position, operation) in operations.enumerated() {
      switch operation.kind {
      case .transactionBegan:
        transactions.append(Transaction(actor: operation.actor, began: position, ended: nil))
      case .transactionEnded:
        if !transactions.isEmpty { transactions[transactions.count - 1].ended = position }
      case .write:
        if let last = transactions.last, last.ended == nil, last.actor == operation.actor {
          transactions[transactions.count - 1].hasWritten = true
        }
      default: break
      }
      begun.append(Int32(transactions.count))
    }
    self.transactions = transactions
    self.begun = begun
    var promised = Array(repeating: Int32(0), count: operations.count + 1)
    for event in events where event.event.outcome == .ok && event.event.operation.kind.isWrite {
      guard let completed = event.completedAt.map({ Int($0) }) else { continue }
      let actor = event.event.actor
      let needed = Self.transaction(
        of: event, completed, transactions, actor: actorNumber(actor),
        mayCommit: { mayCommit($0, actor) })
      promised[completed] = max(promised[completed], Int32(needed))
    }
    for index in promised.indices.dropFirst() {
      promised[index] = max(promised[index], promised[index - 1])
    }
    self.promised = promised
  }

  /// Number of transactions that had begun when the log had this length.
  func begun(at position: Int) -> Int { Int(begun[position]) }

  /// Number of the last transaction that was acknowledged when the log had this length: content
  /// before it has lost something.
  func promised(at position: Int) -> Int { Int(promised[position]) }

  /// The transaction that holds an acknowledged operation; 0 for none.
  ///
  /// The last one of its own actor in its time; otherwise the first of who may commit for it, as
  /// another actor does under group commit. What anybody else has committed meanwhile is promised
  /// to them and not to it: a transaction of workload `sql` may only have read, and a lock under
  /// which nothing was written stands for nothing. An operation that must write and had no
  /// transaction was acknowledged too early: then it needs the next one, which does not exist yet.
  private static func transaction(
    of event: SimulatedEvent, _ completed: Int, _ transactions: [Transaction], actor: Int32,
    mayCommit: (Int32) -> Bool
  ) -> Int {
    let from = Int(event.invokedAt)
    let mustWrite = mustWrite(event.event.operation.kind)
    var first = 0
    var own = 0
    for (index, transaction) in transactions.enumerated() {
      guard transaction.began < completed else { break }
      guard transaction.hasWritten || mustWrite else { continue }
      // Its own counts even while it is under way: then it was acknowledged too early, and what
      // another has committed meanwhile excuses nothing.
      if transaction.actor == actor, transaction.began >= from { own = index + 1 }
      // Another's may have begun before: under group commit it takes in who comes later.
      if first == 0, let ended = transaction.ended, ended >= from, ended < completed,
        mayCommit(transaction.actor)
      {
        first = index + 1
      }
    }
    if own > 0 { return own }
    if first > 0 { return first }
    guard mustWrite else { return 0 }
    let later = transactions.firstIndex { ($0.ended ?? .max) >= completed }
    return (later ?? transactions.count) + 1
  }

  /// Whether an acknowledged operation of a kind has always taken the write lock.
  private static func mustWrite(_ kind: OperationKind) -> Bool {
    switch kind {
    case .store, .delete, .transfer, .protectedWrite, .updateOwn, .increment, .several: true
    default: false
    }
  }
}
