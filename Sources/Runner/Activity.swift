import AssayModel
import SQLiteDriver
import Statistics

/// Adds up, in one pass over the histories of a repetition, what does not come from the workers'
/// histograms: errors, shares, the series, and the latencies of workers that were killed.
struct Activity {
  /// Length of a point of the series.
  static let interval = Nanoseconds.milliseconds(100)
  /// Longest series that is kept: a quarter of an hour.
  private static let seriesLimit = 9_000

  /// What happened to one kind of operation.
  struct Kind {
    var acknowledged: UInt64 = 0
    var notAcknowledged: UInt64 = 0
    var errors: [Int32: UInt64] = [:]
  }

  /// What one actor did.
  struct Share {
    var operations: UInt64 = 0
    var longestWait: UInt64 = 0
    /// Whether its longest wait had not ended.
    var isCensored = false
    /// Whether anything was acknowledged to it in time, also what began in the warm-up.
    var hasSucceeded = false
    /// Whether it has tried anything.
    var hasTried = false
  }

  /// By raw value of the kind.
  private(set) var kinds: [Kind?]
  private(set) var shares: [ActorID: Share] = [:]
  private(set) var series: [SeriesPoint] = []
  private(set) var lastCompletion = MonotonicTime(nanoseconds: 0)
  /// From first attempts to ends, as far as that was measured time, of workers that reported.
  private(set) var reportedServiceNanoseconds: UInt64 = 0
  /// Distributions of the workers that could not report theirs.
  private(set) var reconstructed:
    [OperationKind: (response: LatencyHistogram, service: LatencyHistogram)] = [:]

  /// What became of the attempts, by operation and code.
  private(set) var tally = AttemptTally()
  /// Operations that were not acknowledged in time.
  private(set) var censored: CensoredWaits

  /// What histories show of a jump of time.
  struct JumpTraces {
    /// Operations acknowledged in its middle half.
    var completedMeanwhile: UInt64 = 0
    /// Measured operations that contain it.
    var lastedThrough: UInt64 = 0
    /// Longest response among these.
    var longestThrough: UInt64 = 0
  }

  /// By jump, in their order.
  private(set) var jumpTraces: [JumpTraces]
  private let jumps: [TimeJump]
  private let measuredFrom: MonotonicTime
  private let measuredUntil: MonotonicTime
  private let reported: Set<ActorID>
  private let deaths: [ActorID: MonotonicTime]
  private var actor: ActorID?
  private var share = Share()
  private var firstAttempt = MonotonicTime(nanoseconds: 0)
  private var isReported = true

  /// - Parameters:
  ///   - reported: processes (as actor 0) whose histograms have come.
  ///   - deadline: no attempt begins after it; `nil` for the end of measuring.
  ///   - deaths: when processes (as actor 0) were gone.
  ///   - jumps: jumps of time while the workers lived.
  init(
    measuredFrom: MonotonicTime, measuredUntil: MonotonicTime, reported: Set<ActorID>,
    deadline: MonotonicTime? = nil, deaths: [ActorID: MonotonicTime] = [:],
    jumps: [TimeJump] = []
  ) {
    self.jumps = jumps
    jumpTraces = Array(repeating: JumpTraces(), count: jumps.count)
    self.measuredFrom = measuredFrom
    self.measuredUntil = measuredUntil
    self.reported = reported
    self.deaths = deaths
    censored = CensoredWaits(
      measuredFrom: measuredFrom, measuredUntil: measuredUntil, deadline: deadline ?? measuredUntil)
    kinds = Array(repeating: nil, count: 256)
  }

  /// Takes one event; the events of an actor come one after the other.
  mutating func see(_ event: Event) {
    guard event.operation.kind.isOfLoad else { return seeConnection(event) }
    if event.actor != actor { change(to: event.actor) }
    if event.isFirstAttempt { firstAttempt = event.invoked }
    if let completed = event.completed, completed > lastCompletion { lastCompletion = completed }
    if !jumps.isEmpty { seeJumps(event) }
    if isReported, event.isFinal, let completed = event.completed { addService(until: completed) }
    let index = Int(event.operation.kind.rawValue)
    count(event, index)
    guard event.isMeasured else { return }
    if kinds[index] == nil { kinds[index] = Kind() }
    if let completed = event.completed { addPoint(event, completed) }
    guard event.isFinal || event.completed == nil else { return }
    guard event.outcome == .ok, let completed = event.completed else {
      kinds[index]?.notAcknowledged += 1
      return
    }
    kinds[index]?.acknowledged += 1
    let response = UInt64(max(0, (completed - event.intended).rawValue))
    share.operations += 1
    share.longestWait = max(share.longestWait, response)
    if !isReported { reconstruct(event, response, completed) }
  }

