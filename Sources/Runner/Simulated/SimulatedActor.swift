import AssayModel

/// One actor under a baton, by which others wake it or wait for its end.
final class SimulatedActor: ParkingToken, SpawnedActor, @unchecked Sendable {
  // Unchecked because of `body`: whoever holds the baton takes it, once.

  /// Its number in the run, from 0; -1 for whoever calls from outside.
  let index: Int
  /// The run that it belongs to: a token may outlive it.
  let run: Int
  let thread: ActorThread?
  private let baton: Baton
  private var body: (@Sendable () -> Void)?

  init(
    index: Int, run: Int, thread: ActorThread?, baton: Baton, body: (@Sendable () -> Void)?
  ) {
    self.index = index
    self.run = run
    self.thread = thread
    self.baton = baton
    self.body = body
  }

  /// Runs the body and lets go of everything that it holds before this returns: the end of a
  /// connection is a call of the VFS, which needs the baton.
  @inline(never)
  func act() {
    let body = self.body
    self.body = nil
    body?()
  }

  func join() { baton.join(self) }
}
