import AssayModel
import Synchronization

/// All counters of a file system layer: those of open files, and the sums of closed ones.
///
/// A block joins and leaves under the lock, so that no reading misses it or counts it twice.
final class RealCounterRegistry: Sendable {
  /// A connection, identified by the number of its database handle, from 1.
  typealias ConnectionNumber = UInt64

  private struct Member {
    var block: RealCounterBlock
    var kind: FileKind
    var connection: ConnectionNumber?
  }

  private struct State {
    var open: [UInt64: Member] = [:]
    var closed = VFSCounts()
    var last: UInt64 = 0
  }

  private let state = Mutex(State())
  /// Calls that concern no open file, by the kind of file they name; the last block is for none.
  private let shared: [RealCounterBlock]

  init() {
    shared = (0...FileKind.slotCount).map { _ in RealCounterBlock() }
  }

  deinit {
    for block in shared { block.free() }
    state.withLock { state in
      for member in state.open.values { member.block.free() }
    }
  }

  /// Returns the block for calls that concern no open file.
  func sharedBlock(_ kind: FileKind?) -> RealCounterBlock {
    shared[kind?.slot ?? FileKind.slotCount]
  }

  /// Creates the counters of a file that is being opened.
  ///
  /// - Parameter owner: number of the database file it belongs to; `nil` for a database itself,
  ///   which begins a connection, and for files that belong to none.
  /// - Returns: the counters and the file's number.
  func join(_ kind: FileKind, owner: UInt64?) -> (block: RealCounterBlock, number: UInt64) {
    let block = RealCounterBlock()
    return state.withLock { state in
      state.last += 1
      let connection = kind == .database ? state.last : owner
      state.open[state.last] = Member(block: block, kind: kind, connection: connection)
      return (block, state.last)
    }
  }

  /// Removes the counters of a closed file and adds them to the sums.
  func leave(_ number: UInt64) {
    state.withLock { state in
      guard let member = state.open.removeValue(forKey: number) else { return }
      state.closed.add(member.block, slot: member.kind.slot)
      member.block.free()
    }
  }

  /// Sums over the process.
  var counts: VFSCounts {
    state.withLock { state in
      var counts = state.closed
      for member in state.open.values { counts.add(member.block, slot: member.kind.slot) }
      for (slot, block) in shared.enumerated() { counts.add(block, slot: slot) }
      return counts
    }
  }

  /// Counts of each open connection: its database, journal and log, but not its temporary files,
  /// for which SQLite does not name the owner.
  var connections: [ConnectionNumber: VFSCounts] {
    state.withLock { state in
      var connections: [ConnectionNumber: VFSCounts] = [:]
      for member in state.open.values {
        guard let connection = member.connection else { continue }
        connections[connection, default: VFSCounts()].add(member.block, slot: member.kind.slot)
      }
      return connections
    }
  }
}
