import AssayModel
import Testing

@Suite("Rates of a capacity, and above it")
struct CapacityTests {
  private func run(_ rate: String, _ further: String = "") async throws -> RunResult {
    let text = Text.scenario(
      """
      load: { workload: kv, writers: 2, keys: { count: 50 }, rate: \(rate), duration: 300ms }
      expect: { integrity: valid }
      \(further)
      """)
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    return result
  }

  @Test("A share of the capacity becomes one rate for all cells, which the result names")
  func capacity() async throws {
    let result = try await run(
      "capacity*0.1", "matrix: { storage.synchronous: [off, normal] }")
    let targets = result.cells.map { $0.openLoop?.target }
    #expect(targets.count == 2)
    #expect(targets[0] == targets[1])
    #expect(targets[0] ?? 0 > 1)
    for cell in result.cells {
      // Poisson arrivals scatter; a tenth of the capacity is no load.
      let loop = try #require(cell.openLoop)
      let expected = loop.target * 0.3
      let found = Double(cell.operations["store"]?.count ?? 0)
      #expect(abs(found - expected) < 6 * expected.squareRoot() + 2, "\(found) of \(expected)")
    }
  }

  @Test("Half of another capacity is another rate")
  func share() async throws {
    let slow = try await run("capacity*0.02").cells[0].openLoop?.target
    let fast = try await run("capacity*0.5").cells[0].openLoop?.target
    #expect(try #require(slow) < #require(fast))
  }

  @Test("A rate far above the capacity is called an overload, and no percentile is printed")
  func overload() async throws {
    let result = try await run("5000000/s")
    let loop = try #require(result.cells[0].openLoop)
    #expect(loop.isOverloaded)
    #expect(loop.achieved < loop.target / 2)
    #expect(loop.late > .seconds(1))
    let finding = result.finding.lowercased()
    #expect(finding.contains("overloaded"), "\(finding)")
    #expect(!finding.contains("the longest store") && !finding.contains("p99"), "\(finding)")
  }

  @Test("A lock's arrival is its acquisition, and what is left at the end is worked off at once")
  func followUps() async throws {
    let text = Text.scenario(
      """
      load: { workload: locks, writers: 1, keys: { count: 8 }, rate: capacity*0.5, duration: 300ms }
      locks: { ttl: 10s }
      expect: { integrity: valid }
      """)
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let cell = result.cells[0]
    let loop = try #require(cell.openLoop)
    let acquired = try #require(cell.operations["acquire"]).count
    #expect(acquired > 0)
    #expect(cell.operations["release"]?.count ?? 0 > 0)
    // Half of what it can do; counted with the writes and releases it would be one and a half.
    #expect(!loop.isOverloaded, "\(loop)")
    #expect(Double(acquired) < 0.3 * loop.target + 6 * (0.3 * loop.target).squareRoot() + 2)
  }

  @Test("Of a capacity's share readers get what readers do of it")
  func roles() async throws {
    let text = Text.scenario(
      """
      load: { workload: kv, writers: 1, readers: 1, think: 0s, keys: { count: 50 },
        rate: capacity*0.2, duration: 300ms }
      disk: { sync: 3ms }
      storage: { journal_mode: wal, synchronous: full, max_open_connections: 2 }
      expect: { integrity: valid }
      """)
    let (ending, result) = try await Assay.runScenario(text, in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let cell = result.cells[0]
    // A store takes 3 ms and a load a hundredth of it: at even rates the writer would drown. A fifth
    // leaves room for whatever else the machine does meanwhile.
    #expect(cell.openLoop?.isOverloaded == false, "\(String(describing: cell.openLoop))")
    #expect(cell.operations["load"]?.count ?? 0 > 4 * (cell.operations["store"]?.count ?? .max))
  }

  @Test("A closed loop has no rate that it could miss")
  func closed() async throws {
    #expect(try await run("closed").cells[0].openLoop == nil)
  }
}
