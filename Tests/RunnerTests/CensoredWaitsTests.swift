import AssayModel
import Statistics
import Testing

@testable import Runner

/// Planted histories: operations that had not been acknowledged when measuring ended.
@Suite("Waits that measuring or a kill cuts short")
struct CensoredWaitsTests {
  private static let busy: Int32 = 5
  private static let constraint: Int32 = 19

  private func time(_ milliseconds: Int) -> MonotonicTime {
    MonotonicTime(nanoseconds: UInt64(milliseconds) * 1_000_000)
  }

  private func actor(_ number: Int, process: Int = 0, incarnation: Int = 0) -> ActorID {
    ActorID(process: process, incarnation: incarnation, actor: number)
  }

  /// One attempt; measuring goes from 1,000 to 3,000 ms.
  private func attempt(
    _ actor: ActorID, _ intended: Int, _ invoked: Int, _ completed: Int?,
    _ outcome: Event.Outcome = .ok, code: Int32 = 0, isFirst: Bool = true, isFinal: Bool = true
  ) -> Event {
    Event(
      actor: actor, sequence: 0, operation: WorkloadOperation(.store), outcome: outcome,
      code: code, isMeasured: intended >= 1_000 && intended < 3_000, isFirstAttempt: isFirst,
      isFinal: isFinal, intended: time(intended), invoked: time(invoked),
      completed: completed.map(time))
  }

  private func activity(
    _ events: [Event], deadline: Int = 3_000, deaths: [ActorID: MonotonicTime] = [:]
  ) -> Activity {
    var activity = Activity(
      measuredFrom: time(1_000), measuredUntil: time(3_000), reported: [actor(0)],
      deadline: time(deadline), deaths: deaths)
    for event in events { activity.see(event) }
    activity.finish()
    return activity
  }

  private func ages(_ activity: Activity) -> [UInt64] {
    guard let ages = activity.censored.ages[.store] else { return [] }
    let counts = ages.response.counts
    return zip(counts.values, counts.counts).flatMap {
      // An upper edge of a bucket may lie above the largest value, which is exact.
      Array(repeating: (min($0, counts.max) + 500_000) / 1_000_000, count: Int($1))
    }
  }

  @Test("An operation that was busy to the end waited from its intended start to its last attempt")
  func cut() {
    let activity = activity([
      attempt(actor(0), 1_200, 1_200, 1_700, .failed, code: Self.busy, isFinal: false),
      attempt(actor(0), 1_200, 1_701, 2_999, .failed, code: Self.busy, isFirst: false),
    ])
    #expect(ages(activity) == [1_799])
    #expect(activity.shares[actor(0)]?.isCensored == true)
    #expect(activity.tally.entries.first?.unfinished == 1)
    #expect(activity.tally.entries.first?.failed == 0)
  }

  @Test("A refusal for good is a failure and no wait, however late it comes")
  func refused() {
    let activity = activity([
      attempt(actor(0), 2_000, 2_000, 2_999, .failed, code: Self.constraint),
      attempt(actor(0), 1_100, 1_100, 1_200, .failed, code: Self.busy),
    ])
    #expect(ages(activity) == [])
    #expect(activity.tally.entries.first?.failed == 2)
  }

  @Test("What was acknowledged after the end has its exact time and is no lower bound")
  func acknowledgedLate() {
    let activity = activity([attempt(actor(0), 2_900, 2_900, 4_000)])
    #expect(ages(activity) == [])
    #expect(activity.shares[actor(0)]?.longestWait == 1_100_000_000)
    #expect(activity.shares[actor(0)]?.isCensored == false)
  }

  @Test("A wait since the warm-up counts from its start, and its attempts are counted")
  func warmUp() {
    let activity = activity([
      attempt(actor(0), 100, 100, 1_500, .failed, code: Self.busy, isFinal: false),
      attempt(actor(0), 100, 1_501, 3_000, .failed, code: Self.busy, isFirst: false),
    ])
    #expect(ages(activity) == [2_900])
    #expect(activity.tally.entries.first?.attempts == 2)
    #expect(activity.shares[actor(0)]?.hasSucceeded == false)
  }

  @Test("What ended in the warm-up, or began after the end, is no wait of the measured time")
  func outside() {
    let activity = activity([
      attempt(actor(0), 100, 100, 900, .failed, code: Self.busy),
      attempt(actor(0), 3_100, 3_100, 3_200, .failed, code: Self.busy),
    ])
    #expect(ages(activity) == [])
    #expect(activity.tally.entries.first?.attempts == 0)
  }

  @Test("The open attempt of a killed worker waited until the kill, and no longer")
  func killed() {
    let activity = activity(
      [
        attempt(actor(1), 1_300, 1_300, 1_301),
        attempt(actor(1), 1_500, 1_500, nil, .unknown),
        attempt(
          actor(0, process: 1), 1_000, 1_000, 1_400, .failed, code: Self.busy, isFinal: false),
        attempt(actor(0, process: 2), 400, 400, nil, .unknown),
      ],
      deaths: [
        actor(0): time(2_000), actor(0, process: 1): time(1_450), actor(0, process: 2): time(800),
      ])
    // The second died in the pause before its next attempt, the third in the warm-up.
    #expect(ages(activity).sorted() == [450, 500])
  }

  @Test("In an open loop the age counts from the arrival, and the backlog has its own deadline")
  func openLoop() {
    let activity = activity(
      [
        attempt(actor(0), 2_000, 2_500, 3_200, .failed, code: Self.busy, isFinal: false),
        attempt(actor(0), 2_000, 3_201, 8_000, .failed, code: Self.busy, isFirst: false),
      ], deadline: 8_000)
    #expect(ages(activity) == [6_000])
    let service = activity.censored.ages[.store]?.service.counts.max
    #expect(service == 5_500_000_000)
  }

  private func rows(
    _ shares: [ActorID: Activity.Share], _ change: (inout LoadSettings) -> Void
  ) -> [ActorResult] {
    var load = LoadSettings(workload: .kv)
    change(&load)
    return ActorShares(load: load, shares: shares).results(repetition: 0)
  }

  @Test("Every planned actor has a row; those without a success are starved, killed ones once")
  func planned() {
    var busy = Activity.Share()
    busy.operations = 678
    busy.hasSucceeded = true
    busy.hasTried = true
    var dead = Activity.Share()
    dead.hasTried = true
    let rows = rows([actor(0): busy, actor(1): dead, actor(1, incarnation: 1): busy]) {
      $0.writers = 2
      $0.readers = 1
    }
    #expect(rows.map(\.actor) == ["p0.0/a0", "p0.0/a1", "p0.0/a2", "p0.1/a1"])
    #expect(rows.map { $0.isStarved == true } == [false, false, true, false])
    #expect(rows.map(\.role) == ["writer", "writer", "reader", "writer"])
  }

  @Test("Actors for which no operation was planned, or none arrived, are not starved")
  func unplanned() {
    #expect(
      rows([:]) {
        $0.writers = 4
        $0.extent = .operations(3)
      }.count == 3)
    #expect(
      rows([:]) {
        $0.writers = 4
        $0.rate = .perSecond(1)
      }.isEmpty)
  }
}
