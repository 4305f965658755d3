/// The schedules of one block, one after the other: `next(after: last run)` until `nil`.
public struct ScheduleBlock: Sendable {
  private enum Source: Sendable {
    case random(ScheduleStrategy)
    case listed(ListedEnumeration)
    case depthFirst(DepthFirstEnumeration)
  }

  private let search: ScheduleSearch
  private let first: Int
  private var source: Source
  /// Number of schedules returned so far.
  public private(set) var given = 0

  /// Strategy of the block's schedules.
  public let strategy: ScheduleStrategy

  init(_ search: ScheduleSearch, number: Int) {
    precondition(number >= 0, "block \(number)")
    self.search = search
    first = number * search.blockSize
    strategy = search.strategy(ofBlock: number)
    let seed = search.seed(of: first)
    source =
      switch strategy {
      case .uniform, .sticky, .priorities: .random(strategy)
      case .stalls(let end):
        .listed(ListedEnumeration(.stalls(end), limit: search.blockSize, seed: seed))
      case .preemptions:
        .listed(ListedEnumeration(.preemptions, limit: search.blockSize, seed: seed))
      case .depthFirst(let preemptions):
        .depthFirst(DepthFirstEnumeration(preemptions: preemptions, limit: search.blockSize))
      }
  }

  /// Level at which the run of the next schedule must be recorded for `next(after:)`.
  public var recording: ScheduleRecorder.Level {
    switch source {
    case .random: .off
    case .listed: given <= 1 ? .choices : .off
    case .depthFirst: .choices
    }
  }

  /// Number of the program's schedules returned, and their total; `nil` for random strategies.
  public var coverage: ScheduleCoverage? {
    switch source {
    case .random: nil
    case .listed(let enumeration): enumeration.coverage
    case .depthFirst(let enumeration): enumeration.coverage
    }
  }

  /// Returns the next task to run.
  ///
  /// - Parameter last: the record of the last task of this block; `nil` at first.
  /// - Returns: `nil` if the block is done.
  public mutating func next(after last: RecordedRun?) throws(ScheduleError) -> ScheduleTask? {
    let index = first + given
    guard given < search.blockSize, let schedule = try schedule(index, after: last) else {
      return nil
    }
    given += 1
    return ScheduleTask(
      index: index, program: strategy.isEnumeration ? first : index, schedule: schedule)
  }

  private mutating func schedule(
    _ index: Int, after last: RecordedRun?
  ) throws(ScheduleError) -> ScheduleDescription? {
    switch source {
    case .random(let strategy):
      return strategy.description(
        search.seed(of: index), estimatedSteps: search.estimatedSteps)
    case .listed(var enumeration):
      let next = try enumeration.next(after: last)
      source = .listed(enumeration)
      return next
    case .depthFirst(var enumeration):
      // Not copied while it works: the path may be long.
      source = .random(strategy)
      let next = try enumeration.next(after: last)
      source = .depthFirst(enumeration)
      return next
    }
  }
}
