import AssayModel
import Testing
import Workloads

/// An actor with its recorder.
final class TrialActor: @unchecked Sendable {
  // Unchecked because one thread uses it, and the test's own only after that has ended.

  private var actor: any WorkloadActor
  let recorder: HeapRecorder
  private let time: any TimeSource
  private var isActing = false

  init(_ actor: any WorkloadActor, recorder: HeapRecorder, time: any TimeSource) {
    self.actor = actor
    self.recorder = recorder
    self.time = time
  }

  var events: [Event] { recorder.events }

  /// Performs operations one after the other.
  ///
  /// - Parameter span: the deadline of each, from its beginning.
  func perform(_ count: Int = 1, within span: Nanoseconds = .seconds(60)) throws(ActorStopped) {
    // A plan that crosses the actor's own wait must not make it act twice at once.
    guard !isActing else {
      Issue.record("\(recorder.actor) was called while it acts")
      return
    }
    isActing = true
    defer { isActing = false }
    for _ in 0..<count {
      try actor.perform(recorder, intended: nil, deadline: time.monotonicNow() + span)
    }
  }

  func skip() { actor.skip() }

  /// Works as in a worker process: paced, until the pacing says that it is over.
  ///
  /// - Parameter isWanted: asked before each operation; `false` ends the actor.
  func run(
    pacing: Pacing, start: MonotonicTime, deadline: MonotonicTime,
    isWanted: () -> Bool = { true }, shouldSkip: (Int) -> Bool = { _ in false }
  ) {
    runActor(
      actor, pacing: pacing, recorder: recorder, time: time, start: start, deadline: deadline,
      shouldSkip: shouldSkip, betweenOperations: isWanted)
  }
}
