import AssayModel
import Foundation
import Glibc
import Platform

/// Compares the simulated disk with real files, for programs of a cell.
///
/// Each program runs in one process on the simulated disk and in another on real files. The first
/// one then runs again and again on real files, each time in a process that kills itself at another
/// call, and some of what the deaths leave is opened again on both.
struct RealityCheck {
  let cell: PlannedCell
  let launcher: WorkerLauncher
  /// An empty folder, for the files of every run.
  let folder: String
  /// How many programs run to their end; at least 1.
  var programs = 1
  /// How many processes are killed.
  var kills = 0
  /// One of so many deaths is followed by another program.
  var recoveryPeriod = 5
  /// Where the simulation crashes for a kill: somewhere else only where a test wants to see the
  /// difference.
  var simulatedPlace: @Sendable (KillPoint) -> KillPoint = { $0 }

  /// Compares.
  func run() throws(RunnerError) -> RealityOutcome {
    var outcome = RealityOutcome()
    let simulation = try start()
    defer { end(simulation) }
    let reality = try start()
    defer { end(reality) }
    // The first program last: the simulation crashes the one that it ran last.
    for program in (0..<programs).reversed() {
      let simulated = try record(simulation, .simulate(program: program))
      let task = RealityTask.run(
        program: program, folder: try makeFolder("run-\(program)"), fault: nil)
      let real = try record(reality, task)
      outcome.programs += 1
      outcome.add(simulated, real, name: "program \(program)")
      // A place in one run is none in the other when they are not alike.
      if program == 0, outcome.differences.isEmpty { try kill(simulation, real, &outcome) }
    }
    return outcome
  }

  /// Kills the first program at many places.
  private func kill(
    _ simulation: WorkerProcess, _ real: RealityRecord, _ outcome: inout RealityOutcome
  ) throws(RunnerError) {
    let points = KillPoint.choose(kills, of: real.calls, seed: cell.seed)
    let expected = try crashes(simulation, at: points.map(simulatedPlace))
    for (number, point) in points.enumerated() {
      let folder = try makeFolder("kill-\(number)")
      try kill(at: point, calls: real.calls, inFolder: folder)
      let found = try attempt("the files cannot be read") {
        try RealityProgram.files(inFolder: folder)
      }
      outcome.kills.append(point)
      let name = "killed \(point.moment) call \(point.call), \(real.calls[point.call])"
      if found != expected[number] {
        outcome.differences.append("\(name): simulated \(expected[number]), real \(found)")
      } else if number % recoveryPeriod == 0 {
        try recover(simulation, from: point, inFolder: folder, name, &outcome)
      }
    }
  }

  /// Runs another program on what a death has left.
  private func recover(
    _ simulation: WorkerProcess, from point: KillPoint, inFolder folder: String, _ name: String,
    _ outcome: inout RealityOutcome
  ) throws(RunnerError) {
    let program = programs
    let simulated = try record(simulation, .goOn(program: program, from: simulatedPlace(point)))
    let worker = try start()
    defer { end(worker) }
    let real = try record(worker, .run(program: program, folder: folder, fault: nil))
    outcome.recoveries += 1
    outcome.add(simulated, real, name: "\(name), and opened again")
  }

  /// Runs the first program on real files until it kills itself.
  ///
  /// - Parameter calls: of the run to the end.
  private func kill(
    at point: KillPoint, calls: [AnnouncedCall], inFolder folder: String
  ) throws(RunnerError) {
    let worker = try start()
    defer { end(worker) }
    try worker.channel.send(
      RealityTask.run(program: 0, folder: folder, fault: point.fault(among: calls)))
    if let reply = try worker.channel.receive(RealityReply.self) {
      throw unexpected(reply, of: "a process that was to be killed at call \(point.call)")
    }
    let exit = worker.reap()
    guard exit.signal == SIGKILL else {
      throw RunnerError(.harness, "a worker \(exit.text): \(worker.errorTail)")
    }
  }

  /// What crashes of the process leave of the program that a worker has simulated.
  private func crashes(
    _ worker: WorkerProcess, at points: [KillPoint]
  ) throws(RunnerError) -> [[FileContent]] {
    try worker.channel.send(RealityTask.crash(points))
    let reply = try worker.channel.receive(RealityReply.self)
    guard case .crashed(let contents)? = reply, contents.count == points.count else {
      throw unexpected(reply, of: "the simulation")
    }
    return contents
  }

  // MARK: Workers

  private func start() throws(RunnerError) -> WorkerProcess {
    let assignment = WorkerAssignment(
      role: .reality, cell: cell, repetition: 0, process: 0, incarnation: 0, owner: "",
      databasePath: "", historyFolder: folder, coordinator: getpid())
    return try launcher.launch(assignment, now: SystemTime().monotonicNow())
  }

  private func end(_ worker: WorkerProcess) {
    worker.signal(SIGKILL)
    worker.reap()
  }

  private func record(
    _ worker: WorkerProcess, _ task: RealityTask
  ) throws(RunnerError) -> RealityRecord {
    try worker.channel.send(task)
    let reply = try worker.channel.receive(RealityReply.self)
    guard case .ran(let record)? = reply else {
      throw unexpected(reply, of: "a program: \(worker.errorTail)")
    }
    return record
  }

  private func unexpected(_ reply: RealityReply?, of what: String) -> RunnerError {
    if case .failed(let failure)? = reply { return RunnerError(.harness, failure.message) }
    return RunnerError(
      .harness, "\(reply == nil ? "no answer" : "another answer than expected") of \(what)")
  }

  private func makeFolder(_ name: String) throws(RunnerError) -> String {
    let path = "\(folder)/\(name)"
    try attempt("a folder cannot be made") {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    return path
  }

  private func attempt<Value>(
    _ failure: String, _ body: () throws -> Value
  ) throws(RunnerError) -> Value {
    do { return try body() } catch { throw RunnerError(.harness, "\(failure): \(error)") }
  }
}
