import AssayModel
import CSQLite
import Glibc
import Synchronization

/// SQLite's `sqlite3_file` for this layer; the base layer's file follows right behind it.
@unsafe struct RealFile {
  /// The part that SQLite reads. The first member, because SQLite's pointer points to this struct.
  var base: sqlite3_file
  /// The file of the layer underneath.
  var real: UnsafeMutablePointer<sqlite3_file>
  var system: Unmanaged<RealFileSystem>
  var undo: Unmanaged<RealUndoLog>?
  var counters: RealCounterBlock
  /// Number among the open files.
  var number: UInt64
  var kind: FileKind
  var isTimed: Bool
  /// Methods that must ask the fault table.
  var mask: UInt32
  /// Lock that the layer underneath really holds; SQLite may assume a higher one.
  var realLock: Int32
  /// RealSlots of shared memory granted without being taken.
  var silentSlots: UInt32

  /// Bytes before the base layer's file: SQLite aligns to 8, and so does this layer.
  static var headerSize: Int { unsafe (MemoryLayout<RealFile>.size + 15) & ~15 }

  @inline(__always)
  static func of(
    _ file: UnsafeMutablePointer<sqlite3_file>?
  ) -> UnsafeMutablePointer<RealFile> {
    // SQLite passes the pointer it gave to `xOpen`, never NULL.
    unsafe UnsafeMutableRawPointer(file.unsafelyUnwrapped)
      .assumingMemoryBound(to: RealFile.self)
  }
}

typealias RealFileHandle = UnsafeMutablePointer<RealFile>

/// Makes a call and counts it.
@inline(__always)
func counted(
  _ file: RealFileHandle, _ method: VFSMethod, bytes: Int = 0, _ body: () -> Int32
) -> Int32 {
  guard unsafe !file.pointee.isTimed else {
    return unsafe timed(file, method, bytes: bytes, body)
  }
  let code = body()
  unsafe file.pointee.counters.count(method, bytes: code == SQLITE_OK ? bytes : 0)
  return code
}

private func timed(
  _ file: RealFileHandle, _ method: VFSMethod, bytes: Int, _ body: () -> Int32
) -> Int32 {
  let start = monotonicNanoseconds()
  let code = body()
  let elapsed = monotonicNanoseconds() &- start
  let measured = unsafe file.pointee.system._withUnsafeGuaranteedRef {
    $0.measuredPart(of: elapsed, since: start)
  }
  unsafe file.pointee.counters.count(method, bytes: code == SQLITE_OK ? bytes : 0)
  unsafe file.pointee.counters.addTime(method, nanoseconds: elapsed, measured: measured)
  return code
}

/// Makes a call of a method that faults or latencies may affect, and counts it.
///
/// - Parameters:
///   - room: bytes of a write for which the file need not grow.
///   - special: handles any decision other than proceeding, failing, or dying before or after the
///     call.
///   - body: the call itself.
func faulted(
  _ file: RealFileHandle, _ method: VFSMethod, bytes: Int = 0, offset: Int64 = 0,
  special: (RealFaultDecision) -> Int32, _ body: () -> Int32, room: () -> Int = { 0 }
) -> Int32 {
  unsafe counted(file, method, bytes: bytes) {
    let (table, witness, kind) = unsafe (
      file.pointee.system._withUnsafeGuaranteedRef { $0.table },
      file.pointee.system._withUnsafeGuaranteedRef { $0.witness }, file.pointee.kind
    )
    witness?.announce(method, kind)
    table.delay(method)
    let decision = table.decide(method, kind, bytes: bytes, offset: offset, room: room)
    switch decision {
    case .proceed: return body()
    case .fail(let code): return code
    case .kill(.before): dieNow()
    case .kill(.after):
      _ = body()
      dieNow()
    default: return special(decision)
    }
  }
}

/// Reports an event on a file to the witness, if there is one.
func witnessed(_ file: RealFileHandle, _ tell: (RealFileWitness, FileKind) -> Void) {
  guard let witness = unsafe file.pointee.system._withUnsafeGuaranteedRef({ $0.witness }) else {
    return
  }
  tell(witness, unsafe file.pointee.kind)
}

/// Kills the process on the spot, as `kill -9` does.
func dieNow() -> Never {
  kill(getpid(), SIGKILL)
  // The signal is delivered before `kill` returns; if it is still pending, nothing more runs.
  while true { pause() }
}
