public import AssayModel

/// Requests to the file system layer of a process: calls, bytes and times per method and kind of
/// file.
public struct VFSCounts: Equatable, Sendable {
  /// Purpose of the time spent in the layer.
  public enum Purpose: Int, CaseIterable, Sendable {
    /// `xLock`, `xShmLock`, and `xSleep`, in which SQLite waits for locks.
    case locking
    /// `xSync`.
    case syncing
    /// Everything else.
    case other

    @inline(__always)
    init(_ method: VFSMethod) {
      switch method {
      case .lock, .sharedMemoryLock, .sleep: self = .locking
      case .sync: self = .syncing
      default: self = .other
      }
    }
  }

  /// The counts of one method on one kind of file.
  public struct Figures: Hashable, Sendable {
    /// Number of calls, failed ones included.
    public var calls: UInt64
    /// Bytes of the reads and writes that succeeded.
    public var bytes: UInt64
    /// Nanoseconds in the calls; 0 if calls are not timed.
    public var nanoseconds: UInt64
  }

  /// One table per kind of file, and a last one for calls that concern no file.
  private var tables: [[UInt64]]

  init() {
    tables = Array(
      repeating: Array(repeating: 0, count: RealCounterBlock.wordCount),
      count: FileKind.slotCount + 1)
  }

  mutating func add(_ block: RealCounterBlock, slot: Int) {
    block.addAll(to: &tables[slot])
  }

  /// Returns the counts of a method on a kind of file; pass `nil` for calls that concern no file.
  public func figures(_ method: VFSMethod, _ file: FileKind?) -> Figures {
    let table = tables[file?.slot ?? FileKind.slotCount]
    let index = method.slot * RealCounterBlock.figures
    return Figures(calls: table[index], bytes: table[index + 1], nanoseconds: table[index + 2])
  }

  /// Returns nanoseconds of the measured time spent in calls, by purpose; 0 if calls are not timed.
  public func measuredNanoseconds(_ purpose: Purpose) -> UInt64 {
    let index = VFSMethod.slotCount * RealCounterBlock.figures + purpose.rawValue
    return tables.reduce(0) { $0 &+ $1[index] }
  }

  /// Every nonzero count under a name such as `vfs.sync.wal.calls`.
  public var named: [String: UInt64] {
    var names: [String: UInt64] = [:]
    for file in FileKind.allCases.map(Optional.some) + [nil] {
      for method in VFSMethod.allCases {
        let figures = figures(method, file)
        let place = file.map { ".\($0.rawValue)" } ?? ""
        let name = "vfs.\(method.rawValue)\(place)"
        for (unit, value) in [
          ("calls", figures.calls), ("bytes", figures.bytes), ("nanoseconds", figures.nanoseconds),
        ] where value > 0 {
          names["\(name).\(unit)"] = value
        }
      }
    }
    return names
  }

  /// Longest length in bytes that the process's writes gave the database, its log and its journal,
  /// by name of the kind.
  public var writtenLengths: [String: UInt64] {
    Dictionary(
      uniqueKeysWithValues: [FileKind.database, .wal, .journal].map {
        ($0.rawValue, tables[$0.slot][RealCounterBlock.reachIndex])
      })
  }

  /// Returns the difference between two readings of the same process.
  ///
  /// - Parameter earlier: the earlier reading.
  public func since(_ earlier: VFSCounts) -> VFSCounts {
    var difference = self
    for slot in tables.indices {
      for index in 0..<RealCounterBlock.reachIndex {
        difference.tables[slot][index] = tables[slot][index] &- earlier.tables[slot][index]
      }
    }
    return difference
  }
}
