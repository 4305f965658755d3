/// Starts background actors: threads in reality, further actors under the baton in the simulation.
public protocol Spawning: AnyObject, Sendable {
  /// Starts `body` as an actor of its own.
  ///
  /// - Parameter name: at most 15 bytes are visible to the operating system.
  func spawn(name: String, _ body: @escaping @Sendable () -> Void) -> any SpawnedActor
}

/// A background actor that was started.
public protocol SpawnedActor: AnyObject, Sendable {
  /// Blocks the calling actor until the background actor's body has returned.
  func join()
}
