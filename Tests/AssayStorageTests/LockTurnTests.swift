import AssayModel
import Synchronization
import Testing

@testable import AssayStorage

/// Waiting across processes: a release reaches the waiters of its own process at once, those of
/// others only by polling.
@Suite("Turns between processes")
struct LockTurnTests {
  @Test(
    "A process whose actors pass a lock on to each other lets another process in",
    arguments: [UInt64(1), 2, 3])
  func othersGetIn(seed: UInt64) throws {
    let baton = Baton(seed: seed)
    let folder = try TemporaryFolder()
    let end = baton.monotonicNow() + .seconds(3)
    let waits = Mutex<[Int: [Nanoseconds]]>([:])
    var roles: [Baton.Role] = []
    // Process 1 has two actors, so that one of them always waits when the other releases.
    for (process, actors) in [(1, 2), (2, 1)] {
      let environment = StorageEnvironment.simulated(
        baton, seed: seed &* 31 &+ UInt64(process), host: FakeHost(processID: Int32(process)))
      let locks = try LeaseLocks(folder.open(environment), ttl: .seconds(600))
      for actor in 0..<actors {
        roles.append(
          (
            "p\(process)a\(actor)",
            {
              #expect(throws: Never.self) {
                while baton.monotonicNow() < end {
                  let start = baton.monotonicNow()
                  let lease = try locks.lock("x")
                  let wait = baton.monotonicNow() - start
                  waits.withLock { $0[process, default: []].append(wait) }
                  try baton.sleep(for: .milliseconds(5))
                  try locks.unlock(lease)
                }
              }
            }
          ))
      }
    }
    baton.run(roles)
    #expect(baton.deadlock == nil)
    let (first, second) = waits.withLock { ($0[1] ?? [], $0[2] ?? []) }
    // A turn lasts two polls (50 ms), and the other one's next look comes within one more.
    #expect(second.count > 50, "process 2 had the lock \(second.count) times, seed \(seed)")
    #expect(first.count > 50, "process 1 had the lock \(first.count) times, seed \(seed)")
    let longest = (first + second).max() ?? .zero
    #expect(longest < .milliseconds(300), "longest wait \(longest.rawValue) ns, seed \(seed)")
  }

  @Test("A process that nobody waits for keeps its lock without a pause")
  func aloneNeverYields() throws {
    let baton = Baton(seed: 5)
    let folder = try TemporaryFolder()
    let environment = StorageEnvironment.simulated(
      baton, seed: 9, host: FakeHost(processID: 1))
    let locks = try LeaseLocks(folder.open(environment), ttl: .seconds(600))
    let elapsed = try baton.runAlone {
      let start = baton.monotonicNow()
      for _ in 0..<200 {
        let lease = try locks.lock("x")
        try baton.sleep(for: .milliseconds(5))
        try locks.unlock(lease)
      }
      return baton.monotonicNow() - start
    }
    #expect(elapsed < .milliseconds(1_050), "\(elapsed.rawValue) ns")
  }
}
