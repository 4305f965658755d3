import AssayModel
import Foundation
import Glibc
import Platform

/// Compares the simulated disk with real files for one program of a cell.
///
/// The same program runs in one process on the simulated disk and in another on real files; then
/// again and again on real files, each time in a process that kills itself at another call.
struct RealityCheck {
  let cell: PlannedCell
  let program: Int
  let launcher: WorkerLauncher
  /// An empty folder, for the files of every run.
  let folder: String

  /// What was compared, and what differed.
  struct Outcome: Sendable {
    var simulated: RealityRecord
    var real: RealityRecord
    /// Processes that were killed and compared.
    var kills: [KillPoint] = []
    /// Sentences; empty when all was the same.
    var differences: [String]
  }

  /// Runs the program on both, and kills it at a number of places.
  func run(kills count: Int) throws(RunnerError) -> Outcome {
    let simulation = try start()
    defer { end(simulation) }
    let simulated = try record(simulation, .simulate(program: program))
    let real = try runOnFiles()
    var outcome = Outcome(
      simulated: simulated, real: real, differences: simulated.differences(from: real))
    // A place in one run is none in the other when they are not alike.
    guard outcome.differences.isEmpty else { return outcome }
    outcome.kills = KillPoint.choose(count, of: real.calls, seed: cell.seed)
    let expected = try crashes(simulation, at: outcome.kills)
    for (point, files) in zip(outcome.kills, expected) {
      let found = try kill(at: point, calls: real.calls)
      if found != files {
        outcome.differences.append(
          "killed \(point.moment) call \(point.call), \(real.calls[point.call]): "
            + "simulated \(files), real \(found)")
      }
    }
    return outcome
  }

  /// Runs the program on real files, to its end.
  private func runOnFiles() throws(RunnerError) -> RealityRecord {
    let worker = try start()
    defer { end(worker) }
    return try record(
      worker, .run(program: program, folder: try makeFolder("run"), fault: nil))
  }

  /// Runs the program on real files until it kills itself; returns the files.
  ///
  /// - Parameter calls: of the run to the end.
  func kill(
    at point: KillPoint, calls: [AnnouncedCall]
  ) throws(RunnerError) -> [FileContent] {
    let folder = try makeFolder("kill-\(point.call)-\(point.moment)")
    let worker = try start()
    defer { end(worker) }
    try worker.channel.send(
      RealityTask.run(program: program, folder: folder, fault: point.fault(among: calls)))
    if let reply = try worker.channel.receive(RealityReply.self) {
      throw unexpected(reply, of: "a process that was to be killed at call \(point.call)")
    }
    let exit = worker.reap()
    guard exit.signal == SIGKILL else {
      throw RunnerError(.harness, "a worker \(exit.text): \(worker.errorTail)")
    }
    return try attempt("the files cannot be read") {
      let files = try RealityProgram.files(inFolder: folder)
      try FileManager.default.removeItem(atPath: folder)
      return files
    }
  }

  /// What crashes of the process leave of the program that a worker has simulated.
  func crashes(
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
