import AssayModel
import AssayStorage
import Platform

/// One process of a simulated world: a pool, locks and a death of its own.
///
/// A process that is started again is a new one, with a number of its own.
struct SimulatedProcess: Sendable {
  /// Its number in the world, from 0.
  let number: Int
  /// What its storage and workload are given.
  let environment: StorageEnvironment
  let baton: Baton

  /// Creates the sources of a process.
  ///
  /// - Parameters:
  ///   - seed: of the world; the process derives its own.
  ///   - connections: told of connections that are opened and closed.
  init(
    _ number: Int, in baton: Baton, seed: Seed, connections: SimulatedConnections? = nil
  ) {
    self.number = number
    self.baton = baton
    environment = StorageEnvironment(
      time: SimulatedClock(baton), parking: SimulatedParking(baton),
      spawning: SimulatedSpawning(baton, process: number),
      random: SeededRandomSource(seed.derived("storage").derived("process", number)),
      host: SimulatedHost(baton, process: number), connections: connections)
  }

  /// Runs a body from outside of a run for this process: opening, closing.
  func acting<Value>(_ body: () throws -> Value) rethrows -> Value {
    try baton.acting(for: number, body)
  }
}
