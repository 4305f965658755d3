import AssayModel
import SQLiteDriver
import Synchronization
import Testing

@testable import AssayStorage

/// Each weakness of certmagic-sqlite (locks-and-keys, 1 to 9): the seed's algorithm shows it, ours
/// does not.
@Suite("Weaknesses of the seed, and their absence here")
struct WeaknessTests {
  /// One simulated machine, its processes, and one database file that they share.
  final class World: Sendable {
    let baton = Baton(seed: 1)
    let table = ProcessTable()
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func process(_ id: Int32, time: (any TimeSource)? = nil) -> StorageEnvironment {
      .simulated(
        baton, seed: UInt64(id), time: time, host: FakeHost(processID: id, table: table))
    }

    func seed(
      _ id: Int32, owner: String, ttl: Nanoseconds = .seconds(1), time: (any TimeSource)? = nil
    ) throws -> SeedStorage {
      try SeedStorage(
        folder.database, ownerID: owner, ttl: ttl, environment: process(id, time: time))
    }

    func locks(
      _ id: Int32, owner: LockOwner = .random, ttl: Nanoseconds = .seconds(1),
      time: (any TimeSource)? = nil
    ) throws -> LeaseLocks {
      try LeaseLocks(
        folder.open(process(id, time: time), topology: .singleWriter(readers: 1)), owner: owner,
        ttl: ttl)
    }
  }

  // MARK: 1, no renewal

  @Test("1 seed: a lock expires while its holder works, and another one enters")
  func seedExpires() throws {
    let world = try World()
    try world.baton.runAlone {
      let holder = try world.seed(1, owner: "a")
      let other = try world.seed(2, owner: "b")
      try holder.lock("x")
      try world.baton.sleep(for: .milliseconds(1_200))
      #expect(try other.lockOnce("x"))
    }
  }

  @Test("1 ours: a kept lease outlives its TTL, and a paused holder learns that it has lost")
  func oursIsKept() throws {
    let world = try World()
    try world.baton.runAlone {
      let holder = try world.locks(1)
      let other = try world.locks(2)
      let keeper = holder.keep(try holder.lock("x"))
      for _ in 0..<12 {
        try world.baton.sleep(for: .milliseconds(100))
        #expect(try other.tryLock("x") == nil)
        #expect(keeper.isHeld)
      }
      #expect(keeper.renewals >= 3)
      try keeper.release()
      #expect(try other.tryLock("x") != nil)
    }
  }

  @Test("1 ours: a holder that cannot renew is told before the deadline")
  func oursTells() throws {
    let world = try World()
    let told = Mutex<[LeaseKeeper.Loss]>([])
    try world.baton.runAlone {
      let holder = try world.locks(1)
      let blocker = try world.folder.open(world.process(2))
      let lease = try holder.lock("x")
      let keeper = holder.keep(lease) { loss in told.withLock { $0.append(loss) } }
      try blocker.withConnection { connection in
        try connection.begin(.immediate)
        try world.baton.sleep(for: .milliseconds(790))
        #expect(keeper.isHeld)
        try world.baton.sleep(for: .milliseconds(20))
        #expect(!keeper.isHeld)
        #expect(world.baton.bootNow() < lease.deadline)
        #expect(throws: StorageError.leaseLost("x")) { try keeper.check() }
      }
      keeper.stop()
    }
    #expect(told.withLock { $0 } == [.safetyMarginReached])
  }

  // MARK: 2, no fencing

  @Test("2 seed: a paused holder's late write is accepted")
  func seedLateWrite() throws {
    let world = try World()
    try world.baton.runAlone {
      let paused = try world.seed(1, owner: "a")
      let next = try world.seed(2, owner: "b")
      try paused.lock("x")
      try world.baton.sleep(for: .seconds(2))
      try next.lock("x")
      try next.store("protected", [2])
      try paused.store("protected", [1])
      #expect(try next.load("protected") == [1])
    }
  }

  @Test("2 ours: a paused holder's late write is refused by its token")
  func oursFences() throws {
    let world = try World()
    try world.baton.runAlone {
      let paused = try world.locks(1)
      let next = try world.locks(2)
      let store = try KeyValueStore(next.database)
      @Sendable func write(_ value: UInt8, _ lease: Lease, _ locks: LeaseLocks) throws {
        try locks.database.write { connection in
          try locks.checkFencing(lease, in: &connection)
          _ = try connection.rows(
            text: "REPLACE INTO certmagic_data VALUES('protected', ?1, 0)", [.blob([value])])
        }
      }
      let old = try paused.lock("x")
      try write(1, old, paused)
      try world.baton.sleep(for: .seconds(2))
      let new = try next.lock("x")
      #expect(new.token > old.token)
      try write(2, new, next)
      #expect(throws: StorageError.leaseLost("x")) { try write(1, old, paused) }
      #expect(try store.load("protected") == [2])
    }
  }

  // MARK: 3, ownership per process

  @Test("3 seed: an expired holder's unlock deletes its successor's row, and a third one enters")
  func seedUnlocksOthers() throws {
    let world = try World()
    try world.baton.runAlone {
      // A and B are threads of one process, which has one owner id.
      let process = try world.seed(1, owner: "p")
      let third = try world.seed(2, owner: "c")
      try process.lock("x")
      try world.baton.sleep(for: .seconds(2))
      try process.lock("x")
      try process.unlock("x")
      #expect(try third.lockOnce("x"))
    }
  }

