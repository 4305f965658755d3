import AssayModel
import AssayStorage
import FaultVFS
import Foundation
import SQLiteDriver
import Testing
import Workloads

@testable import Runner

/// Engines and workloads with a fault of their own, which a sweep must find.
///
/// Each in a process of its own: the simulated disk belongs to the process.
@Suite("Planted faults of a sweep")
struct SweepPlantedTests {
  @Test("A run without a fault reports nothing and finds nothing")
  func clean() async {
    await #expect(processExitsWith: .success) { try PlantedSweep.clean() }
  }

  @Test("An engine that hides an error and acknowledges is found")
  func swallowed() async {
    await #expect(processExitsWith: .success) { try PlantedSweep.swallowedError() }
  }

  @Test("A connection that is never closed is found")
  func leakedFile() async {
    await #expect(processExitsWith: .success) { try PlantedSweep.leakedConnection() }
  }

  @Test("A lock that is never given back is found")
  func leakedLock() async {
    await #expect(processExitsWith: .success) { try PlantedSweep.leakedLock() }
  }

  @Test("Memory that is never given back is found, and a clean run holds none")
  func leakedMemory() async {
    await #expect(processExitsWith: .success) { try PlantedSweep.leakedMemory() }
  }
}

/// What the processes of the tests do; each ends with a failure when the fault is not found.
private enum PlantedSweep {
  private static func world(
    swallows: Bool = false, sweep: String = "io-errors"
  ) throws -> SweepWorld {
    let cell = try SweepHarness.small("kv", sweep: sweep, operations: 6)
    guard var entry = WorkloadCatalog.entry(cell.load.workload) else { exit(3) }
    if swallows {
      entry.make = { (context) throws(StorageError) in try SwallowingWorkload(context) }
    }
    return try SweepWorld(cell, entry: entry, threads: ActorThreads())
  }

  /// A world whose engine has a second connection that nobody closes.
  private static func leakingWorld(holdsLock: Bool, sweep: String = "io-errors") throws
    -> SweepWorld
  {
    let world = try world(sweep: sweep)
    let (open, leaks) = (world.open, Leaks())
    world.open = { process in
      let database = try open(process)
      if leaks.all.isEmpty { leaks.all.append(try Leak(database, holdsLock: holdsLock)) }
      return database
    }
    return world
  }

  /// What a run found, one line each.
  private static func lines(_ run: SweepRunResult) -> [String] {
    run.problems.flatMap { problem in problem.lines.map { "\(problem.check): \($0)" } }
  }

  private static func require(_ condition: Bool, _ found: [String]) {
    guard !condition else { return }
    FileHandle.standardError.write(Data("found: \(found)\n".utf8))
    exit(2)
  }

  static func clean() throws {
    let run = try world().run(nil, program: 0)
    require(run.hits == 0 && !run.isReported && run.acknowledged > 3, [])
    require(run.problems.isEmpty, lines(run))
  }

  static func swallowedError() throws {
    let block = SweepBlock(
      program: 0,
      line: SweepFault.Line(
        target: .call(effect: .ioError, method: .write, file: .wal), isLasting: false),
      first: 1, count: 100)
    let honest = try world().sweep(block)
    require(honest.isExhausted && honest.faults > 5 && honest.reported > 5, ["\(honest)"])
    require(honest.bad.isEmpty, ["\(honest.bad)"])
    let lying = try world(swallows: true).sweep(block)
    require(lying.isExhausted && lying.faults == honest.faults, ["\(lying)"])
    let checks = lying.bad.map { $0.problems.map(\.check) }
    require(checks.contains([.durability, .errorHandling]), ["\(lying.bad)"])
  }

  static func leakedConnection() throws {
    let run = try leakingWorld(holdsLock: false).run(nil, program: 0)
    let found = lines(run)
    require(found.contains { $0.hasSuffix("files are still open after every close") }, found)
  }

  static func leakedLock() throws {
    let run = try leakingWorld(holdsLock: true).run(nil, program: 0)
    let found = lines(run)
    require(
      found.contains {
        $0.contains("tried again through a fresh database") && $0.hasSuffix("SQLITE_BUSY")
      }, found)
  }

  static func leakedMemory() throws {
    try FailingAllocator.install()
    let clean = try world(sweep: "memory")
    for _ in 0..<2 { require(lines(try clean.run(nil, program: 0)).isEmpty, ["clean"]) }
    require(FailingAllocator.outstanding >= 0, ["\(FailingAllocator.outstanding)"])
    let leaking = try leakingWorld(holdsLock: false, sweep: "memory")
    let found = lines(try leaking.run(nil, program: 0))
    require(found.contains { $0.hasSuffix("more blocks of memory than before") }, found)
  }
}

/// Connections that stay open for ever.
private final class Leaks {
  var all: [Leak] = []
}

private final class Leak {
  var connection: Connection

  init(_ database: Database, holdsLock: Bool) throws {
    let configuration = database.configuration
    connection = try Connection(
      ConnectionOptions(
        path: configuration.path, vfs: configuration.vfs, time: database.environment.time))
    _ = try connection.rows(text: "SELECT count(*) FROM sqlite_schema")
    if holdsLock { try connection.begin(.immediate) }
  }
}

/// Workload `kv` over an engine that takes every failure for a success.
private struct SwallowingWorkload: Workload {
  private let base: KeyValueWorkload

  init(_ context: WorkloadContext) throws(StorageError) {
    base = try KeyValueWorkload(context)
  }

  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    SwallowingActor(base: base.makeActor(actor, role: role))
  }
}

private struct SwallowingActor: WorkloadActor {
  var base: any WorkloadActor

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    try base.perform(LyingRecorder(recorder), intended: intended, deadline: deadline)
  }

  mutating func skip() { base.skip() }
}

private final class LyingRecorder: OperationRecorder {
  private let base: any OperationRecorder

  init(_ base: any OperationRecorder) { self.base = base }

  var lastReading: MonotonicTime { base.lastReading }

  func begin(intended: MonotonicTime?) { base.begin(intended: intended) }

  @discardableResult
  func invoke(_ operation: WorkloadOperation) -> MonotonicTime { base.invoke(operation) }

  @discardableResult
  func complete(
    _ operation: WorkloadOperation, _ outcome: Event.Outcome, code: Int32, isFinal: Bool
  ) -> MonotonicTime {
    base.complete(operation, .ok, code: 0, isFinal: true)
  }
}
