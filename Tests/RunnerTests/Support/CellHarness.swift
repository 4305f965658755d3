import AssayModel
import Foundation
import Platform
import ScenarioFiles
import Testing

@testable import Runner

/// One repetition of one cell, run in this process with real workers: its record tells more than
/// the result file does.
struct CellHarness: Sendable {
  let sandbox: Sandbox
  let cell: PlannedCell
  let folder: RunFolder
  /// What workers are started from: `assay`, or a script that stands before it.
  var executable = Assay.executable

  init(_ sections: String, seed: UInt64 = 1) throws {
    sandbox = try Sandbox()
    let plan = try ScenarioFile(text: Text.scenario(sections), name: "sample.yaml")
      .plan(seed: Seed(seed))
    cell = try #require(plan.cells.first)
    folder = try RunFolder(
      results: sandbox.file("out"), scenario: "sample", run: "run", data: nil)
  }

  /// What a run left behind.
  struct Finished: Sendable {
    var record: CellRecord
    var reports: [ActorID: WorkerReport]
    var incidents: [Incident]
    var histories: String
    var sandbox: Sandbox
  }

  /// The run itself, before it has begun.
  func makeRun(seat: TurnSeat? = nil) -> CellRun {
    CellRun(
      cell: cell, index: 0, repetition: 0, folder: folder,
      launcher: WorkerLauncher(
        executable: executable, logFolder: "\(folder.path)/workers", libraryFolder: nil),
      time: SystemTime(), expectedSourceID: nil, seat: seat)
  }

  func run() async throws -> Finished {
    let slot = await Slot.take()
    let result: Result<CellOutcome, RunnerError> = await onThread { [self] in
      Result { () throws(RunnerError) in try makeRun().run() }
    }
    withExtendedLifetime(slot) {}
    let outcome = try result.get()
    return Finished(
      record: outcome.record, reports: outcome.reports, incidents: outcome.incidents,
      histories: folder.histories(cell: 0, repetition: 0), sandbox: sandbox)
  }

  static func run(_ sections: String, seed: UInt64 = 1) async throws -> Finished {
    try await CellHarness(sections, seed: seed).run()
  }
}

extension CellHarness {
  /// Has the worker that is started after `earlier` others run `commands` of the shell instead.
  mutating func replaceWorker(after earlier: Int, by commands: String) throws {
    let turns = (0...earlier).map { "mkdir '\(sandbox.path)/turn-\($0)' 2>/dev/null" }
    executable = try sandbox.script(
      "worker.sh",
      """
      #!/bin/sh
      if ! { \(turns.dropLast().joined(separator: " || ")); } && \(turns[earlier]); then
      \(commands)
      fi
      exec '\(Assay.executable)' "$@"

      """)
  }
}

extension CellHarness.Finished {
  /// The history of an actor.
  func events(process: Int, incarnation: Int = 0, actor: Int = 0) throws -> [Event] {
    try Histories.events(
      in: histories, ActorID(process: process, incarnation: incarnation, actor: actor))
  }

  /// The histories of the first actors of an incarnation, one after the other.
  func events(process: Int, incarnation: Int = 0, actors: Int) throws -> [Event] {
    try (0..<actors).flatMap {
      try events(process: process, incarnation: incarnation, actor: $0)
    }
  }

  func faults(_ kind: FaultSpecification.Kind) -> [FaultRecord] {
    record.faults.filter { $0.kind == kind }
  }

  /// The incarnations of a process, in order.
  func incarnations(of process: Int) -> [ProcessRecord] {
    record.processes.filter { $0.process == process }
  }
}

/// Histories read from their files, as the format says.
enum Histories {
  /// Whether a path is the first segment of an actor's history and holds an event.
  static func hasEvents(segment path: String) -> Bool {
    guard path.hasSuffix("a0.0000"), let reader = try? HistoryReader(path: String(path.dropLast(5)))
    else { return false }
    return (try? reader.latest(1).isEmpty) == false
  }

  static func events(in folder: String, _ actor: ActorID) throws -> [Event] {
    let path = "\(folder)/p\(actor.process)i\(actor.incarnation)a\(actor.actor)"
    let reader = try HistoryReader(path: path)
    var events: [Event] = []
    while let words = try reader.next() {
      let event = EventWords.event(
        actor: actor, sequence: UInt64(events.count), words: words.tuple)
      events.append(try #require(event))
    }
    return events
  }
}

extension Event {
  /// Whether it is an acknowledged commit.
  var isCommit: Bool { outcome == .ok && operation.kind.isWrite }
}
