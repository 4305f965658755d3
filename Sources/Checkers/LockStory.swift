import AssayModel

/// Describes the first violation of mutual exclusion for people: the actors that acquired a lock,
/// paused, woke and wrote, with the times.
struct LockStory {
  let history: LockHistory
  let context: CellContext

  /// Returns the story and the number of further violations; `nil` if no event shows one.
  func lines(of total: Int) -> [String]? {
    for (number, lock) in history.locks.enumerated() {
      guard let story = lateWrite(lock, number) ?? overlap(lock, number) else { continue }
      return total > 1 ? [story, "and \(Words.count(total - 1, "more violation"))"] : [story]
    }
    return nil
  }

  /// A write that was accepted after another actor had acquired the lock.
  private func lateWrite(_ lock: LockHistory.Lock, _ number: Int) -> String? {
    for write in lock.writes {
      guard let own = lock.acquisitions.first(where: { $0.token == write.token }),
        let newer = lock.acquisitions.first(where: {
          $0.token > write.token && $0.completed < write.invoked
        })
      else { continue }
      var parts = ["\(own.actor) acquired it at \(context.text(own.completed))"]
      var verb = "wrote"
      if let pause = pause(of: own.actor, from: own.completed, to: write.invoked) {
        parts[0] += " and was paused at \(context.text(pause.injected))"
        verb = "woke and wrote"
      } else {
        let end = lock.renewals(of: own.token).map(\.heldUntil).max() ?? own.heldUntil
        parts[0] += ", its lease ended at \(context.text(max(end, own.heldUntil)))"
      }
      parts.append("\(newer.actor) acquired it at \(context.text(newer.completed))")
      parts.append(
        "\(write.actor) \(verb) at \(context.text(write.invoked)), and the write was accepted")
      return "lock \(number): " + parts.joined(separator: "; ")
    }
    return nil
  }

  /// Two actors that certainly held the lock at the same time.
  private func overlap(_ lock: LockHistory.Lock, _ number: Int) -> String? {
    let safety = LockSafety(number: number, lock: lock, context: context)
    let spans = lock.acquisitions.indices.flatMap { safety.spans(of: $0) }
      .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    for (left, right) in zip(spans, spans.dropFirst())
    where left.holder != right.holder && right.start < left.end {
      let (one, two) = (lock.acquisitions[left.holder], lock.acquisitions[right.holder])
      let shared = min(left.end, right.end) - right.start
      return "lock \(number): \(one.actor) held it from \(context.text(left.start)) to "
        + "\(context.text(left.end)), and \(two.actor) from \(context.text(right.start)) to "
        + "\(context.text(right.end)): both for \(Words.span(Double(shared.rawValue)))"
    }
    return nil
  }

  private func pause(
    of actor: ActorID, from start: MonotonicTime, to end: MonotonicTime
  ) -> FaultRecord? {
    context.record.faults.first { fault in
      fault.kind == .pause && fault.process == Int(actor.process) && fault.injected >= start
        && fault.injected <= end
    }
  }
}
