import AssayModel
import AssayStorage
import Platform
import SQLiteDriver
import Workloads

/// A worker of a sweep: makes its template once, then runs block after block.
struct SweepWorker {
  private let assignment: WorkerAssignment
  private let control: ControlChannel

  init(_ assignment: WorkerAssignment, _ control: ControlChannel) {
    self.assignment = assignment
    self.control = control
  }

  /// Works until the coordinator closes the channel.
  ///
  /// Nothing of SQLite may have been used in this process before.
  func run() throws {
    ProcessorCore.keepFreedMemory()
    if assignment.cell.explore?.sweep == .memory { try FailingAllocator.install() }
    let entry = try workloadEntry(assignment.cell)
    let world: SweepWorld
    do {
      world = try SweepWorld(assignment.cell, entry: entry, threads: ActorThreads())
    } catch {
      throw WorkerError(.input, "the initial content cannot be written", cause: error)
    }
    try control.send(SweepReply.ready(WorkerReady(time: SystemTime())))
    while let request = try control.receive(SweepRequest.self) {
      switch request {
      case .sweep(let block):
        let result = try world.sweep(block) { (call) throws(RunnerError) in
          try control.send(SweepReply.sweeping(call: call))
        }
        try control.send(SweepReply.swept(result))
      }
    }
  }
}

extension SweepWorld {
  /// Runs a block: until it is done, or a run passes untouched.
  ///
  /// - Parameter announce: called before each run of a careful block.
  func sweep(
    _ block: SweepBlock, announce: (Int) throws(RunnerError) -> Void = { _ in }
  ) throws -> SweepBlockResult {
    var result = SweepBlockResult()
    for call in block.first..<block.first + block.count {
      if block.isCareful { try announce(call) }
      let run = try run(block.fault(at: call), program: block.program)
      if block.line != nil, run.hits == 0 {
        result.isExhausted = true
        break
      }
      result.add(run, call: call)
    }
    return result
  }
}
