import AssayModel
import FaultVFS
import SQLiteDriver
import Workloads

/// What the scenario's own invariants gave on the contents of a program.
struct StateInvariants: Hashable, Codable, Sendable {
  /// Contents on which all of them were evaluated.
  var contents = 0
  /// The first that did not hold, with the transaction after which.
  var broken: String?
  /// Why one of them cannot be told, where that is so.
  var unfinished: String?

  /// Evaluates them on an image that was recovered before.
  ///
  /// - Returns: the first that does not hold, and why one cannot be told; nothing when all hold, or
  ///   when there are none.
  static func evaluate(
    _ program: SimulatedProgram, _ reader: borrowing ImageReader
  ) -> (broken: String?, unfinished: String?) {
    do {
      return try reader.withConnection { connection in
        connection.keepLogAtClose()
        let found = program.entry.readInvariants(&connection, program.cell)
        let unfinished = found.lazy.compactMap(\.unknownReason).first
        return (found.first { !$0.holds && $0.unknownReason == nil }.map(text), unfinished)
      }
    } catch {
      return (nil, nil)
    }
  }

  private static func text(_ observation: InvariantObservation) -> String {
    let query = observation.query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let gave =
      switch observation.answer {
      case .found(let value): "gave '\(value)'"
      case .noRow: "gave no row"
      case .failed(let message): "failed: \(message)"
      case .unfinished(let limit): "did not finish within \(limit)"
      }
    return "'\(query)' must give '\(observation.expected)', but \(gave)"
  }

  /// Adds a content of the history.
  ///
  /// - Parameter number: of the transaction after which it was.
  mutating func add(_ number: Int, _ program: SimulatedProgram, _ reader: borrowing ImageReader) {
    // A query that never ends is not tried on every content.
    guard program.hasInvariants, unfinished == nil else { return }
    let found = Self.evaluate(program, reader)
    unfinished = found.unfinished
    if found.unfinished == nil { contents += 1 }
    guard broken == nil, let text = found.broken else { return }
    broken = "after transaction \(number), without any crash: \(text)"
  }
}

extension ImageReader {
  /// Looks at the invariants of an image whose content is not a state of the program; on the others
  /// they give what they gave there.
  func withInvariants(
    _ state: ImageState, _ program: SimulatedProgram, _ trace: ProgramTrace
  ) -> ImageState {
    guard case .content(let digest) = state, program.hasInvariants,
      trace.numbersOfState[digest] == nil, trace.invariants.unfinished == nil,
      let text = StateInvariants.evaluate(program, self).broken
    else { return state }
    return .breaking(digest, text)
  }
}
