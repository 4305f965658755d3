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

  /// Evaluates them on an image that was recovered before.
  ///
  /// - Returns: the first that does not hold; `nil` when all do, or when there are none.
  static func broken(_ program: SimulatedProgram, _ reader: borrowing ImageReader) -> String? {
    do {
      return try reader.withConnection { connection in
        connection.keepLogAtClose()
        let found = program.entry.readInvariants(&connection, program.cell)
        return found.first { !$0.holds }.map(text)
      }
    } catch {
      return nil
    }
  }

  private static func text(_ observation: InvariantObservation) -> String {
    let query = observation.query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let gave =
      switch observation.answer {
      case .found(let value): "gave '\(value)'"
      case .noRow: "gave no row"
      case .failed(let message): "failed: \(message)"
      }
    return "'\(query)' must give '\(observation.expected)', but \(gave)"
  }

  /// Adds a content of the history.
  ///
  /// - Parameter number: of the transaction after which it was.
  mutating func add(_ number: Int, _ program: SimulatedProgram, _ reader: borrowing ImageReader) {
    guard program.hasInvariants else { return }
    contents += 1
    guard broken == nil, let text = Self.broken(program, reader) else { return }
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
      trace.numbersOfState[digest] == nil,
      let text = StateInvariants.broken(program, self)
    else { return state }
    return .breaking(digest, text)
  }
}
