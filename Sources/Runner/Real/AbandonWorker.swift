import AssayModel
import AssayStorage
import Platform
import SQLiteDriver
import Workloads

/// Takes a lock and ends without releasing it: a stale lock as a crashed process leaves it.
struct AbandonWorker {
  private let assignment: WorkerAssignment
  private let control: ControlChannel

  init(_ assignment: WorkerAssignment, _ control: ControlChannel) {
    self.assignment = assignment
    self.control = control
  }

  func run() throws {
    let storage = try WorkerStorage(assignment)
    let locks = try storage.whenFree {
      try LocksWorkload(
        WorkloadContext(
          cell: assignment.cell, process: assignment.process, incarnation: assignment.incarnation,
          owner: assignment.owner, database: try storage.openDatabase(),
          environment: storage.environment))
    }
    let actor = ActorID(
      process: assignment.process, incarnation: assignment.incarnation, actor: 0)
    let writer = try HistoryWriter(
      path: History.path(folder: assignment.historyFolder, actor: actor),
      metadata: HistoryMetadata(actor.packed))
    guard
      case .begin(_, let from, let until) = try control.receive(CoordinatorMessage.self)
    else { return }
    let recorder = HistoryRecorder(
      writer: writer, measuredFrom: from, measuredUntil: until, isOpenLoop: false,
      expected: [], commits: nil)
    _ = try locks.abandon(lock: assignment.lock ?? 0, recorder, deadline: until)
    recorder.close()
    try control.send(WorkerMessage.finished(WorkerReport()))
  }
}
