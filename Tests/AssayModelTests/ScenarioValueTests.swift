import Testing

@testable import AssayModel

@Suite("Bounds, versions, probabilities and counts")
struct ScenarioValueTests {
  @Test("A bound is the sum of its terms, and has no value where a named setting has none")
  func boundExpressions() {
    let sum = BoundExpression(
      terms: [
        .init(factor: 2, variable: .ttl), .init(factor: 400e6), .init(factor: -1, variable: .ttl),
      ], text: "2 * ttl + 400ms - ttl")
    #expect(sum.value { $0 == .ttl ? .milliseconds(500) : nil } == 900e6)
    #expect(sum.value { _ in nil } == nil)
    #expect(BoundExpression(terms: [.init(factor: 1.5)], text: "1.5").value { _ in nil } == 1.5)
  }

  @Test("A version range holds its lower end, not its upper one, and not its exceptions")
  func versionRanges() throws {
    func version(_ text: String) throws -> LibraryVersion { try #require(LibraryVersion(text)) }
    let range = VersionRange(
      from: try version("3.7.0"), below: try version("3.51.3"),
      except: [try version("3.44.6"), try version("3.50.7")])
    for inside in ["3.7.0", "3.40.1", "3.51.2", "3.44.5"] {
      #expect(range.contains(try version(inside)), "\(inside)")
    }
    for outside in ["3.6.23", "3.51.3", "3.44.6", "3.50.7", "4.0.0"] {
      #expect(!range.contains(try version(outside)), "\(outside)")
    }
    #expect(VersionRange().contains(try version("3.40.1")))
  }

  @Test(
    "A version is two or three numbers below 1,000",
    arguments: [
      ("3.40.1", 3_040_001), ("3.8", 3_008_000), ("3", nil), ("3.40.1.2", nil), ("3.x", nil),
      ("3.1000", nil), ("3.-1", nil), ("", nil), ("3..1", nil),
    ] as [(String, Int?)])
  func versions(text: String, number: Int?) {
    #expect(LibraryVersion(text)?.number == number)
    if let number { #expect(LibraryVersion(number: number).description.hasPrefix(text)) }
  }

  @Test("A probability lies in 0...1")
  func probabilities() {
    #expect(Probability(0)?.value == 0)
    #expect(Probability(1)?.value == 1)
    #expect(Probability(1.01) == nil)
    #expect(Probability(-0.01) == nil)
    #expect(Probability(.nan) == nil)
  }

  @Test("Counts add up")
  func histogramCounts() {
    #expect(HistogramCounts().total == 0)
    #expect(HistogramCounts(values: [1, 5], counts: [3, 4], min: 1, max: 5).total == 7)
  }

  @Test("A cell names its settings' values, and none where there is none")
  func cellVariables() {
    var storage = StorageSettings()
    storage.busyTimeout = .milliseconds(100)
    let cell = PlannedCell(
      id: "default", parameters: [], storage: storage, locks: LockSettings(),
      load: LoadSettings(workload: .kv), faults: [], expectations: [], furtherChecks: [],
      seed: Seed(1))
    #expect(cell.value(of: .busyTimeout) == .milliseconds(100))
    #expect(cell.value(of: .ttl) == .seconds(120))
    #expect(cell.value(of: .acquireTimeout) == nil)
  }
}
