import AssayModel
import AssayStorage

/// One incarnation of a process of the cell, which is a simulated process of its own.
struct SimulatedLife: Sendable {
  /// Number of the simulated process.
  var number: Int
  /// Number of the cell's process; a later one for those that only leave a lock behind.
  var process: Int
  /// How often the cell's process was started before.
  var incarnation: Int
  /// Owner identifier of its locks.
  var owner: String
  /// When it was started.
  var started: MonotonicTime
  /// When its engine was open.
  var ready: MonotonicTime?
  /// When it was killed.
  var killed: MonotonicTime?
  /// Its engine, once it is open.
  var database: Database?
  /// What its connections did.
  var connections: SimulatedConnections
  /// Of its actors, in their order.
  var recorders: [SimulatedRecorder] = []

  /// Whether it works on the cell's load.
  var isRunning: Bool { killed == nil && ready != nil }

  /// Commits that were acknowledged to its actors.
  var commits: Int { recorders.reduce(0) { $0 + $1.commits } }

  /// What its actors do now.
  var activity: SimulatedActivity { SimulatedActivity(recorders) }

  /// As the checks of the real world know it.
  func record(end: MonotonicTime) -> ProcessRecord {
    ProcessRecord(
      process: process, incarnation: incarnation, owner: owner, started: started, ready: ready,
      ended: killed ?? end, wasKilled: killed != nil, peakResidentBytes: 0)
  }
}

/// What the actors of a process are doing, as `LatestActivity` tells of a real one.
struct SimulatedActivity {
  /// Whether an actor holds a lock: its acquire was acknowledged and no release was invoked.
  private(set) var holdsLock = false
  /// Whether an actor is inside a call that writes.
  private(set) var isInsideWrite = false
  /// Whether an actor that holds a lock is inside a call.
  private(set) var isInsideCallAsHolder = false

  init(_ recorders: [SimulatedRecorder]) {
    for recorder in recorders { see(recorder) }
  }

  private mutating func see(_ recorder: SimulatedRecorder) {
    guard let last = recorder.events.last?.event else { return }
    let isUnderWay = last.completed == nil
    let turn = recorder.events.last {
      [.acquire, .release].contains($0.event.operation.kind)
    }
    let isHolding = turn.map { $0.event.operation.kind == .acquire && $0.event.outcome == .ok }
    if isHolding == true {
      holdsLock = true
      if isUnderWay { isInsideCallAsHolder = true }
    }
    // Waiting for a lock is no write: nothing of it can be lost.
    if isUnderWay, last.operation.kind.isWrite, last.operation.kind != .acquire {
      isInsideWrite = true
    }
  }
}
