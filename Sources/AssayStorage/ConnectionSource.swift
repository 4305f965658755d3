import AssayModel
import Synchronization

/// The source from which bodies get a connection and to which they return it.
protocol ConnectionSource: AnyObject, Sendable {
  func acquire(_ limit: WaitLimit) throws(StorageError) -> ConnectionBox
  func release(_ box: ConnectionBox, isUsable: Bool)
  func close()
  var counts: WaitCounts { get }
}

extension ResourcePool: ConnectionSource where Resource == ConnectionBox {}

/// The only connection that writes, behind a fair queue.
final class WriteConnection: ConnectionSource {
  private let queue: FairQueue
  private let make: @Sendable () throws(StorageError) -> ConnectionBox
  /// Taken and put back only by the holder of the queue; empty before the first use and after a
  /// fault.
  private let box = Mutex<ConnectionBox?>(nil)
  private let isClosed = Atomic<Bool>(false)

  init(
    environment: StorageEnvironment,
    make: @escaping @Sendable () throws(StorageError) -> ConnectionBox
  ) {
    queue = FairQueue(environment: environment)
    self.make = make
  }

  var counts: WaitCounts { queue.counts }

  func acquire(_ limit: WaitLimit) throws(StorageError) -> ConnectionBox {
    try queue.lock(limit)
    if let box = box.withLock({ $0.take() }) { return box }
    do {
      return try make()
    } catch {
      queue.unlock()
      throw error
    }
  }

  func release(_ box: ConnectionBox, isUsable: Bool) {
    if isUsable, !isClosed.load(ordering: .acquiring) { self.box.withLock { $0 = box } }
    queue.unlock()
  }

  func close() {
    isClosed.store(true, ordering: .releasing)
    queue.close()
    // A connection that a holder puts back at this moment is closed with the database.
    let idle = box.withLock { $0.take() }
    _ = consume idle
  }
}
