import AssayModel
import FaultVFS

extension ScheduledFaults: CallFaultSource {
  /// Whether there is anything to ask about calls.
  var watchesCalls: Bool { cell.faults.contains(where: \.isOfCalls) }

  /// Lets a call of the actor that runs fail, or its process die in it.
  func effect(
    on method: VFSMethod, _ file: FileKind?, bytes: Int, grows: Bool
  ) -> CallFault.Effect? {
    guard let crew, crew.lives.indices.contains(crew.caller) else { return nil }
    let life = crew.lives[crew.caller]
    guard life.killed == nil, life.process < cell.load.processes else { return nil }
    if callFaults[life.number] == nil { callFaults[life.number] = faults(of: life, crew.now) }
    guard
      let strike = callFaults[life.number]?.next(
        method, file, bytes: bytes, grows: grows, phase: life.ready == nil ? .open : .load,
        now: crew.now)
    else { return nil }
    let fault = cell.faults[strike.number]
    switch strike.outcome {
    case .fails(let effect):
      // One that lasts is kept when it begins.
      if strike.isFirst, records.count < Self.recordLimit {
        note(
          record(fault, life, crew),
          ScheduledStrike.failure(fault, of: method, file, life), followsCall: true)
      }
      return effect
    case .dies(let moment):
      kill(
        life, fault, crew, ScheduledStrike.death(of: life, moment, method, file),
        followsCall: true)
      if moment == .middle { return .shortWrite }
      // The locks have gone with the process: only what a call does to files is left of it.
      return Self.changing.contains(method) ? nil : .ioError
    }
  }

  /// Faults of calls that are kept in words; further ones strike as well.
  private static let recordLimit = 1_000

  private static let changing: Set<VFSMethod> = [
    .open, .close, .delete, .read, .write, .truncate, .sync,
  ]

  private func faults(of life: SimulatedLife, _ now: MonotonicTime) -> ProcessCallFaults {
    let own = cell.faults.indices.filter { cell.faults[$0].isOfCalls && isNamed(life, $0) }
    return ProcessCallFaults(
      own.map { RealFileSystemSettings.NumberedFault(number: $0, fault: cell.faults[$0]) },
      seed: seed.derived("calls", life.process), isRestarted: life.incarnation > 0,
      measuredFrom: start, now: now)
  }
}
