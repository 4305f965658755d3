import AssayModel

/// How long a block is and what it draws.
struct BlockShape: Hashable, Sendable {
  /// When it ends.
  var extent: LoadSettings.Extent
  /// Time at its start that is not measured.
  var warmUp: Nanoseconds
  /// When operations start.
  var rate: LoadSettings.Rate
  /// Share of them that the readers have; `nil` for as many for each actor.
  var readerShare: Double?
  /// One actor in one process that never waits, whatever the load says: what it does follows from
  /// its seed alone, so that its counts are exact.
  var isScript = false

  /// Longest warm-up of a block: what a fresh process needs to open its files and fill its caches
  /// of code, not what a cache of pages needs.
  private static let longestWarmUp = Nanoseconds.milliseconds(50)
  /// Shortest block: shorter ones measure the start of processes.
  static let shortest = Nanoseconds.milliseconds(250)

  /// A block of `length` under the load of a cell; one that ends after a number of operations keeps
  /// that number.
  init(_ load: LoadSettings, length: Nanoseconds) {
    switch load.extent {
    case .duration: extent = .duration(length)
    case .operations: extent = load.extent
    }
    warmUp = min(load.warmUp, Self.longestWarmUp)
    rate = load.rate
    readerShare = load.readerShare
  }

  /// A script of so many operations, for counting.
  init(scriptOf operations: Int) {
    extent = .operations(operations)
    warmUp = .zero
    rate = .closed
    isScript = true
  }

  /// The cell as a block of this shape runs it.
  func applied(to cell: PlannedCell, seed: Seed) -> PlannedCell {
    var cell = cell
    cell.load.extent = extent
    cell.load.warmUp = warmUp
    cell.load.rate = rate
    cell.load.readerShare = readerShare
    if isScript { Self.makeScript(&cell) }
    cell.seed = seed
    return cell
  }

  private static func makeScript(_ cell: inout PlannedCell) {
    cell.probe = .counts
    cell.load.processes = 1
    let hasWriters = cell.load.writers > 0
    cell.load.writers = hasWriters ? 1 : 0
    cell.load.readers = hasWriters ? 0 : 1
    cell.load.think = .zero
    cell.load.hold = .zero
    // Latencies that were asked for would only take time.
    cell.disk.latencies = []
  }
}