  /// Counts the attempt, its error and its wait.
  private mutating func count(_ event: Event, _ index: Int) {
    share.hasTried = true
    if event.outcome == .ok {
      share.hasSucceeded = share.hasSucceeded || censored.isInTime(event)
    }
    let isCounted = censored.isCounted(event)
    let ending: AttemptTally.Ending =
      event.completed == nil || !event.isFinal
      ? .goesOn : censored.isCut(event) ? .cut : .failed
    // What begins after the end, as the release of a lock does, shows nothing of the time before.
    if event.intended < measuredUntil {
      tally.add(event, isCounted: isCounted, ending: ending)
    }
    censored.see(event, firstAttempt: firstAttempt)
    guard isCounted, event.outcome != .ok else { return }
    if kinds[index] == nil { kinds[index] = Kind() }
    kinds[index]?.errors[event.code, default: 0] += 1
  }

  /// Takes the opening or closing of a connection: counted and timed whenever it happened, and no
  /// part of the load's shares and series.
  private mutating func seeConnection(_ event: Event) {
    let index = Int(event.operation.kind.rawValue)
    if kinds[index] == nil { kinds[index] = Kind() }
    if event.outcome != .ok { kinds[index]?.errors[event.code, default: 0] += 1 }
    tally.add(
      event, isCounted: true,
      ending: event.completed == nil || !event.isFinal ? .goesOn : .failed)
    guard event.isFinal || event.completed == nil else { return }
    guard event.outcome == .ok, let completed = event.completed else {
      kinds[index]?.notAcknowledged += 1
      return
    }
    kinds[index]?.acknowledged += 1
    // The first attempt began when the opening was intended.
    firstAttempt = event.intended
    reconstruct(event, UInt64(max(0, (completed - event.intended).rawValue)), completed)
  }

  /// Takes the last actor's share.
  mutating func finish() {
    if let actor {
      censored.finish()
      if censored.longest > share.longestWait {
        share.longestWait = censored.longest
        share.isCensored = true
      }
      shares[actor] = share
    }
    actor = nil
  }

  private mutating func change(to next: ActorID) {
    finish()
    actor = next
    share = Share()
    var process = next
    process.actor = 0
    isReported = reported.contains(process)
    censored.begin(death: deaths[process] ?? measuredUntil)
  }

  /// Adds the part of an operation that lies in the measured time, where calls are timed: one that
  /// began in the warm-up and starved since then has waited in it too.
  private mutating func addService(until completed: MonotonicTime) {
    let span = min(completed, measuredUntil) - max(firstAttempt, measuredFrom)
    reportedServiceNanoseconds += UInt64(max(0, span.rawValue))
  }

  private mutating func addPoint(_ event: Event, _ completed: MonotonicTime) {
    let offset = (completed - measuredFrom).rawValue
    guard offset >= 0 else { return }
    let index = Int(offset / Self.interval.rawValue)
    guard index < Self.seriesLimit else { return }
    while series.count <= index {
      series.append(
        SeriesPoint(
          milliseconds: series.count * 100, operations: 0, failures: 0, longestWait: 0))
    }
    if event.outcome == .ok {
      let response = UInt64(max(0, (completed - event.intended).rawValue))
      series[index].operations += 1
      series[index].longestWait = max(series[index].longestWait, response)
    } else {
      series[index].failures += 1
    }
  }

  private mutating func seeJumps(_ event: Event) {
    guard let completed = event.completed, event.isFinal else { return }
    for (index, jump) in jumps.enumerated() {
      // Next to its ends the workers may have run: they and the coordinator do not stop together.
      let margin = Nanoseconds((jump.until - jump.from).rawValue / 4)
      if event.outcome == .ok, completed > jump.from + margin, completed + margin < jump.until {
        jumpTraces[index].completedMeanwhile += 1
      }
      guard event.isMeasured, jump.isInside(event.intended, completed) else { continue }
      let response = UInt64(max(0, (completed - event.intended).rawValue))
      jumpTraces[index].lastedThrough += 1
      jumpTraces[index].longestThrough = max(jumpTraces[index].longestThrough, response)
    }
  }

  private mutating func reconstruct(_ event: Event, _ response: UInt64, _ completed: MonotonicTime)
  {
    let kind = event.operation.kind
    let service = UInt64(max(0, (completed - firstAttempt).rawValue))
    reconstructed[kind, default: (LatencyHistogram(), LatencyHistogram())].response.record(response)
    reconstructed[kind, default: (LatencyHistogram(), LatencyHistogram())].service.record(service)
  }

  /// The name of a code in results.
  static func name(of code: Int32) -> String {
    if code == 0 { return "PROCESS_DIED" }
    return HarnessCode.name(of: code) ?? ResultCode(rawValue: code).name
  }
}
