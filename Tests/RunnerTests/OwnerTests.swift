import AssayModel
import Platform
import Testing

@testable import Runner

@Suite("Owners of locks")
struct OwnerTests {
  @Test("Random owners differ and are all of one length, so that rows and counts are of one size")
  func lengths() throws {
    let harness = try CellHarness(
      "load: { workload: locks, writers: 1, duration: 1s }\nlocks: { owner: random }")
    let run = harness.makeRun()
    // One in sixteen begins with a zero.
    let owners = (0..<200).map { run.owner(process: 0, incarnation: $0) }
    #expect(Set(owners).count == 200)
    #expect(Set(owners.map(\.utf8.count)) == [16])
    #expect(owners.contains { $0.hasPrefix("0") })
  }
}
