import AssayModel
import Testing

@testable import Runner

@Suite("The timeline of faults")
struct FaultTimelineTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000)

  private func timeline(_ triggers: FaultSpecification.Trigger...) -> FaultTimeline {
    FaultTimeline(
      triggers.map { FaultSpecification(kind: .kill, target: .random, trigger: $0) }, from: start,
      seed: Seed(5))
  }

  @Test("A fault with at comes once, one with every comes after each period")
  func periods() {
    var timeline = timeline(.at(.seconds(3)), .every(.seconds(2)))
    #expect(timeline.nextDue == start + .seconds(2))
    #expect(timeline.due(at: start + .seconds(1)) == [])
    #expect(timeline.due(at: start + .seconds(2)) == [1])
    timeline.injected(1, at: start + .seconds(2))
    #expect(timeline.due(at: start + .seconds(3)) == [0])
    timeline.injected(0, at: start + .seconds(3))
    #expect(timeline.due(at: start + .seconds(4)) == [1])
    timeline.injected(1, at: start + .seconds(4))
    #expect(timeline.nextDue == start + .seconds(6))
  }

  @Test("Periods that passed while a target was sought are left out")
  func lateInjection() {
    var timeline = timeline(.every(.seconds(1)))
    timeline.postpone(0, to: start + .milliseconds(3_500))
    #expect(timeline.nextDue == start + .milliseconds(3_500))
    timeline.injected(0, at: start + .milliseconds(3_600))
    #expect((timeline.nextDue ?? start) > start + .milliseconds(3_600))
  }

  @Test("Faults after commits are none of the timeline's")
  func commits() {
    #expect(timeline(.afterCommits(1)).nextDue == nil)
  }

  @Test("The same seed draws the same targets")
  func draws() {
    func drawn(_ seed: UInt64) -> [Int] {
      var timeline = FaultTimeline(
        [FaultSpecification(kind: .kill, target: .random, trigger: .every(.seconds(1)))],
        from: start, seed: Seed(seed))
      return (0..<32).map { _ in timeline.draw(0, from: [0, 1, 2]) }
    }
    #expect(drawn(1) == drawn(1))
    #expect(drawn(1) != drawn(2))
    #expect(Set(drawn(1)) == [0, 1, 2])
  }
}
