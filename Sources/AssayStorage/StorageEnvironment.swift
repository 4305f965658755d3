public import AssayModel

/// Everything that storage is given instead of asking the system for it.
///
/// With the real sources storage runs on threads and clocks; with simulated ones the same code runs
/// one actor at a time in virtual time.
public struct StorageEnvironment: Sendable {
  /// The clocks and the sleep.
  public var time: any TimeSource
  /// How actors wait for each other.
  public var parking: any Parking
  /// How background actors are started (lease renewal).
  public var spawning: any Spawning
  /// Jitter, owner and acquisition identifiers.
  public var random: any RandomSource
  /// The boot and the process that storage runs in.
  public var host: any HostIdentity
  /// Told of connections that are opened and closed; `nil` for nobody.
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