  @Test("3 ours: an expired holder's unlock and renewal change nothing")
  func oursPerAcquisition() throws {
    let world = try World()
    try world.baton.runAlone {
      let process = try world.locks(1)
      let third = try world.locks(2)
      let first = try process.lock("x")
      try world.baton.sleep(for: .seconds(2))
      let second = try process.lock("x")
      let before = try third.inspect("x")
      #expect(throws: StorageError.lockNotHeld("x")) { try process.unlock(first) }
      #expect(throws: StorageError.leaseLost("x")) { try process.renew(first) }
      #expect(try third.inspect("x") == before)
      #expect(try third.tryLock("x") == nil)
      try process.unlock(second)
    }
  }

  // MARK: 4, restart with the same owner

  @Test(
    "4 seed: a restarted process with its old owner id waits out the TTL, and can unlock a twin")
  func seedWaitsForItself() throws {
    let world = try World()
    try world.baton.runAlone {
      let before = try world.seed(1, owner: "host", ttl: .seconds(60))
      try before.lock("x")
      let after = try world.seed(2, owner: "host", ttl: .seconds(60))
      let start = world.baton.monotonicNow()
      try after.lock("x")
      #expect(world.baton.monotonicNow() - start >= .seconds(59))
      try before.unlock("x")
      #expect(throws: SeedStorage.NotFound.self) { try after.unlock("x") }
    }
  }

  @Test("4 ours: a stable owner enters again at once when its old process is gone, not before")
  func oursEntersAgain() throws {
    let world = try World()
    try world.baton.runAlone {
      let before = try world.locks(1, owner: .stable("host"), ttl: .seconds(60))
      let old = try before.lock("x")
      let after = try world.locks(2, owner: .stable("host"), ttl: .seconds(60))
      #expect(try after.tryLock("x") == nil)
      world.table.kill(before.database.environment.host.ownProcess)
      let start = world.baton.monotonicNow()
      let new = try after.lock("x")
      #expect(world.baton.monotonicNow() == start)
      #expect(new.token > old.token)
      #expect(throws: StorageError.lockNotHeld("x")) { try before.unlock(old) }
      try after.unlock(new)
    }
  }

  @Test("4 ours: another owner waits for the TTL of a process that is gone")
  func oursOthersWait() throws {
    let world = try World()
    try world.baton.runAlone {
      let gone = ProcessIdentity(processID: 99, startTicks: 1, namespace: 7)
      let locks = try world.locks(1, owner: .stable("me"))
      try locks.plantStaleLock(name: "x", owner: "other", process: gone, ttl: .seconds(10))
      try locks.plantStaleLock(name: "y", owner: "me", process: gone, ttl: .seconds(10))
      let start = world.baton.monotonicNow()
      _ = try locks.lock("y")
      #expect(world.baton.monotonicNow() == start)
      _ = try locks.lock("x")
      #expect(world.baton.monotonicNow() - start == .seconds(10))
    }
  }

  // MARK: 5, the wall clock

  @Test("5 seed: a clock step steals a live lock, and a wait for the database shortens it")
  func seedWallClock() throws {
    let world = try World()
    try world.baton.runAlone {
      let stepped = SteppedTime(base: world.baton)
      let holder = try world.seed(1, owner: "a")
      let thief = try world.seed(2, owner: "b", time: stepped)
      try holder.lock("x")
      stepped.step(byMilliseconds: 3_600_000)
      #expect(try thief.lockOnce("x"))
    }
    let other = try World()
    try other.baton.runAlone {
      let holder = try other.seed(1, owner: "a")
      let thief = try other.seed(2, owner: "b")
      try Self.locked(other, for: .milliseconds(900)) { try holder.lock("x") }
      try other.baton.sleep(for: .milliseconds(200))
      #expect(try thief.lockOnce("x"))
    }
  }

  @Test("5 ours: a clock step moves no lease, and a wait for the database does not shorten it")
  func oursBootClock() throws {
    let world = try World()
    try world.baton.runAlone {
      let stepped = SteppedTime(base: world.baton)
      let holder = try world.locks(1)
      let other = try world.locks(2, time: stepped)
      let lease = try holder.lock("x")
      for step in [3_600_000, -7_200_000] as [Int64] {
        stepped.step(byMilliseconds: step)
        #expect(try other.tryLock("x") == nil)
      }
      try world.baton.sleep(for: .milliseconds(1_001))
      let taken = try other.tryLock("x")
      #expect(taken.map { $0.token > lease.token } == true)
    }
    let second = try World()
    try second.baton.runAlone {
      let holder = try second.locks(1)
      try Self.locked(second, for: .milliseconds(900)) {
        let lease = try holder.lock("x")
        #expect(lease.deadline - second.baton.bootNow() >= .milliseconds(999))
      }
    }
  }

  /// Runs `body` while another process holds the database's write lock for a time.
  static func locked(_ world: World, for span: Nanoseconds, _ body: () throws -> Void) throws {
    let blocker = try world.folder.open(world.process(9))
    let flag = Flag()
    let actor = world.baton.spawn(name: "blocker") {
      try? blocker.withConnection { connection in
        try connection.begin(.immediate)
        flag.isSet.store(true, ordering: .relaxed)
        try world.baton.sleep(for: span)
      }
    }
    while !flag.isSet.load(ordering: .relaxed) { world.baton.yield() }
    try body()
    actor.join()
  }

  private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
  }
}
