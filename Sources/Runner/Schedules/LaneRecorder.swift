import AssayModel
import FaultVFS

/// Keeps what the disk answered to whom and when, for a lane diagram.
final class LaneRecorder: DiskObserver, @unchecked Sendable {
  // Unchecked because only the holder of the baton makes calls, and it is read after the run.

  /// A call of the run.
  struct Answer {
    var actor: Int
    var time: MonotonicTime
    var call: DiskCall
  }

  /// All calls of actors, in order.
  private(set) var answers: [Answer] = []
  private let baton: Baton

  init(_ baton: Baton) {
    self.baton = baton
  }

  func answered(_ call: DiskCall) {
    let actor = baton.currentActor
    if actor >= 0 { answers.append(Answer(actor: actor, time: baton.now(), call: call)) }
  }
}
