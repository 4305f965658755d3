import AssayModel
import SQLiteDriver
import Testing

@testable import AssayStorage

/// Weaknesses 6 to 9; 1 to 5 are in `WeaknessTests`.
@Suite("Further weaknesses of the seed, and their absence here")
struct KeyWeaknessTests {
  typealias World = WeaknessTests.World

  private func store(_ world: World) throws -> KeyValueStore {
    try KeyValueStore(world.folder.open(world.process(5)))
  }

  // MARK: 6, timeouts that contradict each other

  @Test("6 seed: a lock fails after its query timeout although the caller would still wait")
  func seedTimesOut() throws {
    let world = try World()
    try world.baton.runAlone {
      let seed = try world.seed(1, owner: "a")
      try WeaknessTests.locked(world, for: .seconds(4)) {
        #expect(throws: SeedStorage.QueryTimedOut.self) {
          try seed.lock("x", deadline: world.baton.monotonicNow() + .seconds(10))
        }
      }
    }
  }

  @Test("6 ours: the caller's deadline alone governs, whatever the configured timeouts are")
  func oursOneDeadline() throws {
    let world = try World()
    try world.baton.runAlone {
      let database = try world.folder.open(world.process(1)) {
        $0.queryTimeout = .seconds(3)
        $0.busy = .sqlite(timeout: .seconds(2))
      }
      let locks = try LeaseLocks(database, ttl: .seconds(30))
      try WeaknessTests.locked(world, for: .seconds(4)) {
        let start = world.baton.monotonicNow()
        let lease = try locks.lock("x", deadline: start + .seconds(10))
        #expect(world.baton.monotonicNow() - start < .seconds(5))
        try locks.unlock(lease)
      }
      try WeaknessTests.locked(world, for: .seconds(4)) {
        let start = world.baton.monotonicNow()
        #expect(throws: StorageError.lockTimedOut("x")) {
          try locks.lock("x", deadline: start + .seconds(1))
        }
        #expect(world.baton.monotonicNow() - start == .seconds(1))
      }
    }
  }

  @Test("6 seed: an insert that committed unseen is an orphan that its own owner waits for")
  func seedOrphan() throws {
    let world = try World()
    try world.baton.runAlone {
      let seed = try world.seed(1, owner: "a")
      // The insert took effect, but the caller was told that it timed out and tries again.
      #expect(try seed.lockOnce("x"))
      let again = try seed.lockOnce("x")
      #expect(!again)
    }
  }

  @Test("6 ours: an attempt that committed unseen is recognised by the next one, with its token")
  func oursRecognises() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let environment = locks.database.environment
      func attempt(_ acquisition: Int64) throws -> Int64? {
        try locks.database.write { connection in
          let times = LockTimes(environment)
          let row = LockRow(
            ownerID: locks.ownerID, process: environment.host.ownProcess,
            acquisition: acquisition, ttl: locks.ttl, at: times)
          let attempt = try LockTable.take(
            "x", as: row, at: times, host: environment.host, yields: false, wish: nil,
            in: &connection)
          if case .acquired(_, let token) = attempt { return token } else { return nil }
        }
      }
      #expect(try attempt(77) == 1)
      #expect(try attempt(78) == nil)
      #expect(try attempt(77) == 1)
    }
  }

  // MARK: 7, the end of a directory

  @Test("7 seed: a key with a character above U+FFFF is not listed and survives its directory")
  func seedLosesKeys() throws {
    let world = try World()
    try world.baton.runAlone {
      let seed = try world.seed(1, owner: "a")
      try seed.store("d/plain", [1])
      try seed.store("d/\u{1F600}", [2])
      #expect(try seed.list("d") == ["d/plain"])
      try seed.delete("d")
      #expect(try seed.load("d/\u{1F600}") == [2])
    }
  }

  @Test("7 ours: every character lies inside its directory")
  func oursKeepsKeys() throws {
    let world = try World()
    try world.baton.runAlone {
      let store = try store(world)
      for key in ["d/plain", "d/\u{1F600}", "d/\u{10FFFF}", "d/\u{FFFF}x"] {
        try store.store(key: key, value: [1])
      }
      try store.store(key: "d0", value: [1])
      try store.store(key: "d-", value: [1])
      #expect(try store.list("d", recursive: true).count == 4)
      #expect(try store.delete("d") == 4)
      #expect(try store.list(recursive: true) == ["d-", "d0"])
    }
  }

  // MARK: 8, values and keys at the edge

  @Test("8 seed: nil fails, an empty key is a key, ///t is lost, d/ deletes nothing")
  func seedEdges() throws {
    let world = try World()
    try world.baton.runAlone {
      let seed = try world.seed(1, owner: "a")
      #expect(throws: (any Error).self) { try seed.store("nil", nil) }
      try seed.store("", [1])
      #expect(try seed.load("") == [1])
      try seed.store("///t", [1])
      #expect(throws: SeedStorage.NotFound.self) { try seed.load("/t") }
      #expect(throws: SeedStorage.NotFound.self) { try seed.load("t") }
      try seed.store("d/k", [1])
      try seed.delete("d/")
      #expect(try seed.load("d/k") == [1])
    }
  }

  @Test("8 ours: empty values are values, empty keys are refused, every spelling finds its key")
  func oursEdges() throws {
    let world = try World()
    try world.baton.runAlone {
      let store = try store(world)
      try store.store(key: "empty", value: [])
      #expect(try store.load("empty") == [])
      #expect(try store.stat("empty").size == 0)
      for key in ["", "/", "\\", "//\\/"] {
        #expect(throws: StorageError.invalidKey(key)) { try store.store(key: key, value: [1]) }
        #expect(throws: StorageError.invalidKey(key)) { try store.load(key) }
        #expect(throws: StorageError.invalidKey(key)) { try store.delete(key) }
      }
      try store.store(key: "///t", value: [1])
      for key in ["t", "/t", "///t", "t/", "\\t"] { #expect(try store.load(key) == [1]) }
      try store.store(key: "d\\e//k", value: [1])
      #expect(try store.load("d/e/k") == [1])
      try store.delete("d/")
      #expect(try !store.exists("d"))
    }
  }

  // MARK: 9, pragmas of further connections

  @Test("9 seed: only the first connection has the pragmas")
  func seedPragmas() throws {
    let world = try World()
    try world.baton.runAlone {
      let seed = try SeedStorage(
        world.folder.database, ownerID: "a", connections: 2, environment: world.process(1))
      #expect(try seed.pool[0].connection.pragma("synchronous") == "1")
      #expect(try seed.pool[1].connection.pragma("synchronous") == "2")
    }
  }

  @Test("9 ours: every connection has them", arguments: topologies)
  func oursPragmas(topology: DatabaseConfiguration.Topology) throws {
    let world = try World()
    try world.baton.runAlone {
      let database = try world.folder.open(world.process(1), topology: topology) {
        $0.maxOpenConnections = 2
        $0.pragmas[1] = Pragma("synchronous", "normal")
      }
      let answers = try database.read { first in
        [
          try first.pragma("synchronous"),
          try database.read { try $0.pragma("synchronous") },
        ]
      }
      #expect(answers == ["1", "1"])
      #expect(try database.withConnection { try $0.pragma("synchronous") } == "1")
    }
  }
}
