import AssayModel
import Reports

/// The line that a terminal shows while a run goes on; at most 78 columns, with the numbers first
/// where a name would be too long.
enum ProgressLine {
  /// What is known of a cell while its load runs.
  struct Live: Equatable {
    /// Operations acknowledged in the last second.
    var perSecond = 0.0
    /// p99 of the responses so far, in nanoseconds; `nil` while too few are known.
    var p99: UInt64?
    /// Attempts that failed so far.
    var failures: UInt64 = 0
  }

  /// A place in a row of equal steps: cell 3 of 4.
  struct Place {
    var number: Int
    var total: Int
    var name: String

    /// `[3/4] delete 250ms`, shortened to leave room for the numbers.
    var text: String {
      let short = name.count > 22 ? name.prefix(19) + "..." : name[...]
      return "[\(number)/\(total)] \(short)"
    }
  }

  /// The load of a cell: `[3/4] delete 250ms   2.1 of 5.3 s   298/s  p99 366 ms   5 failed`.
  static func load(
    _ place: Place, elapsed: Nanoseconds, planned: Nanoseconds?, live: Live?, left: Nanoseconds?
  ) -> String {
    let seconds = Figures.span(max(0, elapsed.rawValue))
    var parts = [place.text]
    if let planned {
      parts.append("\(seconds) of \(Figures.span(planned.rawValue))")
    } else {
      parts.append(seconds)
    }
    if let live {
      let p99 = live.p99.map { Figures.span($0) } ?? "-"
      parts.append("\(Figures.rate(live.perSecond))/s  p99 \(p99)")
      parts.append("\(Figures.count(live.failures)) failed")
    }
    if let left { parts.append("\(Figures.seconds(left)) left") }
    return parts.joined(separator: "   ")
  }

  /// Longest time left in seconds that is worth printing: 30 days.
  private static let longestEstimate = 30.0 * 86_400

  /// An exploration: `6,400 of 10,000 schedules  2,230/s   2 kinds of violation   2 s left`.
  static func exploration(
    done: Int, wanted: Int?, noun: String, elapsed: Nanoseconds, found: String
  ) -> String {
    let seconds = Double(max(1, elapsed.rawValue)) / 1e9
    let rate = Double(done) / seconds
    let amount =
      wanted.map { "\(Figures.count(done)) of \(Figures.count($0)) \(noun)" }
      ?? "\(Figures.count(done)) \(noun)"
    var parts = ["\(amount)  \(Figures.rate(rate))/s", found]
    if let wanted, done > 0, wanted > done {
      let left = Double(wanted - done) / rate
      // An exploration without a number of its own ends by its budget.
      if left < longestEstimate {
        parts.append("\(Figures.seconds(Nanoseconds(Int64(left * 1e9)))) left")
      }
    }
    return parts.joined(separator: "   ")
  }

  /// The matrix values of a cell as short as people call them: `delete 250ms`.
  static func name(_ cell: PlannedCell) -> String {
    cell.parameters.isEmpty ? cell.id : cell.parameters.map(\.value).joined(separator: " ")
  }
}

extension Figures {
  /// A span in whole seconds or minutes, for what is only an estimate.
  static func seconds(_ span: Nanoseconds) -> String {
    let seconds = Int((Double(max(0, span.rawValue)) / 1e9).rounded(.up))
    return seconds < 120 ? "\(seconds) s" : "\((seconds + 30) / 60) min"
  }
}
