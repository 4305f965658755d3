import AssayModel

/// Which operations each write transaction of a program may carry.
///
/// A transaction carries the operation of the actor that got its lock. Under group commit another
/// actor of the same process may commit for it, so that any transaction of that process in the time
/// of an operation may carry it. No transaction carries operations of two processes.
struct CarriedOperations {
  /// One operation that was acknowledged, or of which nobody knows.
  struct Operation {
    /// Its attempt.
    var event: SimulatedEvent
    /// Numbers of the transactions that may carry it, from 1, ascending; empty for none.
    var transactions: [Int]
    /// Transactions that had ended when it was answered.
    var ended: Int

    /// Whether it was acknowledged; otherwise it may be in none.
    var isAcknowledged: Bool { event.event.outcome == .ok }
  }

  /// In the order of their acknowledgement; those that were not answered come last.
  let operations: [Operation]

  /// - Parameters:
  ///   - isShared: whether a transaction may hold operations of several actors.
  ///   - actorNumber: the number under which the disk's log knows an actor.
  ///   - mayCommit: whether the actor of that number may commit for another one.
  init(
    _ events: [SimulatedEvent], _ transactions: [CommitOrder.Transaction], isShared: Bool,
    actorNumber: (ActorID) -> Int32, mayCommit: (Int32, ActorID) -> Bool
  ) {
    operations = events.filter { event in
      event.event.operation.kind == .sqlTransaction && event.event.outcome != .failed
    }.map { event in
      let actor = event.event.actor
      let (from, until) = (Int(event.invokedAt), event.completedAt.map { Int($0) } ?? .max)
      let within = transactions.indices.filter { index in
        let transaction = transactions[index]
        guard mayCommit(transaction.actor, actor) else { return false }
        let ended = transaction.ended ?? (event.completedAt == nil ? until - 1 : .max)
        // A group takes in who comes after its BEGIN; an actor of its own begins for itself.
        return (isShared ? ended : transaction.began) >= from && ended < until
      }
      let own = within.last { transactions[$0].actor == actorNumber(actor) }
      return Operation(
        event: event,
        transactions: isShared ? within.map { $0 + 1 } : own.map { [$0 + 1] } ?? [],
        ended: transactions.count { ($0.ended ?? .max) < until })
    }.sorted { ($0.event.completedAt ?? .max) < ($1.event.completedAt ?? .max) }
  }

  /// Operations that transaction `number` may carry and no earlier one does.
  ///
  /// - Parameter placed: by index in `operations`: whether an earlier transaction carries it.
  ///
  /// - Postcondition: all of them are of one process: a connection belongs to one.
  func candidates(for number: Int, placed: [Bool]) -> [Int] {
    let candidates = operations.indices.filter {
      !placed[$0] && operations[$0].transactions.contains(number)
    }
    let processes = Set(candidates.map { operations[$0].event.event.actor.process })
    precondition(
      processes.count <= 1,
      "transaction \(number) was attributed to the processes \(processes.sorted())")
    return candidates
  }

  /// Ways in which a transaction may hold its candidates, the likeliest first: all that were
  /// acknowledged, in the order of their acknowledgement.
  ///
  /// - Parameter limit: with more candidates only that first one is given.
  func arrangements(of candidates: [Int], in number: Int, limit: Int) -> [[Int]] {
    let likeliest = candidates.filter { operations[$0].isAcknowledged }
    guard candidates.count <= limit else { return [likeliest] }
    let needed = likeliest.filter { operations[$0].transactions.last == number }
    var all = [likeliest]
    for subset in Self.subsets(candidates) where needed.allSatisfy(subset.contains) {
      for order in Self.orders(subset) where order != likeliest { all.append(order) }
    }
    return all
  }

  /// Larger ones first.
  private static func subsets(_ all: [Int]) -> [[Int]] {
    let subsets = (0..<1 << all.count).map { bits in
      all.indices.filter { bits >> $0 & 1 == 1 }.map { all[$0] }
    }
    return subsets.sorted { $0.count > $1.count }
  }

  private static func orders(_ all: [Int]) -> [[Int]] {
    guard all.count > 1 else { return [all] }
    return all.indices.flatMap { index in
      var rest = all
      let first = rest.remove(at: index)
      return orders(rest).map { [first] + $0 }
    }
  }
}
