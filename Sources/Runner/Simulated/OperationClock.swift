/// Where an actor is in its program.
struct OperationPlace: Hashable, Comparable, Sendable {
  /// Number of the operation that it performs, from 0; -1 before the first.
  var number: Int
  /// Own steps since the operation began.
  var steps: Int

  static func < (left: OperationPlace, right: OperationPlace) -> Bool {
    (left.number, left.steps) < (right.number, right.steps)
  }
}

/// Says at which of its own steps each actor of a run began each operation.
///
/// A step number means another place once operations before it are left out; a place keeps its
/// meaning.
final class OperationClock: @unchecked Sendable {
  // Unchecked because whoever holds the baton uses it, and others between runs.

  /// By number of the actor under the baton, then by operation.
  private(set) var starts: [[Int]] = []
  /// All operations that were begun, in order, with those that were left out.
  private(set) var places: [ProgramPlace] = []

  /// Begins a new run.
  func reset() {
    starts.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
  }

  /// Notes that an actor begins its next operation.
  ///
  /// - Parameters:
  ///   - actor: its number under the baton.
  ///   - ownSteps: how many steps it has taken.
  func began(_ place: ProgramPlace, by actor: Int, ownSteps: Int) {
    guard actor >= 0 else { return }
    places.append(place)
    while starts.count <= actor { starts.append([]) }
    starts[actor].append(ownSteps)
  }

  /// Where an actor is that has taken so many steps.
  func place(of actor: Int, ownSteps: Int) -> OperationPlace {
    Self.place(starts.indices.contains(actor) ? starts[actor] : [], ownSteps: ownSteps)
  }

  /// Where an actor was whose operations began at these steps.
  static func place(_ starts: [Int], ownSteps: Int) -> OperationPlace {
    let number = (starts.lastIndex { $0 < ownSteps }) ?? -1
    return OperationPlace(number: number, steps: ownSteps - (number < 0 ? 0 : starts[number]))
  }
}
