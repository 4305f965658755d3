import CSQLite
import Synchronization

/// Content of a file before the writes since its last sync, so that those writes can be lost.
///
/// Shared by all handles of this process to one file, because a sync applies to the file, not the
/// handle. Writes of other processes are not undone: a piece that another process has changed since
/// is left alone.
final class RealUndoLog: Sendable {
  /// Maximum of old bytes kept for one file. Beyond it, the oldest count as already written back by
  /// the system.
  private static let byteLimit = 64 << 20

  private enum Change {
    /// Bytes were written over `old`, which is shorter if the file ended there.
    case write(offset: Int64, length: Int, old: [UInt8], sizeBefore: Int64, new: UInt64)
    /// The file was truncated, and `tail` was lost.
    case truncate(size: Int64, tail: [UInt8])

    var byteCount: Int {
      switch self {
      case .write(_, _, let old, _, _): old.count
      case .truncate(_, let tail): tail.count
      }
    }
  }

  private struct State {
    var changes: [Change] = []
    var byteCount = 0

    mutating func append(_ change: Change) {
      changes.append(change)
      byteCount += change.byteCount
      var oldest = 0
      while byteCount > RealUndoLog.byteLimit, oldest < changes.count {
        byteCount -= changes[oldest].byteCount
        oldest += 1
      }
      changes.removeFirst(oldest)
    }
  }

  private let state = Mutex(State())

  /// Clears the log: everything so far is on the disk, or the file is gone.
  func clear() { state.withLock { $0 = State() } }

  /// Writes, and saves the old bytes.
  func write(_ file: RealBaseFile, _ bytes: UnsafeRawBufferPointer, offset: Int64) -> Int32 {
    state.withLock { state in
      let size = file.size
      let old = file.read(min(bytes.count, Int(clamping: size - offset)), offset: offset)
      let code = unsafe file.write(bytes, offset: offset)
      // Even a failed write may have written a part.
      state.append(
        .write(
          offset: offset, length: bytes.count, old: old, sizeBefore: size,
          new: unsafe Self.hash(bytes)))
      return code
    }
  }

  /// Truncates the file, and saves the bytes cut off.
  func truncate(_ file: RealBaseFile, to size: Int64) -> Int32 {
    state.withLock { state in
      let tail = file.read(Int(clamping: file.size - size), offset: size)
      let code = file.truncate(to: size)
      if code == SQLITE_OK { state.append(.truncate(size: size, tail: tail)) }
      return code
    }
  }

  /// Undoes every change since the last sync, newest first.
  func drop(_ file: RealBaseFile) {
    state.withLock { state in
      for change in state.changes.reversed() {
        switch change {
        case .write(let offset, let length, let old, let sizeBefore, let new):
          let current = file.read(length, offset: offset)
          guard current.count == length,
            unsafe current.withUnsafeBytes({ unsafe Self.hash($0) }) == new
          else { continue }
          unsafe old.withUnsafeBytes { _ = unsafe file.write($0, offset: offset) }
          let end = offset + Int64(length)
          if sizeBefore < end, file.size == end { _ = file.truncate(to: sizeBefore) }
        case .truncate(let size, let tail):
          guard file.size == size else { continue }
          unsafe tail.withUnsafeBytes { _ = unsafe file.write($0, offset: size) }
        }
      }
      state = State()
    }
  }

  /// FNV-1a. Source: Fowler, Noll, Vo.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    unsafe bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}
