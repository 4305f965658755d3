public import AssayModel

/// The system services that storage is given instead of using the system directly.
///
/// With the real sources, storage runs on threads and clocks; with simulated ones the same code
/// runs one actor at a time in virtual time.
public struct StorageEnvironment: Sendable {
  /// The clocks and the sleep.
  public var time: any TimeSource
  /// Means for actors to wait for each other.
  public var parking: any Parking
  /// Starts background actors (lease renewal).
  public var spawning: any Spawning
  /// Source of jitter and of owner and acquisition identifiers.
  public var random: any RandomSource
  /// Identity of the boot and the process in which storage runs.
  public var host: any HostIdentity
  /// Observer of connections that are opened and closed; `nil` for none.
  public var connections: (any ConnectionObserver)?

  /// Creates an environment.
  public init(
    time: any TimeSource, parking: any Parking, spawning: any Spawning,
    random: any RandomSource, host: any HostIdentity,
    connections: (any ConnectionObserver)? = nil
  ) {
    self.time = time
    self.parking = parking
    self.spawning = spawning
    self.random = random
    self.host = host
    self.connections = connections
  }
}
