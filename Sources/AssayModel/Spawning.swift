/// Starts background actors: threads in the real world, further actors under the baton in the
/// simulation.
public protocol Spawning: AnyObject, Sendable {
  /// Starts `body` as an actor of its own.
  ///
  /// - Parameter name: at most 15 bytes are visible to the operating system.
  func spawn(name: String, _ body: @escaping @Sendable () -> Void) -> any SpawnedActor
}

/// A running or finished background actor.
public protocol SpawnedActor: AnyObject, Sendable {
  /// Blocks the calling actor until the background actor's body has returned.
  func join()
}
