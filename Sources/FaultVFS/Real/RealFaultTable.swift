import AssayModel
import Glibc
import Synchronization

/// Action of an operation: as requested, or as changed by a fault.
enum RealFaultDecision: Equatable {
  /// Do as requested.
  case proceed
  /// Answer with a code.
  case fail(Int32)
  /// Answer with a code, and drop the data written since the last sync.
  case failAndDrop(Int32)
  /// Write this many bytes, then report a full disk.
  case full(room: Int)
  /// Read the first half only.
  case shortRead
  /// Flip this bit of the data read or written.
  case flip(bit: Int)
  /// Grant the lock without taking it.
  case grant
  /// Kill the process.
  case kill(FaultSpecification.Moment)
}

/// All faults and latencies of a process.
///
/// Only calls whose bit is set in `mask` arrive here; they pay for a lock, all others pay nothing.
final class RealFaultTable: Sendable {
  /// Maximum number of injections logged per fault; further ones are only counted.
  static let logLimit = 100

  private struct State: ~Copyable {
    var entries: [RealFaultEntry]
    var log: RealFaultLog?
    var counts: [UInt64]
    var logged: [Int]
    var unlogged: UInt64 = 0
    var injections: [InjectedFault] = []
  }

  private let state: Mutex<State>
  /// Phase of the process's life, as index in `FaultSpecification.Phase.allCases`; -1 for none.
  private let phase = Atomic<Int>(-1)
  private let latencies: [UInt64]
  private let masks: [UInt32]
  private let dropKinds: Set<FileKind>

  init(_ settings: RealFileSystemSettings) throws(RealFileSystemError) {
    let entries = settings.faults.filter(\.fault.isOfFileSystem).map {
      RealFaultEntry($0, seed: settings.seed, isRestarted: settings.isRestarted)
    }
    var latencies = [UInt64](repeating: 0, count: VFSMethod.slotCount)
    var slow: UInt32 = 0
    for latency in settings.latencies where latency.span > .zero {
      latencies[latency.method.slot] = UInt64(latency.span.rawValue)
      slow |= latency.method.bit
    }
    self.latencies = latencies
    let dropKinds = Set(
      FileKind.allCases.filter { kind in
        entries.contains { $0.fault.dropsDirtyPages && $0.selects(.sync, kind) }
      })
    self.dropKinds = dropKinds
    let undone = VFSMethod.write.bit | VFSMethod.truncate.bit | VFSMethod.sync.bit
    masks = FileKind.allCases.sorted { $0.slot < $1.slot }.map { kind in
      entries.reduce(slow | (dropKinds.contains(kind) ? undone : 0)) { $0 | $1.mask(kind) }
    }
    let log: RealFaultLog?
    if let path = settings.logPath { log = try RealFaultLog(path: path) } else { log = nil }
    state = Mutex(
      State(
        entries: entries, log: log, counts: Array(repeating: 0, count: entries.count),
        logged: Array(repeating: 0, count: entries.count)))
  }

  /// Returns the methods of a kind of file whose calls must come here, as bits.
  func mask(_ kind: FileKind) -> UInt32 { masks[kind.slot] }

  /// Returns true if data written to a kind of file since its last sync may have to be undone.
  func mayDrop(_ kind: FileKind) -> Bool { dropKinds.contains(kind) }

  /// Enables the faults that strike in a phase of the process's life.
  ///
  /// - Parameter measuredFrom: origin of times; `nil` while it is unknown, in which case no fault
  ///   begins by the clock.
  func arm(_ phase: FaultSpecification.Phase, measuredFrom: MonotonicTime?) {
    let now = monotonicNanoseconds()
    if let measuredFrom {
      state.withLock { state in
        for index in state.entries.indices {
          state.entries[index].arm(measuredFrom: measuredFrom.nanoseconds, now: now)
        }
      }
    }
    self.phase.store(
      FaultSpecification.Phase.allCases.firstIndex(of: phase) ?? -1, ordering: .releasing)
  }

  /// Ends all faults; latencies stay.
  func disarm() { phase.store(-1, ordering: .releasing) }

  /// The first injections of each fault, in order.
  var injections: [InjectedFault] { state.withLock { $0.injections } }

  /// Number of strikes of each fault, by its place in the scenario's list.
  var counts: [Int: UInt64] {
    state.withLock { state in
      var counts: [Int: UInt64] = [:]
      for (entry, count) in zip(state.entries, state.counts) where count > 0 {
        counts[entry.number, default: 0] += count
      }
      return counts
    }
  }

