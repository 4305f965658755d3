import AssayModel

/// Estimates how long a run of several cells still takes: the planned spans of their loads, and for
/// each the median of what set-up, observation and analysis took so far.
struct RunClock {
  private let planned: [Nanoseconds]
  private var overheads: [Int64] = []
  private var done = 0

  /// - Parameter planned: the load of each step, in order; `nil` anywhere makes all unknown.
  init?(planned: [Nanoseconds?]) {
    let known = planned.compactMap { $0 }
    guard known.count == planned.count else { return nil }
    self.planned = known
  }

  /// The load that a cell plans; `nil` where it ends after a number of operations.
  static func planned(_ cell: PlannedCell) -> Nanoseconds? {
    guard case .duration(let duration) = cell.load.extent else { return nil }
    return cell.load.warmUp + duration
  }

  /// Notes the end of a step that took so long in all.
  mutating func finish(taking span: Nanoseconds) {
    guard done < planned.count else { return }
    overheads.append(max(0, span.rawValue - planned[done].rawValue))
    done += 1
  }

  /// What is left after so much of the current step's load.
  func left(elapsed: Nanoseconds) -> Nanoseconds {
    let loads = planned.dropFirst(done).map(\.rawValue).reduce(0, +)
    let sorted = overheads.sorted()
    let overhead = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    let others = Int64(max(0, planned.count - done - 1))
    let current = min(max(0, elapsed.rawValue), done < planned.count ? planned[done].rawValue : 0)
    return Nanoseconds(loads - current + overhead * others)
  }
}
