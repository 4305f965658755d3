import AssayModel
import Testing

@testable import Runner

@Suite("The service time that is split")
struct RealServiceTimeTests {
  private func time(_ nanoseconds: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds)
  }

  /// What operations from 100 to 200 add up to, each given by its begin and end.
  private func total(_ spans: [(UInt64, UInt64)], isReported: Bool = true) -> UInt64 {
    let actor = ActorID(process: 0, incarnation: 0, actor: 0)
    var activity = Activity(
      measuredFrom: time(100), measuredUntil: time(200), reported: isReported ? [actor] : [])
    for (begin, end) in spans {
      activity.see(
        Event(
          actor: actor, sequence: 0, operation: WorkloadOperation(.store), outcome: .ok,
          isMeasured: begin >= 100 && begin < 200, intended: time(begin), invoked: time(begin),
          completed: time(end)))
    }
    return activity.reportedServiceNanoseconds
  }

  @Test("Of an operation counts what lies in the measured time, wherever it began")
  func overlap() {
    #expect(total([(110, 130), (150, 155)]) == 25)
    #expect(total([(10, 130)]) == 30)
    #expect(total([(190, 500)]) == 10)
    #expect(total([(10, 500)]) == 100)
    #expect(total([(10, 90), (200, 300)]) == 0)
  }

  @Test("Processes that did not report do not count: their calls are unknown too")
  func unreported() {
    #expect(total([(110, 130)], isReported: false) == 0)
  }
}
