import AssayModel
import Platform
import Statistics

/// Looks at the tails of a cell's histories while its load runs: rate, p99 and failures for the
/// progress line, which only a terminal shows.
///
/// It reads a bounded number of events per actor and look. Where more happened in between, what it
/// counts is scaled up, so that its figures are estimates.
struct LoadWatch {
  /// How often it looks.
  static let interval = Nanoseconds.milliseconds(200)
  /// Events of an actor that it reads at a look.
  private static let depth = 128
  /// Fewer responses do not hold a p99.
  private static let leastValues: UInt64 = 100

  private var readers: [ActorID: HistoryReader] = [:]
  private var lastLook: MonotonicTime?
  private var responses = LatencyHistogram()
  private var failures = 0.0

  /// Looks at the given actors.
  mutating func look(
    at actors: [ActorID], folder: String, now: MonotonicTime
  ) -> ProgressLine.Live {
    let from = lastLook ?? now + Nanoseconds(-Nanoseconds.seconds(1).rawValue)
    lastLook = now
    var acknowledged = 0.0
    for actor in actors {
      guard let events = tail(of: actor, folder) else { continue }
      let ended = events.compactMap { event in event.completed.map { (event, $0) } }
        .filter { $0.1 > from }
      guard let first = ended.map(\.1).min(), let last = ended.map(\.1).max() else { continue }
      // All that was read is new: there was more of it, and it was probably like the rest.
      let isCut = ended.count == Self.depth && last > first
      let scale = isCut ? max(1, Double((now - from).rawValue) / Double((now - first).rawValue)) : 1
      for (event, completed) in ended {
        if event.outcome == .ok {
          acknowledged += scale
          responses.record(UInt64(max(0, (completed - event.intended).rawValue)))
        } else {
          failures += scale
        }
      }
    }
    let seconds = Double((now - from).rawValue) / 1e9
    return ProgressLine.Live(
      perSecond: seconds > 0 ? acknowledged / seconds : 0,
      p99: responses.count >= Self.leastValues ? responses.percentile(0.99) : nil,
      failures: UInt64(failures))
  }

  private mutating func tail(of actor: ActorID, _ folder: String) -> [Event]? {
    let path = History.path(folder: folder, actor: actor)
    if readers[actor] == nil, HistoryReader.exists(path: path) {
      readers[actor] = try? HistoryReader(path: path)
    }
    // What can't be read now is no news: the line is drawn again soon.
    guard let words = try? readers[actor]?.latest(Self.depth) else { return nil }
    return words.compactMap { words in
      EventWords.event(actor: actor, sequence: 0, words: words.tuple)
    }
  }
}
