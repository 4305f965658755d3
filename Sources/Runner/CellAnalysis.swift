import AssayModel
import Checkers
import Statistics
import Workloads

/// One repetition of a cell, read and judged.
struct AnalysedRepetition {
  var outcome: CellOutcome
  var activity: Activity
  var checks: [CheckResult]
  var takeovers: [Takeover]
  /// What reading and judging took.
  var elapsed = Nanoseconds.zero
}

/// Reads the histories of a repetition once, for checks and figures together.
enum CellAnalysis {
  /// - Parameters:
  ///   - historyFolder: where the workers wrote.
  ///   - judges: whether the checks look at it too; otherwise only the figures do.
  static func analyse(
    _ outcome: CellOutcome, historyFolder: String, judges: Bool = true
  ) throws(RunnerError) -> AnalysedRepetition {
    do {
      var events = TappedEvents(
        HistoryEvents(folder: historyFolder, actors: actors(of: outcome.record)),
        activity: Activity(
          measuredFrom: outcome.record.measuredFrom,
          measuredUntil: outcome.record.measuredUntil, reported: Set(outcome.reports.keys),
          deadline: Pacing.deadline(
            of: outcome.record.cell.load, until: outcome.record.measuredUntil),
          deaths: outcome.record.deaths, jumps: outcome.jumps))
      let (checks, takeovers) = try judges ? judge(outcome, &events) : look(&events)
      events.activity.finish()
      try verifyCounts(events.activity, outcome)
      return AnalysedRepetition(
        outcome: outcome, activity: events.activity, checks: checks, takeovers: takeovers)
    } catch let error as RunnerError {
      throw error
    } catch {
      throw RunnerError(
        .harness, "the history of \(outcome.record.cell.id) can't be read: \(error)")
    }
  }

  private static func judge(
    _ outcome: CellOutcome, _ events: inout TappedEvents
  ) throws -> ([CheckResult], [Takeover]) {
    var content = try outcome.record.observation.contentFile.map(ObservedContent.init(path:))
    let findings = try CheckSuite(record: outcome.record).run(events: &events, content: &content)
    return (findings.results, findings.takeovers)
  }

  private static func look(_ events: inout TappedEvents) throws -> ([CheckResult], [Takeover]) {
    while try events.next() != nil {}
    return ([], [])
  }

  /// What a process reports and what its histories hold are counted apart: a history that was cut
  /// must not pass as one in which less happened.
  private static func verifyCounts(
    _ activity: Activity, _ outcome: CellOutcome
  ) throws(RunnerError) {
    var found: [ActorID: UInt64] = [:]
    for (actor, share) in activity.shares {
      var process = actor
      process.actor = 0
      found[process, default: 0] += share.operations
    }
    for (process, report) in outcome.reports {
      let reported = report.operations.reduce(UInt64(0)) { $0 + $1.response.total }
      guard reported != found[process] ?? 0 else { continue }
      throw RunnerError(
        .harness,
        "process \(process.process) of \(outcome.record.cell.id) reports \(reported) operations, "
          + "its histories hold \(found[process] ?? 0): some are lost")
    }
  }

  /// Every actor that may have left a history: those of each incarnation of each process.
  private static func actors(of record: CellRecord) -> [HistoryEvents.Source] {
    let load = record.cell.load
    return record.processes.flatMap { process in
      let count = process.process < load.processes ? load.writers + load.readers : 1
      return (0..<count).map {
        HistoryEvents.Source(
          actor: ActorID(
            process: process.process, incarnation: process.incarnation, actor: $0),
          mustExist: process.ready != nil)
      }
        + [
          // Workers of an older build have none.
          HistoryEvents.Source(
            actor: .connections(process: process.process, incarnation: process.incarnation),
            mustExist: false)
        ]
    }
  }
}

/// An event stream that shows each event to the figures as well.
struct TappedEvents: EventStream {
  private var base: HistoryEvents
  var activity: Activity

  init(_ base: HistoryEvents, activity: Activity) {
    self.base = base
    self.activity = activity
  }

  mutating func next() throws -> Event? {
    guard let event = try base.next() else { return nil }
    activity.see(event)
    return event
  }
}

extension CellRecord {
  /// When each process (as actor 0) was gone: at the signal that killed it, or when it had ended.
  var deaths: [ActorID: MonotonicTime] {
    let ends = processes.map { process in
      let signals = faults.filter {
        $0.kind == .kill && $0.process == process.process && $0.injected >= process.started
          && $0.injected <= process.ended
      }
      let signal = process.wasKilled ? signals.map(\.injected).min() : nil
      let id = ActorID(process: process.process, incarnation: process.incarnation, actor: 0)
      return (id, signal ?? process.ended)
    }
    return Dictionary(ends, uniquingKeysWith: { first, _ in first })
  }
}
