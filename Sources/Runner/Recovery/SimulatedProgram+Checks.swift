import AssayModel
import AssayStorage
import Checkers
import SQLiteDriver
import Workloads

extension SimulatedProgram {
  /// Judges the content of the current disk and all events with the checks of the real world.
  func judge(
    _ events: [SimulatedEvent], _ reader: borrowing ImageReader
  ) throws -> [CheckResult] {
    try judge(events, lives: [], faults: [], checksIntegrity: true) { body in
      try reader.withConnection(body)
    }
  }

  /// Judges what a run left, as a connection sees it, with the checks of the real world.
  ///
  /// - Parameters:
  ///   - checksIntegrity: whether the file is checked too; without it `integrity` is unknown.
  ///   - lend: lends the connection.
  func judge(
    _ result: SimulatedRunResult, checksIntegrity: Bool = true,
    _ lend: ((inout Connection) throws -> Void) throws -> Void
  ) throws -> [CheckResult] {
    try judge(
      result.events, lives: result.lives, faults: result.faults, checksIntegrity: checksIntegrity,
      lend)
  }

  private func judge(
    _ events: [SimulatedEvent], lives: [SimulatedLife], faults: [FaultRecord],
    checksIntegrity: Bool, _ lend: ((inout Connection) throws -> Void) throws -> Void
  ) throws -> [CheckResult] {
    var rows: [ContentRow] = []
    var observation = Observation()
    do {
      try lend { connection in
        if checksIntegrity {
          // The faults are listed only when there are any: that takes twice as long.
          observation.integrityRows =
            try connection.isSound() ? ["ok"] : connection.integrityCheck(limit: 10)
        }
        if checksIntegrity, hasForeignKeys {
          observation.foreignKeyRows = try connection.foreignKeyCheck().prefix(10).map { "\($0)" }
        }
        try entry.readContent(&connection) { rows.append($0) }
        observation.invariants = entry.readInvariants(&connection, cell)
      }
      observation.contentRows = rows.count
    } catch {
      // The connections of the engine have the limit of the cell, which says nothing of the file.
      if case .queryTimedOut = StorageError(error) {
        observation.integrityRows = []
        observation.unfinished = "the database could not be read to its end: \(error)"
      } else {
        observation.failure = "\(error)"
      }
    }
    var stream = HeapEvents(events.map(\.event))
    let isRead = observation.failure == nil && observation.unfinished == nil
    var content = isRead ? HeapContent(rows) : nil
    return try CheckSuite(record: record(observation, lives, faults))
      .run(events: &stream, content: &content).results
  }

  /// The record of a run.
  ///
  /// - Parameter lives: without any, nothing was killed.
  private func record(
    _ observation: Observation, _ lives: [SimulatedLife], _ faults: [FaultRecord]
  ) -> CellRecord {
    let start = MonotonicTime(nanoseconds: 0)
    let end = MonotonicTime(nanoseconds: .max / 2)
    let unharmed = (0..<cell.load.processes).map { process in
      ProcessRecord(
        process: process, incarnation: 0, owner: SimulatedRun.owner(process), started: start,
        ready: start, ended: end, wasKilled: false, peakResidentBytes: 0)
    }
    return CellRecord(
      cell: cell, repetition: 0, measuredFrom: start, measuredUntil: end,
      processes: lives.isEmpty ? unharmed : lives.map { $0.record(end: end) }, faults: faults,
      observation: observation, library: LibraryVersion(number: SQLiteLibrary.versionNumber))
  }
}
