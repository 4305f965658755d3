import AssayModel
import SQLiteDriver
import Synchronization
import Testing

@testable import AssayStorage

/// The cases of the public conformance suites for locks, and what the fact sheet adds.
@Suite("The lock contract")
struct LockTests {
  typealias World = WeaknessTests.World

  @Test("Unlocking what is not locked is an error")
  func notLocked() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let lease = try locks.lock("x")
      try locks.unlock(lease)
      #expect(throws: StorageError.lockNotHeld("x")) { try locks.unlock(lease) }
      #expect(throws: StorageError.invalidKey("")) { try locks.lock("") }
      #expect(throws: StorageError.invalidKey("")) { try locks.tryLock("") }
    }
  }

  @Test("Two names are held at once; a second lock of one fails at its deadline, in virtual time")
  func twoNames() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1, ttl: .seconds(60))
      let x = try locks.lock("x")
      let y = try locks.lock("y")
      let start = world.baton.monotonicNow()
      #expect(throws: StorageError.lockTimedOut("x")) {
        try locks.lock("x", deadline: start + .seconds(1))
      }
      #expect(world.baton.monotonicNow() == start + .seconds(1))
      #expect(try locks.tryLock("y") == nil)
      try locks.unlock(x)
      try locks.unlock(y)
    }
  }

  @Test("A lock whose deadline has passed already fails, even when it is free")
  func cancelled() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let now = world.baton.monotonicNow()
      #expect(throws: StorageError.lockTimedOut("x")) { try locks.lock("x", deadline: now) }
      #expect(throws: StorageError.lockTimedOut("x")) { try locks.tryLock("x", deadline: now) }
      #expect(try locks.inspect("x") == nil)
    }
  }

  @Test("A held lock passes on exactly at its deadline, with a higher token")
  func passesOn() throws {
    let world = try World()
    try world.baton.runAlone {
      let first = try world.locks(1)
      let second = try world.locks(2)
      let old = try first.lock("x")
      let new = try second.lock("x")
      #expect(world.baton.bootNow() == old.deadline)
      #expect(new.token == old.token + 1)
      #expect(new.deadline == old.deadline + .seconds(1))
    }
  }

  @Test("A renewal moves the deadline and keeps the token; after the deadline it is refused")
  func renewal() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let lease = try locks.lock("x")
      try world.baton.sleep(for: .milliseconds(900))
      let renewed = try locks.renew(lease)
      #expect(renewed.token == lease.token)
      #expect(renewed.deadline == lease.deadline + .milliseconds(900))
      #expect(try locks.inspect("x")?.token == lease.token)
      try world.baton.sleep(for: .seconds(1))
      #expect(throws: StorageError.leaseLost("x")) { try locks.renew(renewed) }
      let status = try locks.inspect("x")
      #expect(status?.isExpired == true)
      #expect(status?.ownerID == locks.ownerID)
    }
  }

  @Test("Tokens grow with every acquisition and survive the row")
  func tokens() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      for expected in 1...5 as ClosedRange<Int64> {
        let lease = try locks.lock("x")
        #expect(lease.token == expected)
        try locks.unlock(lease)
      }
      #expect(try locks.lock("y").token == 1)
      let held = try locks.lock("x")
      try locks.liftTokens(to: 1_000)
      #expect(throws: StorageError.leaseLost("x")) {
        try locks.database.write { try locks.checkFencing(held, in: &$0) }
      }
      try locks.unlock(held)
      #expect(try locks.lock("x").token == 1_001)
      #expect(try locks.lock("new").token == 1_001)
      try locks.liftTokens(to: 5)
      #expect(try locks.lock("newer").token == 1_001)
    }
  }

  @Test("A waiter in the same process gets a released lock at once, without a poll")
  func handOver() throws {
    for seed in 0..<10 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let folder = try TemporaryFolder()
      let locks = try LeaseLocks(
        folder.open(.simulated(baton), topology: .singleWriter(readers: 1)),
        pollInterval: .seconds(20))
      let order = Mutex<[Int]>([])
      let roles = (0..<5).map { index -> Baton.Role in
        (
          "a\(index)",
          {
            do {
              try baton.sleep(for: .milliseconds(Int64(index)))
              let lease = try locks.lock("x")
              try baton.sleep(for: .milliseconds(10))
              order.withLock { $0.append(index) }
              try locks.unlock(lease)
            } catch {
              Issue.record("\(error)")
            }
          }
        )
      }
      let start = baton.monotonicNow()
      baton.run(roles)
      #expect(baton.deadlock == nil)
      #expect(order.withLock { $0 } == [0, 1, 2, 3, 4], "seed \(seed)")
      #expect(baton.monotonicNow() - start == .milliseconds(50), "seed \(seed)")
    }
  }

  @Test(
    "Five names, two processes with two threads each, five rounds: nobody is inside twice",
    arguments: topologies)
  func exclusion(topology: DatabaseConfiguration.Topology) throws {
    for seed in 0..<5 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let folder = try TemporaryFolder()
      let inside = Mutex<[String: Int]>([:])
      let tokens = Mutex<[String: [Int64]]>([:])
      var roles: [Baton.Role] = []
      for process in 1...2 as ClosedRange<Int32> {
        let environment = StorageEnvironment.simulated(
          baton, seed: seed &* 31 &+ UInt64(process), host: FakeHost(processID: process))
        let locks = try baton.runAlone {
          let database = try folder.open(environment, topology: topology) {
            $0.busy = .fair(timeout: .seconds(60))
          }
          return try LeaseLocks(database, ttl: .seconds(600))
        }
        for thread in 0..<2 {
          roles.append(
            (
              "p\(process)t\(thread)",
              {
                do {
                  for round in 0..<5 {
                    let name = "lock-\((round + thread) % 5)"
                    let lease = try locks.lock(name)
                    let count = inside.withLock { inside in
                      inside[name, default: 0] += 1
                      return inside[name]
                    }
                    #expect(count == 1)
                    tokens.withLock { $0[name, default: []].append(lease.token) }
                    try baton.sleep(for: .milliseconds(3))
                    inside.withLock { $0[name, default: 0] -= 1 }
                    try locks.unlock(lease)
                  }
                } catch {
                  Issue.record("\(error)")
                }
              }
            ))
        }
      }
      baton.run(roles)
      #expect(baton.deadlock == nil)
      for list in tokens.withLock({ $0 }).values { #expect(list == Array(1...4)) }
    }
  }

  @Test("The same seed gives the same order of lock grants, another seed another one")
  func order() throws {
    func order(_ seed: UInt64) throws -> [String] {
      let baton = Baton(seed: seed)
      let folder = try TemporaryFolder()
      let roles = try (1...4).map { process -> Baton.Role in
        let environment = StorageEnvironment.simulated(
          baton, seed: seed &* 31 &+ UInt64(process),
          host: FakeHost(processID: Int32(process)))
        let locks = try LeaseLocks(folder.open(environment), ttl: .seconds(600))
        return (
          "p\(process)",
          {
            #expect(throws: Never.self) {
              for _ in 0..<3 {
                let lease = try locks.lock("x")
                baton.note("p\(process) \(lease.token)")
                try baton.sleep(for: .milliseconds(3))
                try locks.unlock(lease)
              }
            }
          }
        )
      }
      baton.run(roles)
      #expect(baton.deadlock == nil)
      return baton.trace
    }
    let orders = try (0..<6).map { try order($0) }
    #expect(try (0..<6).map { try order($0) } == orders)
    #expect(Set(orders).count > 3)
  }

  @Test("A keeper that is stopped renews no more, and one whose lock was taken says so")
  func keeper() throws {
    let world = try World()
    let losses = Mutex<[LeaseKeeper.Loss]>([])
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let stopped = locks.keep(try locks.lock("x"))
      try world.baton.sleep(for: .milliseconds(500))
      stopped.stop()
      #expect(stopped.renewals == 1)
      #expect(!stopped.isHeld)
      try world.baton.sleep(for: .seconds(2))
      #expect(try locks.inspect("x")?.isExpired == true)

      let robbed = locks.keep(try locks.lock("y")) { loss in
        losses.withLock { $0.append(loss) }
      }
      try locks.plantStaleLock(
        name: "y", owner: "thief", process: locks.database.environment.host.ownProcess,
        ttl: .seconds(10))
      try world.baton.sleep(for: .milliseconds(500))
      #expect(!robbed.isHeld)
      #expect(throws: StorageError.lockNotHeld("y")) { try robbed.release() }
    }
    #expect(losses.withLock { $0 } == [.leaseLost])
  }

  @Test("withLock keeps the lock during the body and releases it after success and failure")
  func withLock() throws {
    let world = try World()
    struct Planted: Error {}
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let other = try world.locks(2)
      let result = try locks.withLock("x") { keeper in
        try world.baton.sleep(for: .seconds(5))
        #expect(try other.tryLock("x") == nil)
        #expect(keeper.isHeld)
        return 7
      }
      #expect(result == 7)
      #expect(throws: Planted.self) { try locks.withLock("x") { _ in throw Planted() } }
      #expect(try other.tryLock("x") != nil)
    }
  }

  @Test("Settings out of range are refused")
  func settings() throws {
    let world = try World()
    try world.baton.runAlone {
      let database = try world.folder.open(world.process(1))
      func isRefused(_ make: () throws -> LeaseLocks) -> Bool {
        do {
          _ = try make()
          return false
        } catch {
          if case .invalidConfiguration? = error as? StorageError { return true }
          return false
        }
      }
      #expect(isRefused { try LeaseLocks(database, ttl: .zero) })
      #expect(isRefused { try LeaseLocks(database, owner: .stable("")) })
      #expect(isRefused { try LeaseLocks(database, ttl: .seconds(1), safetyMargin: .seconds(1)) })
      #expect(isRefused { try LeaseLocks(database, pollInterval: .zero) })
    }
  }
}
