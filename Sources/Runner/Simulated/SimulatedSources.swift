import AssayModel

/// The clocks of a simulated world; a sleep is a step.
///
/// A reading takes a tick: a query without a call of the VFS reaches its timeout too.
final class SimulatedClock: TimeSource {
  private let baton: Baton

  init(_ baton: Baton) {
    self.baton = baton
  }

  func monotonicNow() -> MonotonicTime { baton.read() }

  func bootNow() -> BootTime { baton.readBoot() }

  func wallNow() -> WallTime {
    _ = baton.read()
    return baton.wallNow()
  }

  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    try baton.sleep(until: deadline)
  }
}

/// Waiting by handing over the baton.
final class SimulatedParking: Parking {
  private let baton: Baton

  init(_ baton: Baton) {
    self.baton = baton
  }

  func currentToken() -> ParkingToken { baton.currentToken() }

  func park(until deadline: MonotonicTime?) throws(ActorStopped) {
    try baton.park(until: deadline)
  }

  /// - Parameter token: one that `currentToken` of this world returned.
  func unpark(_ token: ParkingToken) {
    guard let actor = token as? SimulatedActor else {
      preconditionFailure("the token \(token) belongs to another Parking")
    }
    baton.unpark(actor)
  }
}

/// Background actors of one simulated process; they are stopped when all others have ended.
final class SimulatedSpawning: Spawning {
  private let baton: Baton
  private let process: Int

  init(_ baton: Baton, process: Int) {
    self.baton = baton
    self.process = process
  }

  func spawn(name: String, _ body: @escaping @Sendable () -> Void) -> any SpawnedActor {
    baton.add(name: "p\(process)/\(name)", process: process, isBackground: true, body)
  }
}

/// Who a simulated process is, and which others live.
final class SimulatedHost: HostIdentity {
  /// Process number p has process id 1,000 + p.
  private static let firstProcessID = 1_000

  let bootID = "00000000-0000-4000-8000-000000000001"
  let ownProcess: ProcessIdentity
  private let baton: Baton

  init(_ baton: Baton, process: Int) {
    self.baton = baton
    ownProcess = Self.identity(process)
  }

  /// A simulated process lives until it is killed; all are in one namespace.
  func liveness(of process: ProcessIdentity) -> ProcessLiveness {
    guard process.namespace == ownProcess.namespace else { return .unknown }
    let number = Int(process.processID) - Self.firstProcessID
    guard number >= 0, process == Self.identity(number) else { return .gone }
    return baton.isDead(process: number) ? .gone : .alive
  }

  /// A number is never used twice in a world, so that the start time has nothing to tell apart.
  private static func identity(_ process: Int) -> ProcessIdentity {
    ProcessIdentity(
      processID: Int32(firstProcessID + process), startTicks: UInt64(process + 1), namespace: 1)
  }
}
