import AssayModel
import FaultVFS
import Platform

/// A task for a worker that compares disks.
enum RealityTask: Codable, Sendable {
  /// Run a program on the simulated disk.
  case simulate(program: Int)
  /// Say what a crash of the process would have left of the program that was simulated last.
  case crash([KillPoint])
  /// Run a program on the simulated disk, from what such a crash would have left.
  case goOn(program: Int, from: KillPoint)
  /// Run a program on real files in this folder, with a fault if there is one; from what is there,
  /// or from the cell's content when the folder is empty.
  case run(program: Int, folder: String, fault: FaultSpecification?)
}

/// What such a worker answers. `failed` is as in `WorkerMessage`.
enum RealityReply: Codable, Sendable {
  /// A program was run.
  case ran(RealityRecord)
  /// What each crash leaves.
  case crashed([[FileContent]])
  /// The harness itself failed in the worker.
  case failed(WorkerFailure)
}

/// A worker that runs programs on the simulated disk or on real files, one task at a time.
struct RealityWorker {
  private let assignment: WorkerAssignment
  private let control: ControlChannel

  init(_ assignment: WorkerAssignment, _ control: ControlChannel) {
    self.assignment = assignment
    self.control = control
  }

  /// Works until the coordinator closes the channel, or until a fault kills it.
  func run() throws {
    let program: RealityProgram
    do {
      program = try RealityProgram(assignment.cell)
    } catch {
      throw WorkerError(.input, "the initial content cannot be written", cause: error)
    }
    var last: RealityProgram.Simulated?
    while let task = try control.receive(RealityTask.self) {
      switch task {
      case .simulate(let number):
        let simulated = try program.simulate(number)
        last = simulated
        try control.send(RealityReply.ran(simulated.record))
      case .goOn(let number, let point):
        guard let state = last?.crash(at: point) else { return }
        try control.send(RealityReply.ran(try program.simulate(number, from: state).record))
      case .crash(let points):
        try control.send(RealityReply.crashed(last?.crashes(at: points) ?? []))
      case .run(let number, let folder, let fault):
        let record = try program.run(number, inFolder: folder, fault: fault)
        try control.send(RealityReply.ran(record))
      }
    }
  }
}
