import AssayModel
import SQLiteDriver
import Synchronization
import Testing

@testable import AssayStorage

/// The cases of the public conformance suites for keys.
@Suite("The key-value contract")
struct KeyValueTests {
  private func withStore(
    topology: DatabaseConfiguration.Topology = .pool,
    _ body: @escaping @Sendable (KeyValueStore, Baton) throws -> Void
  ) throws {
    let folder = try TemporaryFolder()
    let baton = Baton(seed: 1)
    try baton.runAlone {
      try body(KeyValueStore(folder.open(.simulated(baton), topology: topology)), baton)
    }
    #expect(baton.deadlock == nil)
  }

  @Test("A value is found as it was stored, until it is deleted", arguments: topologies)
  func roundTrip(topology: DatabaseConfiguration.Topology) throws {
    try withStore(topology: topology) { store, _ in
      #expect(try !store.exists("a/k"))
      #expect(throws: StorageError.notFound("a/k")) { try store.load("a/k") }
      #expect(throws: StorageError.notFound("a/k")) { try store.stat("a/k") }
      for value in [[], [0], [UInt8](repeating: 7, count: 100_000)] {
        try store.store(key: "a/k", value: value)
        #expect(try store.load("a/k") == value)
        #expect(try store.load("a/k") { $0.count } == value.count)
        #expect(try store.exists("a/k"))
      }
      #expect(try store.delete("a/k") == 1)
      #expect(try !store.exists("a/k"))
      #expect(try store.delete("a/k") == 0)
    }
  }

  @Test("Status tells size and time of a key, and the newest time of a directory")
  func stat() throws {
    try withStore { store, baton in
      try store.store(key: "d/k1", value: [1, 2, 3])
      let first = baton.wallNow()
      try baton.sleep(for: .seconds(5))
      try store.store(key: "d/k/a", value: [1])
      let second = baton.wallNow()
      #expect(
        try store.stat("d/k1")
          == .init(key: "d/k1", modified: first, size: 3, isTerminal: true))
      #expect(
        try store.stat("/d/") == .init(key: "d", modified: second, size: 0, isTerminal: false))
      try store.store(key: "d", value: [9])
      #expect(try store.stat("d").isTerminal)
      #expect(throws: StorageError.notFound("d/k1/x")) { try store.stat("d/k1/x") }
    }
  }

  @Test("Listings contain each entry once, with directories where they are asked for")
  func list() throws {
    try withStore { store, _ in
      for key in ["d/k1", "d/k/a/b", "d/k/c", "d/k-1", "e", "dd/x"] {
        try store.store(key: key, value: [1])
      }
      #expect(try store.list("d", recursive: false) == ["d/k", "d/k-1", "d/k1"])
      #expect(try store.list("d", recursive: true) == ["d/k-1", "d/k/a/b", "d/k/c", "d/k1"])
      #expect(
        try store.list("d", recursive: true, .keysAndDirectories)
          == ["d/k", "d/k-1", "d/k/a", "d/k/a/b", "d/k/c", "d/k1"])
      #expect(try store.list(recursive: false) == ["d", "dd", "e"])
      #expect(throws: StorageError.notFound("nothing")) {
        try store.list("nothing", recursive: true)
      }
      #expect(throws: StorageError.notFound("e")) { try store.list("e", recursive: true) }
      try store.store(key: "d/k", value: [1])
      #expect(try store.list("d", recursive: false) == ["d/k", "d/k-1", "d/k1"])
    }
  }

  @Test("Deleting goes by component, not by prefix of the text")
  func delete() throws {
    try withStore { store, _ in
      for key in ["foo", "foobar", "foo/a", "foo/b/c"] { try store.store(key: key, value: [1]) }
      #expect(try store.delete("foo") == 3)
      #expect(try store.list(recursive: true) == ["foobar"])
    }
  }

  @Test("Keys that Swift calls equal but that differ in bytes are two keys")
  func bytes() throws {
    try withStore { store, _ in
      try store.store(key: "d/\u{E9}", value: [1])
      try store.store(key: "d/e\u{301}", value: [2])
      #expect(try store.load("d/\u{E9}") == [1])
      #expect(try store.list("d", recursive: false).count == 2)
      #expect(try store.delete("d/e\u{301}") == 1)
      #expect(try store.load("d/\u{E9}") == [1])
    }
  }

  @Test("Loads that race with stores of 4 MiB see one version, whole", arguments: topologies)
  func whole(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let environment = try StorageEnvironment.real()
    let store = try KeyValueStore(
      folder.open(environment, topology: topology) {
        $0.maxOpenConnections = 3
      })
    let size = 4 << 20
    try store.store(key: "big", value: [UInt8](repeating: 0, count: size))
    let readers = ReaderFlags()
    let actors = (0..<2).map { index in
      environment.spawning.spawn(name: "reader-\(index)") {
        var loads = 0
        while !readers.isDone.load(ordering: .relaxed) || loads == 0 {
          do {
            let value = try store.load("big")
            if value.count != size || Set([value[0], value[size / 2], value[size - 1]]).count != 1 {
              readers.fail("torn value")
            }
          } catch {
            readers.fail("\(error)")
          }
          loads += 1
        }
      }
    }
    for version in 1...8 {
      try store.store(key: "big", value: [UInt8](repeating: UInt8(version), count: size))
    }
    readers.isDone.store(true, ordering: .relaxed)
    for actor in actors { actor.join() }
    #expect(readers.failures.isEmpty)
  }

  @Test(
    "Ten threads do fifty operations each and every value is the one stored last",
    arguments: topologies)
  func tenThreads(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let environment = try StorageEnvironment.real()
    let store = try KeyValueStore(
      folder.open(environment, topology: topology) {
        $0.maxOpenConnections = 4
      })
    let flags = ReaderFlags()
    let actors = (0..<10).map { index in
      environment.spawning.spawn(name: "actor-\(index)") {
        do {
          for round in 0..<50 {
            let value = [UInt8(index), UInt8(round)]
            try store.store(key: "t\(index)/k\(round % 7)", value: value)
            if try store.load("t\(index)/k\(round % 7)") != value { flags.fail("another value") }
          }
        } catch {
          flags.fail("\(error)")
        }
      }
    }
    for actor in actors { actor.join() }
    #expect(flags.failures.isEmpty)
    #expect(try store.list(recursive: true).count == 70)
  }

  @Test("A store in memory works under every topology", arguments: topologies)
  func memory(topology: DatabaseConfiguration.Topology) throws {
    let store = try KeyValueStore(
      Database(DatabaseConfiguration(path: ":memory:", topology: topology), environment: .real()))
    try store.store(key: "k", value: [1])
    #expect(try store.load("k") == [1])
  }
}

/// What threads tell the test that started them.
final class ReaderFlags: Sendable {
  let isDone = Atomic<Bool>(false)
  private let texts = Mutex<[String]>([])

  var failures: [String] { texts.withLock { $0 } }

  func fail(_ text: String) { texts.withLock { $0.append(text) } }
}
