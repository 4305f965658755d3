import AssayModel
import AssayStorage
import Platform
import Synchronization

/// A machine with one boot and processes that live or do not.
final class FakeHost: HostIdentity {
  let bootID: String
  let ownProcess: ProcessIdentity
  private let table: ProcessTable

  init(processID: Int32 = 1, bootID: String = "boot-1", table: ProcessTable = ProcessTable()) {
    self.bootID = bootID
    self.table = table
    ownProcess = ProcessIdentity(processID: processID, startTicks: 100, namespace: 7)
    table.start(ownProcess)
  }

  func liveness(of process: ProcessIdentity) -> ProcessLiveness {
    guard process.namespace == ownProcess.namespace else { return .unknown }
    return table.isAlive(process) ? .alive : .gone
  }
}

/// The processes of a fake machine.
final class ProcessTable: Sendable {
  private let alive = Mutex<Set<ProcessIdentity>>([])

  func start(_ process: ProcessIdentity) { alive.withLock { _ = $0.insert(process) } }
  func kill(_ process: ProcessIdentity) { alive.withLock { _ = $0.remove(process) } }
  func isAlive(_ process: ProcessIdentity) -> Bool { alive.withLock { $0.contains(process) } }
}

/// Another process's view of the time: its wall clock is off by a span that a test can step.
final class SteppedTime: TimeSource {
  private let base: any TimeSource
  private let offset = Atomic<Int64>(0)

  init(base: any TimeSource) { self.base = base }

  /// Steps this process's wall clock.
  func step(byMilliseconds span: Int64) { offset.add(span, ordering: .relaxed) }

  func monotonicNow() -> MonotonicTime { base.monotonicNow() }
  func bootNow() -> BootTime { base.bootNow() }
  func wallNow() -> WallTime {
    WallTime(milliseconds: base.wallNow().milliseconds + offset.load(ordering: .relaxed))
  }
  func sleep(until deadline: MonotonicTime) throws(ActorStopped) { try base.sleep(until: deadline) }
}

extension StorageEnvironment {
  /// The environment of one simulated process.
  static func simulated(
    _ baton: Baton, seed: UInt64 = 1, time: (any TimeSource)? = nil,
    host: any HostIdentity = FakeHost()
  ) -> StorageEnvironment {
    StorageEnvironment(
      time: time ?? baton, parking: baton, spawning: baton,
      random: SeededRandomSource(Seed(seed)), host: host)
  }
}
