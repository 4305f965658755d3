import AssayModel
import Platform

extension CellRun {
  /// Keeps the first failure of each operation with each code, of all processes.
  func take(_ failure: FirstFailure) {
    if failures.contains(where: { $0.isSame(as: failure) }) { return }
    failures.append(failure)
    // Before anything has failed there is no reason to look.
    if endsFruitless, failure.kind.isOfLoad, successWatch == nil {
      successWatch = SuccessWatch(folder: historyFolder, cell: cell, since: begun)
    }
  }

  /// Ends a run in which nothing succeeds: what it would still measure says no more.
  func endIfFruitless() {
    guard !isStopping, let now = successWatch?.due(at: time.monotonicNow()) else { return }
    let actors = slots.indices.flatMap { process in
      (0..<cell.load.writers + cell.load.readers).map {
        ActorID(process: process, incarnation: slots[process].incarnation, actor: $0)
      }
    }
    guard successWatch?.isFruitless(actors, at: now) == true, now < measuredUntil else { return }
    let span = Self.seconds((now - begun).seconds)
    endedEarly =
      "nothing succeeded for \(Self.seconds(SuccessWatch.limit.seconds)), so the run ended "
      + "\(span) after its start"
    stopEarly(at: now)
  }

  /// Whether the run ends when nothing succeeds: faults may be the reason, and sides that work in
  /// turns go by a clock of their own.
  private var endsFruitless: Bool { observes && seat == nil && cell.faults.isEmpty }

  private static func seconds(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths)) s" : "\(tenths) s"
  }
}

/// Looks whether anything succeeds, in the mapped histories of all actors.
///
/// Nothing succeeds when for `limit` no actor got an acknowledgement and attempts failed, and no
/// attempt has been under way for longer than its timeouts: such a one is at work.
struct SuccessWatch {
  /// How long nothing may succeed.
  static let limit = Nanoseconds.seconds(5)
  private static let interval = Nanoseconds.milliseconds(250)
  /// Events of each actor that a look reads.
  private static let depth = 1_024

  private let folder: String
  private let patience: Nanoseconds
  private var readers: [ActorID: HistoryReader] = [:]
  private var lastSuccess: MonotonicTime
  /// When it is to look again.
  private(set) var next: MonotonicTime

  /// - Parameter since: when the actors began.
  init(folder: String, cell: PlannedCell, since: MonotonicTime) {
    self.folder = folder
    patience =
      .seconds(1) + cell.storage.busyTimeout + (cell.storage.acquireTimeout ?? .zero)
    lastSuccess = since
    next = since + Self.interval
  }

  /// The time, if a look is due then.
  mutating func due(at now: MonotonicTime) -> MonotonicTime? {
    guard now >= next else { return nil }
    next = now + Self.interval
    return now
  }

  /// Whether nothing has succeeded for too long. An unreadable history counts as success: it is
  /// reported when the run is over.
  mutating func isFruitless(_ actors: [ActorID], at now: MonotonicTime) -> Bool {
    var hasFailed = false
    var isAtWork = false
    for actor in actors {
      guard let events = latest(actor) else { return false }
      for event in events {
        if event.outcome == .ok, let completed = event.completed {
          lastSuccess = max(lastSuccess, completed)
        }
        if event.outcome == .failed, (event.completed ?? now) + Self.limit >= now {
          hasFailed = true
        }
      }
      if lastSuccess + Self.interval >= now { return false }
      if let last = events.last, last.completed == nil, last.invoked + patience < now {
        isAtWork = true
      }
    }
    guard hasFailed, !isAtWork, lastSuccess + Self.limit <= now else { return false }
    return !actors.contains { hasSuccess($0, since: now + (.zero - Self.limit)) }
  }

  private mutating func latest(_ actor: ActorID) -> [Event]? {
    if readers[actor] == nil {
      readers[actor] = try? HistoryReader(path: History.path(folder: folder, actor: actor))
    }
    return (try? readers[actor]?.latest(Self.depth))?.compactMap { words in
      EventWords.event(actor: actor, sequence: 0, words: words.tuple)
    }
  }

  /// Reads a whole history, once: among very many failures the last events may miss a success.
  private func hasSuccess(_ actor: ActorID, since: MonotonicTime) -> Bool {
    guard let reader = try? HistoryReader(path: History.path(folder: folder, actor: actor)) else {
      return true
    }
    do {
      while let words = try reader.next() {
        let event = EventWords.event(actor: actor, sequence: 0, words: words.tuple)
        if let event, event.outcome == .ok, event.completed.map({ $0 >= since }) ?? false {
          return true
        }
      }
      return false
    } catch {
      return true
    }
  }
}
