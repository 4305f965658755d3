public import AssayModel
import CSQLite
import Glibc
import Synchronization

/// A file system layer over real files that counts, delays and fails the calls of SQLite.
///
/// It wraps SQLite's own layer and forwards every call, so that databases can be shared with
/// connections outside this layer. A cell registers it only if it asks for counts, latencies or
/// faults.
///
/// Connections select it by name. Every one of them must be closed before `unregister`.
///
/// Safe because the structure and the name are made once in `init` and freed in `deinit`, which
/// comes after `unregister`; SQLite alone writes to the structure, under its own mutex.
@safe
public final class RealFileSystem: @unchecked Sendable {
  // Unchecked because of the pointers, which are set once; see above.

  let table: RealFaultTable
  let registry = RealCounterRegistry()
  let methodTables = RealMethodTables()
  let measuresTime: Bool
  /// Observer of every call; `nil` for none.
  let witness: RealFileWitness?
  let base: UnsafeMutablePointer<sqlite3_vfs>

  private let own: UnsafeMutablePointer<sqlite3_vfs>
  private let name: UnsafeMutablePointer<CChar>?
  private let measuredFrom = Atomic<UInt64>(.max)
  private let measuredUntil = Atomic<UInt64>(.max)
  private let undoLogs = Mutex<[String: RealUndoLog]>([:])

  /// Creates the layer and registers it with SQLite, not as the default one.
  ///
  /// - Parameters:
  ///   - name: unique in the process.
  ///   - witness: observer of every call; `nil` for none.
  /// - Throws: if the name is taken, SQLite has no layer of its own, or the log cannot be opened.
  public init(
    _ settings: RealFileSystemSettings, name: String = VFSName.real,
    witness: RealFileWitness? = nil
  ) throws(RealFileSystemError) {
    guard unsafe sqlite3_vfs_find(name) == nil else {
      throw RealFileSystemError(code: .nameTaken, cause: SQLITE_ERROR, subject: name)
    }
    guard let base = unsafe sqlite3_vfs_find(nil) else {
      throw RealFileSystemError(code: .noBase, cause: SQLITE_ERROR, subject: name)
    }
    table = try RealFaultTable(settings)
    measuresTime = settings.measuresTime
    self.witness = witness
    unsafe self.base = base
    unsafe self.name = strdup(name)
    unsafe own = .allocate(capacity: 1)
    unsafe own.initialize(to: RealSystemMethods.wrapping(base.pointee))
    unsafe own.pointee.zName = UnsafePointer(self.name)
    // Retained while it is registered, regardless of other references.
    unsafe own.pointee.pAppData = Unmanaged.passRetained(self).toOpaque()
    let code = unsafe sqlite3_vfs_register(own, 0)
    guard code == SQLITE_OK else {
      unsafe Unmanaged.passUnretained(self).release()
      throw RealFileSystemError(code: .refused, cause: code, subject: name)
    }
    if let witness { unsafe DirectorySyncHook.install(witness, base) }
  }

  deinit {
    unsafe own.deinitialize(count: 1)
    unsafe own.deallocate()
    unsafe free(name)
  }

  /// Removes the layer from SQLite's list; call once, when no connection uses it any more.
  public func unregister() {
    if witness != nil { unsafe DirectorySyncHook.remove(base) }
    _ = unsafe sqlite3_vfs_unregister(own)
    unsafe Unmanaged.passUnretained(self).release()
  }

  // MARK: Faults

  /// Enables the faults of the load and begins the measured time.
  ///
  /// - Parameters:
  ///   - measuredFrom: origin of fault times, and the start of measuring.
  ///   - measuredUntil: end of measuring; faults continue until `disarm`.
  public func arm(measuredFrom: MonotonicTime, measuredUntil: MonotonicTime) {
    self.measuredFrom.store(measuredFrom.nanoseconds, ordering: .relaxed)
    self.measuredUntil.store(measuredUntil.nanoseconds, ordering: .relaxed)
    table.arm(.load, measuredFrom: measuredFrom)
  }