  /// Records that could not be written to the log.
  var unlogged: UInt64 { state.withLock { $0.unlogged } }

  /// Waits as long as the simulated device takes in addition to the real one.
  func delay(_ method: VFSMethod) {
    let latency = latencies[method.slot]
    guard latency > 0 else { return }
    sleep(untilNanoseconds: monotonicNanoseconds() &+ latency)
  }

  /// Decides the outcome of one operation, and logs any injection.
  ///
  /// - Parameters:
  ///   - bytes: length of a read or write.
  ///   - offset: its offset in the file.
  ///   - room: bytes of it for which the file need not grow; evaluated only if the disk is full.
  func decide(
    _ method: VFSMethod, _ kind: FileKind, bytes: Int = 0, offset: Int64 = 0,
    room: () -> Int = { 0 }
  ) -> RealFaultDecision {
    let phase = phase.load(ordering: .acquiring)
    guard phase >= 0 else { return .proceed }
    let part = FaultSpecification.Phase.allCases[phase]
    let now = monotonicNanoseconds()
    return state.withLock { state in
      var decision = RealFaultDecision.proceed
      for index in state.entries.indices
      where state.entries[index].selects(method, kind, in: part) {
        let strike = state.entries[index].strike(kind, bytes: bytes, now: now)
        // Every fault sees every operation, so that none shifts another's count; the first one
        // acts.
        guard strike != .none, decision == .proceed else { continue }
        decision = Self.decision(
          &state.entries[index], strike, method, kind, bytes: bytes, room: room)
        if strike == .first { state.entries[index].awaitsRecord = true }
        guard decision != .proceed else { continue }
        state.counts[index] += 1
        guard state.entries[index].awaitsRecord, state.logged[index] < Self.logLimit else {
          continue
        }
        state.entries[index].awaitsRecord = false
        state.logged[index] += 1
        Self.record(
          &state, state.entries[index], method, kind, decision, offset: offset, now: now)
      }
      return decision
    }
  }

  private static func decision(
    _ entry: inout RealFaultEntry, _ strike: RealFaultEntry.Strike, _ method: VFSMethod,
    _ kind: FileKind, bytes: Int, room: () -> Int
  ) -> RealFaultDecision {
    switch entry.fault.kind {
    case .ioError: .fail(RealErrorCodes.failure(of: method))
    case .fsyncError:
      entry.fault.dropsDirtyPages
        ? .failAndDrop(RealErrorCodes.failure(of: method))
        : .fail(RealErrorCodes.failure(of: method))
    case .shortRead: bytes > 0 ? .shortRead : .proceed
    case .diskFull:
      method == .sharedMemoryMap
        ? (room() > 0 ? .proceed : .full(room: 0))
        : full(entry, strike, bytes: bytes, room: room())
    case .bitFlip: bytes > 0 ? .flip(bit: entry.draw(kind, below: bytes * 8)) : .proceed
    case .silentLock: .grant
    case .kill: .kill(entry.fault.moment)
    case .pause, .clock, .tamper, .staleLock: .proceed
    }
  }

  /// An overwrite needs no space.
  private static func full(
    _ entry: RealFaultEntry, _ strike: RealFaultEntry.Strike, bytes: Int, room: Int
  ) -> RealFaultDecision {
    let fitting = max(room, entry.room(for: strike))
    return bytes > 0 && fitting >= bytes ? .proceed : .full(room: min(bytes, fitting))
  }

  private static func record(
    _ state: inout State, _ entry: RealFaultEntry, _ method: VFSMethod, _ kind: FileKind,
    _ decision: RealFaultDecision, offset: Int64, now: UInt64
  ) {
    var bit: UInt64 = 0
    if case .flip(let drawn) = decision { bit = UInt64(drawn) }
    var until: MonotonicTime?
    if case .until(let end) = entry.window { until = MonotonicTime(nanoseconds: end) }
    let fault = InjectedFault(
      number: entry.number, method: method, file: kind, operation: entry.operations,
      time: MonotonicTime(nanoseconds: now), until: until, isForever: entry.window == .endless,
      offset: offset, bit: bit)
    state.injections.append(fault)
    if state.log?.append(fault) == false { state.unlogged += 1 }
  }
}
