import AssayModel

/// The facts about a cell that a checker needs in addition to its history.
struct CellContext {
  let record: CellRecord
  private let processes: [UInt32: ProcessRecord]

  init(record: CellRecord) {
    self.record = record
    processes = Dictionary(
      record.processes.map { (Self.key($0.process, $0.incarnation), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  var cell: PlannedCell { record.cell }

  /// Actors that may use the database at the same time.
  var actors: Int { cell.load.processes * (cell.load.writers + cell.load.readers) }

  /// Returns the life of an actor's process, if it was recorded.
  func process(of actor: ActorID) -> ProcessRecord? {
    processes[Self.key(Int(actor.process), Int(actor.incarnation))]
  }

  /// Returns the event as the content reflects it: a copied database may lack a write that was
  /// acknowledged after the copy began, so its outcome counts as unknown.
  func asJudged(_ event: Event) -> Event {
    guard let copied = record.copied, event.outcome == .ok, event.operation.kind.isWrite,
      event.completed.map({ $0 > copied }) ?? false
    else { return event }
    var unknown = event
    unknown.outcome = .unknown
    return unknown
  }

  /// Returns the last moment at which an attempt may have taken effect: its completion if it was
  /// acknowledged, otherwise the end of its process, since no other process can carry it out.
  func latestEffect(of event: Event) -> MonotonicTime {
    if event.outcome == .ok, let completed = event.completed { return completed }
    return process(of: event.actor)?.ended ?? MonotonicTime(nanoseconds: .max)
  }

  /// Returns the time at which a fault killed the process of an actor, if one did.
  ///
  /// The time of the signal, not the time at which the process was known to be dead.
  func killed(_ actor: ActorID) -> MonotonicTime? {
    guard let process = process(of: actor), process.wasKilled else { return nil }
    let signals = record.faults.filter {
      $0.kind == .kill && $0.process == process.process
        && $0.injected >= process.started && $0.injected <= process.ended
    }
    return signals.map(\.injected).min() ?? process.ended
  }

  /// Returns the time after which an actor certainly took no further action, if its process has
  /// ended.
  func death(of actor: ActorID) -> MonotonicTime? {
    killed(actor) ?? process(of: actor)?.ended
  }

  /// A time as people read it: seconds since measuring began.
  func text(_ time: MonotonicTime) -> String {
    let span = (time - record.measuredFrom).rawValue
    let microseconds = (span.magnitude + 500) / 1_000
    let fraction = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
    return "\(span < 0 ? "-" : "+")\(microseconds / 1_000_000).\(fraction) s"
  }

  private static func key(_ process: Int, _ incarnation: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: process) << 16
      | UInt32(UInt16(truncatingIfNeeded: incarnation))
  }
}
