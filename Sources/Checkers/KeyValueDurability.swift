import AssayModel

/// `durability` of the key-value workload: the final value of a key is one of its last writes.
///
/// A final value is legal if some write of it, acknowledged or unknown, has no acknowledged write
/// of that key that was invoked after its last possible effect. A delete writes absence; the
/// content of the template counts as written at time 0. Two acknowledged writes that overlapped in
/// time may have been committed in either order, so either may be the last: an overwritten
/// acknowledged value is no loss, and a lost one that overlapped the survivor goes undetected.
struct KeyValueDurability: EventChecker {
  /// 48 bytes per key.
  private struct KeyState {
    /// Nonce of the key's final value; 0 for absence.
    var finalNonce: UInt64 = 0
    /// Last possible effect of a write of that nonce.
    var finalEffect = MonotonicTime(nanoseconds: 0)
    /// Actor of that write, packed, with flags above.
    var finalWriter: UInt64 = 0
    /// The acknowledged write that was invoked last.
    var lastInvoked = MonotonicTime(nanoseconds: 0)
    var lastNonce: UInt64 = 0
    var lastWriter: UInt64 = 0
  }

  private static let isWritten: UInt64 = 1 << 48
  private static let isRefused: UInt64 = 1 << 49
  private static let actorMask: UInt64 = (1 << 48) - 1

  private let context: CellContext
  private let initialNonce: @Sendable (UInt64) -> UInt64
  private var keys: [KeyState]
  private var witnesses = Witnesses()
  /// The same without nonces.
  private var stories = Witnesses()
  private var strayEvents = 0
  private var acknowledged = (stores: 0, deletes: 0)
  private var unknown = 0

  init(context: CellContext, initialNonce: @escaping @Sendable (UInt64) -> UInt64) {
    self.context = context
    self.initialNonce = initialNonce
    keys = Array(repeating: KeyState(), count: context.cell.load.keyCount)
  }

  mutating func see(_ row: ContentRow) {
    guard row.kind == .value else { return }
    guard row.subject < UInt64(keys.count) else {
      let count = Words.count(keys.count, "key")
      witnesses.add("key \(row.subject) has a row, though the cell has \(count)")
      stories.add("key \(row.subject) has a row, though the cell has \(count)")
      return
    }
    let key = Int(row.subject)
    if keys[key].finalNonce != 0 {
      witnesses.add("key \(key) has two rows")
      stories.add("key \(key) has two rows")
    }
    keys[key].finalNonce = row.value
  }

  mutating func see(_ event: Event) {
    let isDelete = event.operation.kind == .delete
    guard isDelete || event.operation.kind == .store else { return }
    guard event.operation.subject < UInt64(keys.count) else {
      strayEvents += 1
      return
    }
    let key = Int(event.operation.subject)
    let nonce = isDelete ? 0 : event.operation.value
    switch event.outcome {
    case .ok:
      if isDelete { acknowledged.deletes += 1 } else { acknowledged.stores += 1 }
      if event.invoked >= keys[key].lastInvoked {
        keys[key].lastInvoked = event.invoked
        keys[key].lastNonce = nonce
        keys[key].lastWriter = event.actor.packed | Self.isWritten
      }
    case .unknown:
      unknown += 1
    case .failed:
      if nonce == keys[key].finalNonce { keys[key].finalWriter |= Self.isRefused }
      return
    }
    guard nonce == keys[key].finalNonce else { return }
    let effect = context.latestEffect(of: event)
    if keys[key].finalWriter & Self.isWritten == 0 || effect > keys[key].finalEffect {
      keys[key].finalEffect = effect
      keys[key].finalWriter = event.actor.packed | Self.isWritten
    }
  }

  mutating func finish(content: ContentState) -> CheckResult {
    let total = acknowledged.stores + acknowledged.deletes
    var evidence = Words.count(acknowledged.stores, "acknowledged store")
    if acknowledged.deletes > 0 {
      evidence += ", \(Words.count(acknowledged.deletes, "acknowledged delete"))"
    }
    if unknown > 0 { evidence += ", \(Words.grouped(unknown)) of unknown outcome" }
    evidence += ", \(Words.count(keys.count, "key"))"
    if let reason = content.reason {
      return .unknown(.durability, evidence: evidence, reason: reason)
    }
    for key in keys.indices { judge(key) }
    if !witnesses.isEmpty {
      var result = CheckResult.violated(
        .durability, evidence: evidence, witness: witnesses.summary)
      result.story = stories.summary
      return result
    }
    if strayEvents > 0 {
      return .unknown(
        .durability, evidence: evidence,
        reason: "\(Words.count(strayEvents, "event")) of keys that the cell does not have")
    }
    if total == 0 {
      return .unknown(
        .durability, evidence: evidence, reason: "no write was acknowledged", sawNothing: true)
    }
    return .valid(.durability, evidence: evidence)
  }

  private mutating func judge(_ key: Int) {
    let state = keys[key]
    let isWritten = state.finalWriter & Self.isWritten != 0
    let isInitial = state.finalNonce == initialNonce(UInt64(key))
    if isWritten, state.finalEffect >= state.lastInvoked { return }
    if isInitial, state.lastWriter == 0 { return }
    let context = context
    witnesses.add(
      Self.words(key, state, isWritten: isWritten, isInitial: isInitial, context: context))
    stories.add(
      Self.story(key, state, isWritten: isWritten, isInitial: isInitial, context: context))
  }

  private static func story(
    _ key: Int, _ state: KeyState, isWritten: Bool, isInitial: Bool, context: CellContext
  ) -> String {
    var text = "key \(key) "
    if state.finalNonce == 0 {
      text += "is absent"
    } else if isWritten {
      text +=
        "holds the value of \(actor(state.finalWriter)), in effect by "
        + context.text(state.finalEffect)
    } else if isInitial {
      text += "holds its value from before the run"
    } else if state.finalWriter & isRefused != 0 {
      text += "holds a value whose write was reported as failed"
    } else {
      text += "holds a value that no actor wrote"
    }
    guard state.lastWriter != 0 else { return text }
    let write = state.lastNonce == 0 ? "a delete" : "a store"
    return text + "; \(write) by \(actor(state.lastWriter)), invoked "
      + "\(context.text(state.lastInvoked)), was acknowledged"
  }

  private static func words(
    _ key: Int, _ state: KeyState, isWritten: Bool, isInitial: Bool, context: CellContext
  ) -> String {
    var text = "key \(key) "
    text += state.finalNonce == 0 ? "is absent" : "holds nonce \(state.finalNonce)"
    if isWritten {
      text += " of \(actor(state.finalWriter)), in effect by \(context.text(state.finalEffect))"
    } else if isInitial {
      text += ", as before the run"
    } else if state.finalWriter & isRefused != 0 {
      text += ", whose write was reported as failed"
    } else {
      text += ", which no actor wrote"
    }
    guard state.lastWriter != 0 else { return text }
    let write = state.lastNonce == 0 ? "a delete" : "the store of nonce \(state.lastNonce)"
    return text + "; \(write) by \(actor(state.lastWriter)), invoked "
      + "\(context.text(state.lastInvoked)), was acknowledged"
  }

  private static func actor(_ word: UInt64) -> String {
    "\(ActorID(packed: word & actorMask))"
  }
}
