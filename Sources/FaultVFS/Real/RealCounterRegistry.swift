import AssayModel
import Synchronization

/// All counters of a file system layer: those of open files, and the sums of closed ones.
///
/// A block joins and leaves under the lock, so that no reading misses one or counts it twice.
final class RealCounterRegistry: Sendable {
  /// A connection: the number of the database handle that it was opened with, from 1.
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
  /// Calls that concern no open file, by the kind of file that they name; the last one for none.
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

  /// The block of calls that concern no open file.
  func sharedBlock(_ kind: FileKind?) -> RealCounterBlock {
    shared[kind?.slot ?? FileKind.slotCount]
  }

  /// Makes the counters of a file that is being opened.
  ///
  /// - Parameter owner: number of the database file that it belongs to; `nil` for a database
  ///   itself, which begins a connection, and for what belongs to none.
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

  /// Takes the counters of a file that was closed.
  func leave(_ number: UInt64) {
    state.withLock { state in
      guard let member = state.open.removeValue(forKey: number) else { return }
      state.closed.add(member.block, slot: member.kind.slot)
      member.block.free()
    }
  }

  /// The sums of the process.
  var counts: VFSCounts {
    state.withLock { state in
      var counts = state.closed
      for member in state.open.values { counts.add(member.block, slot: member.kind.slot) }
      for (slot, block) in shared.enumerated() { counts.add(block, slot: slot) }
      return counts
    }
  }

  /// The counts of each open connection: its database, journal and log, not its temporary files,
  /// of which SQLite does not say whose they are.
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