  /// Enables the faults of a phase of the process's life other than its load.
  ///
  /// - Parameter measuredFrom: origin of fault times, if known.
  public func enter(_ phase: FaultSpecification.Phase, measuredFrom: MonotonicTime? = nil) {
    table.arm(phase, measuredFrom: measuredFrom)
  }

  /// Ends all faults; latencies stay.
  public func disarm() { table.disarm() }

  /// Injected faults in order: the first hundred of each fault.
  public var injections: [InjectedFault] { table.injections }

  /// Number of strikes of each fault, by its place in the scenario's list, without limit.
  public var injectionCounts: [Int: UInt64] { table.counts }

  /// Injections that could not be logged in the file.
  public var unloggedInjections: UInt64 { table.unlogged }

  // MARK: Counts

  /// Calls made by SQLite in this process so far.
  ///
  /// Every counter is whole; calls in progress on other threads may be missing.
  public var counts: VFSCounts { registry.counts }

  /// The same for each open connection, by the order in which they were opened.
  ///
  /// A journal or log counts for the connection that opened it. Temporary files, super-journals,
  /// deletes and sleeps count for the process only, because SQLite does not say whose they are.
  public var connectionCounts: [VFSCounts] {
    registry.connections.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Returns the part of a call, in nanoseconds, that lies in the measured time.
  func measuredPart(of elapsed: UInt64, since start: UInt64) -> UInt64 {
    let from = max(start, measuredFrom.load(ordering: .relaxed))
    let until = min(start &+ elapsed, measuredUntil.load(ordering: .relaxed))
    return until > from ? until - from : 0
  }

  /// Makes and counts a call that concerns no open file.
  func shared(_ method: VFSMethod, _ kind: FileKind?, _ body: () -> Int32) -> Int32 {
    let start = measuresTime ? monotonicNanoseconds() : 0
    let code = faulted(method, kind, body)
    countShared(method, kind, since: start)
    return code
  }

  func countShared(_ method: VFSMethod, _ kind: FileKind?, since start: UInt64) {
    let elapsed = measuresTime ? monotonicNanoseconds() &- start : 0
    registry.sharedBlock(kind).countShared(
      method, nanoseconds: elapsed, measured: measuredPart(of: elapsed, since: start))
  }

  func countOpen(_ block: RealCounterBlock, since start: UInt64) {
    block.count(.open)
    guard measuresTime else { return }
    let elapsed = monotonicNanoseconds() &- start
    block.addTime(
      .open, nanoseconds: elapsed, measured: measuredPart(of: elapsed, since: start))
  }

  /// Makes a call of the layer itself, unless a fault overrides it.
  func faulted(_ method: VFSMethod, _ kind: FileKind?, _ body: () -> Int32) -> Int32 {
    witness?.announce(method, kind)
    table.delay(method)
    guard let kind, table.mask(kind) & method.bit != 0 else { return body() }
    switch table.decide(method, kind) {
    case .fail(let code): return code
    case .kill(.before): dieNow()
    case .kill:
      _ = body()
      dieNow()
    default: return body()
    }
  }

  /// Returns the methods of a kind of file that must pass through faults, latencies and the
  /// witness.
  func mask(_ kind: FileKind) -> UInt32 { witness == nil ? table.mask(kind) : .max }

  // MARK: Undoing

  /// Returns the log of a file's old bytes; `nil` if they can never be needed.
  func undoLog(_ kind: FileKind, name: UnsafePointer<CChar>?) -> RealUndoLog? {
    guard table.mayDrop(kind) else { return nil }
    guard let name = unsafe name else { return RealUndoLog() }
    let path = unsafe String(cString: name)
    return undoLogs.withLock { logs in
      if let log = logs[path] { return log }
      let log = RealUndoLog()
      logs[path] = log
      return log
    }
  }

  /// Drops the undo log of a deleted file; a later file of the same name is a different one.
  func forget(_ name: UnsafePointer<CChar>, _ kind: FileKind) {
    guard table.mayDrop(kind) else { return }
    let path = unsafe String(cString: name)
    undoLogs.withLock { $0.removeValue(forKey: path) }?.clear()
  }
}
