import AssayModel
import Checkers
import SQLiteDriver
import Workloads

extension SimulatedProgram {
  /// Judges the content of the current disk and all events with the checks of the real world.
  func judge(
    _ events: [SimulatedEvent], _ reader: borrowing ImageReader
  ) throws -> [CheckResult] {
    try judge(events) { body in try reader.withConnection(body) }
  }

  /// Judges the content that a connection sees, and all events, with the checks of the real world.
  ///
  /// - Parameters:
  ///   - checksIntegrity: whether the file is checked too; without it `integrity` is unknown.
  ///   - lend: lends the connection.
  func judge(
    _ events: [SimulatedEvent], checksIntegrity: Bool = true,
    _ lend: ((inout Connection) throws -> Void) throws -> Void
  ) throws -> [CheckResult] {
    var rows: [ContentRow] = []
    var observation = Observation()
    do {
      try lend { connection in
        if checksIntegrity {
          observation.integrityRows = try connection.integrityCheck(limit: 10)
        }
        if checksIntegrity, hasForeignKeys {
          observation.foreignKeyRows = try connection.foreignKeyCheck().prefix(10).map { "\($0)" }
        }
        try entry.readContent(&connection) { rows.append($0) }
        observation.invariants = entry.readInvariants(&connection, cell)
      }
      observation.contentRows = rows.count
    } catch {
      observation.failure = "\(error)"
    }
    var stream = HeapEvents(events.map(\.event))
    var content = observation.failure == nil ? HeapContent(rows) : nil
    return try CheckSuite(record: record(observation)).run(events: &stream, content: &content)
      .results
  }

  /// The record of a run in which nothing was killed.
  private func record(_ observation: Observation) -> CellRecord {
    let start = MonotonicTime(nanoseconds: 0)
    let end = MonotonicTime(nanoseconds: .max / 2)
    return CellRecord(
      cell: cell, repetition: 0, measuredFrom: start, measuredUntil: end,
      processes: (0..<cell.load.processes).map { process in
        ProcessRecord(
          process: process, incarnation: 0, owner: SimulatedRun.owner(process), started: start,
          ready: start, ended: end, wasKilled: false, peakResidentBytes: 0)
      },
      faults: [], observation: observation,
      library: LibraryVersion(number: SQLiteLibrary.versionNumber))
  }
}
