import AssayModel

/// Judges the sorted history of one lock: S1, S3 and S5, and the part of S2 that needs no rows.
struct LockSafety {
  /// A span in which an acquisition certainly held the lock.
  struct Span: Equatable {
    /// Index of the acquisition.
    var holder: Int
    var start: MonotonicTime
    var end: MonotonicTime
  }

  let number: Int
  let lock: LockHistory.Lock
  let context: CellContext

  func judge(_ witnesses: inout Witnesses) {
    judgeTokens(&witnesses)
    judgeUseOfOldTokens(&witnesses)
    judgeSpans(&witnesses)
  }

  /// S1.
  private func judgeTokens(_ witnesses: inout Witnesses) {
    for (left, right) in zip(lock.acquisitions, lock.acquisitions.dropFirst())
    where left.token == right.token {
      witnesses.add("lock \(number): token \(left.token) was given twice: \(words(left, right))")
    }
    let byCompletion = lock.acquisitions.sorted { $0.completed < $1.completed }
    let byInvocation = lock.acquisitions.sorted { $0.invoked < $1.invoked }
    var returned = byCompletion[...]
    var highest: LockHistory.Acquisition?
    for acquisition in byInvocation {
      // Closed intervals: two calls may read the same tick, and then neither came first.
      while let next = returned.first, next.completed < acquisition.invoked {
        if next.token > highest?.token ?? 0 { highest = next }
        returned.removeFirst()
      }
      if let highest, highest.token > acquisition.token {
        witnesses.add("lock \(number): a token fell: \(words(highest, acquisition))")
      }
    }
  }

  /// The second half of S2, and S5.
  private func judgeUseOfOldTokens(_ witnesses: inout Witnesses) {
    let byCompletion = lock.acquisitions.sorted { $0.completed < $1.completed }
    var returned = byCompletion[...]
    var highest: LockHistory.Acquisition?
    func newest(before time: MonotonicTime) -> LockHistory.Acquisition? {
      while let next = returned.first, next.completed < time {
        if next.token > highest?.token ?? 0 { highest = next }
        returned.removeFirst()
      }
      return highest
    }
    for write in lock.writes {
      guard let newer = newest(before: write.invoked), newer.token > write.token else { continue }
      witnesses.add(
        "lock \(number): the write of nonce \(write.nonce) by \(write.actor) with token "
          + "\(write.token), invoked \(context.text(write.invoked)), was accepted though "
          + "\(newer.actor) had token \(newer.token) since \(context.text(newer.completed))")
    }
    returned = byCompletion[...]
    highest = nil
    let renewals = lock.renewals.filter(\.isAcknowledged).sorted { $0.invoked < $1.invoked }
    for renewal in renewals {
      guard let newer = newest(before: renewal.invoked), newer.token > renewal.token else {
        continue
      }
      witnesses.add(
        "lock \(number): a renewal with token \(renewal.token), invoked "
          + "\(context.text(renewal.invoked)), was accepted though \(newer.actor) had token "
          + "\(newer.token) since \(context.text(newer.completed))")
    }
  }

  /// S3.
  private func judgeSpans(_ witnesses: inout Witnesses) {
    let all = lock.acquisitions.indices.flatMap { spans(of: $0) }
      .sorted { ($0.start, $0.end, $0.holder) < ($1.start, $1.end, $1.holder) }
    // The span that ends last, and the one that ends last among those of other holders.
    var last: Span?
    var lastOfOthers: Span?
    for span in all {
      let rival = last?.holder == span.holder ? lastOfOthers : last
      if let rival, span.start < rival.end {
        witnesses.add(overlap(rival, span))
      }
      if span.holder == last?.holder {
        if span.end > last?.end ?? span.start { last = span }
      } else if span.end > last?.end ?? MonotonicTime(nanoseconds: 0) {
        lastOfOthers = last
        last = span
      } else if span.end > lastOfOthers?.end ?? MonotonicTime(nanoseconds: 0) {
        lastOfOthers = span
      }
    }
  }

  /// Returns the spans in which an acquisition certainly held the lock: from its return until its
  /// lease expires, longer if it was renewed before that, but not beyond a release or the death of
  /// its process.
  func spans(of index: Int) -> [Span] {
    let acquisition = lock.acquisitions[index]
    var stop = MonotonicTime(nanoseconds: .max)
    if let release = lock.releases(of: acquisition.token).first { stop = release.invoked }
    if let death = context.death(of: acquisition.actor) { stop = min(stop, death) }
    var spans: [Span] = []
    var span = Span(holder: index, start: acquisition.completed, end: acquisition.heldUntil)
    for renewal in lock.renewals(of: acquisition.token) where renewal.isAcknowledged {
      if renewal.completed <= span.end {
        span.end = max(span.end, renewal.heldUntil)
      } else {
        spans.append(span)
        span = Span(holder: index, start: renewal.completed, end: renewal.heldUntil)
      }
    }
    spans.append(span)
    return spans.compactMap { span in
      let end = min(span.end, stop)
      return span.start < end ? Span(holder: index, start: span.start, end: end) : nil
    }
  }

  private func overlap(_ left: Span, _ right: Span) -> String {
    let (one, two) = (lock.acquisitions[left.holder], lock.acquisitions[right.holder])
    let shared = min(left.end, right.end) - right.start
    return "lock \(number) was held twice for \(Words.span(Double(shared.rawValue))): "
      + "\(one.actor) with token \(one.token) from \(context.text(left.start)) to "
      + "\(context.text(left.end)), \(two.actor) with token \(two.token) from "
      + "\(context.text(right.start)) to \(context.text(right.end))"
  }

  private func words(
    _ left: LockHistory.Acquisition, _ right: LockHistory.Acquisition
  ) -> String {
    "\(left.actor) got \(left.token), returned \(context.text(left.completed)); "
      + "\(right.actor) got \(right.token), invoked \(context.text(right.invoked))"
  }
}
