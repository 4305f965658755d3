import AssayModel

/// The attempts of one operation, folded into how the operation ended.
///
/// Attempts of an operation carry the same identifier and follow each other in their actor's
/// order: one acknowledged attempt makes it acknowledged, otherwise one unknown makes it unknown.
struct AttemptFold {
  let identifier: UInt64
  let actor: ActorID
  private(set) var outcome: Event.Outcome
  private(set) var invoked: MonotonicTime

  init(_ event: Event, identifier: UInt64) {
    self.identifier = identifier
    actor = event.actor
    outcome = event.outcome
    invoked = event.invoked
  }

  mutating func add(_ event: Event) {
    if outcome == .ok { return }
    if event.outcome == .failed, outcome == .unknown { return }
    outcome = event.outcome
    invoked = event.invoked
  }
}

/// Folds the attempts of every actor, one operation at a time.
struct AttemptFolds {
  private var folds: [AttemptFold] = []
  private var index: [UInt64: Int] = [:]
  private var lastActor: UInt64 = .max
  private var lastIndex = 0

  /// Adds an attempt; returns the previous operation if the attempt begins a new one.
  mutating func add(_ event: Event, identifier: UInt64) -> AttemptFold? {
    let actor = event.actor.packed
    if actor != lastActor {
      lastActor = actor
      guard let known = index[actor] else {
        lastIndex = folds.count
        index[actor] = lastIndex
        folds.append(AttemptFold(event, identifier: identifier))
        return nil
      }
      lastIndex = known
    }
    if folds[lastIndex].identifier == identifier {
      folds[lastIndex].add(event)
      return nil
    }
    let ended = folds[lastIndex]
    folds[lastIndex] = AttemptFold(event, identifier: identifier)
    return ended
  }

  /// The last operation of each actor, in the order in which the actors came.
  var remaining: [AttemptFold] { folds }
}
