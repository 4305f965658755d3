import AssayModel
import FaultVFS
import Synchronization

/// The file system layer of a worker whose cell asks for counts, latencies or faults.
///
/// Faults happen when the scenario says (`during:`): while the process opens the database, while
/// its actors work, while it closes. Calls count only while the actors work.
final class WorkerFileSystem: Sendable {
  private let system: RealFileSystem
  private let cell: PlannedCell
  /// What was counted before the actors began, and what they asked for once they have ended.
  private let counts = Mutex<(before: VFSCounts, between: VFSCounts)?>(nil)

  /// - Returns: `nil` when the cell does without: SQLite then uses its own layer alone.
  static func make(_ assignment: WorkerAssignment) throws(WorkerError) -> WorkerFileSystem? {
    guard assignment.cell.needsFileSystem else { return nil }
    return try WorkerFileSystem(assignment)
  }

  private init(_ assignment: WorkerAssignment) throws(WorkerError) {
    cell = assignment.cell
    do {
      system = try RealFileSystem(RealFileSystemSettings(assignment), name: VFSName.real)
    } catch {
      throw WorkerError(
        .harness, "the file system layer cannot be put in place: \(error.code) \(error.subject)")
    }
  }

  /// The process is about to open the database.
  ///
  /// - Parameter measuredFrom: from where times count; `nil` where all processes begin together
  ///   later.
  func open(measuredFrom: MonotonicTime?) { system.enter(.open, measuredFrom: measuredFrom) }

  /// The process is about to close its connections.
  func close() { system.enter(.close) }

  /// The process has closed its connections.
  func end() { system.disarm() }

  /// The name under which connections find it.
  var name: String { VFSName.real }

  /// The actors are about to begin.
  func begin(measuredFrom: MonotonicTime, measuredUntil: MonotonicTime) {
    counts.withLock { $0 = (system.counts, system.counts) }
    system.arm(measuredFrom: measuredFrom, measuredUntil: measuredUntil)
  }

  /// The actors have ended.
  func pause() {
    system.disarm()
    counts.withLock { counts in
      guard let before = counts?.before else { return }
      counts?.between = system.counts.since(before)
    }
  }

  /// Adds what the actors asked for and what was done to them.
  func add(to report: inout WorkerReport) {
    report.written = system.counts.writtenLengths
    guard let between = counts.withLock({ $0?.between }) else { return }
    if cell.probe != .none { report.counts.merge(between.named, uniquingKeysWith: +) }
    if cell.probe == .times {
      report.fileSystemTime = FileSystemTime(
        locking: between.measuredNanoseconds(.locking),
        syncing: between.measuredNanoseconds(.syncing), other: between.measuredNanoseconds(.other))
    }
    for (number, count) in system.injectionCounts {
      report.counts["injected.\(cell.faults[number].kind.rawValue)", default: 0] += count
    }
    if system.unloggedInjections > 0 {
      report.counts["injected.not_logged"] = system.unloggedInjections
    }
  }
}

/// Nanoseconds that the calls of a process spent in the file system layer while it was measured.
struct FileSystemTime: Codable, Sendable {
  /// Taking locks, and waiting for them.
  var locking: UInt64
  /// Syncs.
  var syncing: UInt64
  /// Everything else.
  var other: UInt64
}

extension PlannedCell {
  /// Whether its workers use Assay's file system layer; without need it is never registered.
  var needsFileSystem: Bool {
    probe != .none || !disk.latencies.isEmpty || faults.contains(where: \.isOfFileSystem)
  }

  /// The process that a fault of the file system layer hits.
  ///
  /// Drawn from names, so that the worker and the coordinator need not tell each other.
  func isHit(process: Int, byFault number: Int, repetition: Int) -> Bool {
    switch faults[number].target {
    case .all: return true
    case .process(let target): return target == process
    case .random:
      let drawn = seed.derived("file-system-target", number).derived("repetition", repetition)
      return Int(drawn.rawValue % UInt64(max(1, load.processes))) == process
    case .holder, .named: return false
    }
  }
}

extension RealFileSystemSettings {
  /// What the layer does in the process that an assignment is for.
  init(_ assignment: WorkerAssignment) {
    self.init()
    let cell = assignment.cell
    measuresTime = cell.probe == .times
    latencies = cell.disk.latencies
    faults = cell.faults.enumerated().compactMap { number, fault in
      let isHit =
        fault.isOfFileSystem
        && cell.isHit(
          process: assignment.process, byFault: number, repetition: assignment.repetition)
      return isHit ? NumberedFault(number: number, fault: fault) : nil
    }
    seed = cell.seed.derived("file-system").derived("process", assignment.process)
      .derived("incarnation", assignment.incarnation).derived("repetition", assignment.repetition)
    isRestarted = assignment.incarnation > 0
    if !faults.isEmpty {
      logPath = InjectionLog.path(
        folder: assignment.historyFolder, process: assignment.process,
        incarnation: assignment.incarnation)
    }
  }
}
