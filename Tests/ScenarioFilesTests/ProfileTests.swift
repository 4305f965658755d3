import AssayModel
import Testing

@testable import ScenarioFiles

@Suite("Profiles")
struct ProfileTests {
  private func storage(_ section: String) throws -> StorageSettings {
    try Sample.cell("storage: \(section)").storage
  }

  @Test("Rails brings WAL, its pragmas, a fair wait and BEGIN IMMEDIATE")
  func rails() throws {
    let storage = try storage("{ profile: rails }")
    #expect(storage.profile == "rails")
    #expect(storage.journalMode == .wal)
    #expect(storage.synchronous == .normal)
    #expect(storage.busy == .fair)
    #expect(storage.busyTimeout == .seconds(5))
    #expect(storage.begin == .immediate)
    #expect(storage.maxOpenConnections == 5)
    #expect(storage.maxIdleConnections == 5)
    let pragmas = Dictionary(
      uniqueKeysWithValues: storage.pragmas.map { ($0.name, $0.value) })
    #expect(
      pragmas == [
        "foreign_keys": "1", "mmap_size": "134217728", "journal_size_limit": "67108864",
        "cache_size": "2000",
      ])
  }

  @Test("A key beside the profile wins, on either side of it")
  func explicitKeysWin() throws {
    for section in [
      "{ profile: rails, synchronous: full, cache_size: 7 }",
      "{ synchronous: full, cache_size: 7, profile: rails }",
    ] {
      let storage = try storage(section)
      #expect(storage.synchronous == .full)
      #expect(storage.pragmas.filter { $0.name == "cache_size" }.map(\.value) == ["7"])
      #expect(storage.journalMode == .wal)
    }
  }

  @Test("A profile's idle connections hold only beside its own number of open ones")
  func idleConnections() throws {
    #expect(try storage("{ profile: go-backup }").maxIdleConnections == 2)
    let fewer = try storage("{ profile: go-backup, max_open_connections: 1 }")
    #expect(fewer.maxOpenConnections == 1)
    #expect(fewer.maxIdleConnections == 1)
    #expect(try storage("{ profile: go-backup, max_idle_connections: 3 }").maxIdleConnections == 3)
  }

  @Test("A profile is a key for the matrix and the command line, and the other keys still win")
  func matrixAndOverride() throws {
    let plan = try Sample.plan(
      "storage: { busy_timeout: 1s }\nmatrix: { storage.profile: [sqlite, rails] }")
    #expect(plan.cells.map(\.id) == ["storage.profile=sqlite", "storage.profile=rails"])
    #expect(plan.cells.map(\.storage.journalMode) == [.delete, .wal])
    #expect(plan.cells.map(\.storage.busyTimeout) == [.seconds(1), .seconds(1)])
    let overridden = try Sample.plan(
      overrides: [
        Assignment(path: "storage.synchronous", value: "extra"),
        Assignment(path: "storage.profile", value: "grdb"),
      ])
    #expect(overridden.cells.first?.storage.topology == .singleWriter)
    #expect(overridden.cells.first?.storage.synchronous == .extra)
  }

  @Test("An unknown profile is an error that names the nearest and all others")
  func unknown() throws {
    let errors = Sample.errors("storage: { profile: rials }")
    #expect(errors.count == 1)
    let line = try #require(errors.first)
    #expect(line.hasPrefix("s.yaml:4:21: storage.profile: unknown value 'rials'"), "\(line)")
    #expect(line.contains("did you mean 'rails'?"))
    #expect(line.contains("litestream-library"))
  }

  @Test("Every profile plans without an error, sets what it says and names its source")
  func allAreValid() throws {
    let names = StorageProfile.all.map(\.name)
    #expect(Set(names).count == names.count)
    for profile in StorageProfile.all {
      let storage = try storage("{ profile: \(profile.name) }")
      #expect(storage.profile == profile.name)
      let settings = CellSettings(storage: storage)
      for setting in profile.settings {
        let path = try #require(SettingPaths.byPath["storage.\(setting.path)"])
        #expect(
          path.current(settings) == path.canonical(setting.value),
          "\(profile.name) \(setting.path)")
      }
      #expect(profile.summary.contains(profile.origin))
    }
  }

  @Test("In memory a profile's journal mode and connections give way")
  func inMemory() throws {
    let storage = try storage("{ profile: rails, path: ':memory:' }")
    #expect(storage.journalMode == .memory)
    #expect(storage.maxOpenConnections == 1)
    #expect(storage.maxIdleConnections == 1)
  }
}
