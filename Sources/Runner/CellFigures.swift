import AssayModel
import Statistics

/// Merges the repetitions of a cell into its figures; verdicts come later.
struct CellFigures {
  private let cell: PlannedCell
  private let repetitions: [AnalysedRepetition]

  /// - Parameter repetitions: at least one, in order.
  init(_ cell: PlannedCell, _ repetitions: [AnalysedRepetition]) {
    self.cell = cell
    self.repetitions = repetitions
  }

  /// The cell's result without verdicts and incident paths.
  var result: CellResult {
    let seconds = repetitions.reduce(0) { $0 + measuredSeconds($1) }
    let operations = operationResults(seconds: seconds)
    let acknowledged = operations.reduce(UInt64(0)) { sum, entry in
      OperationKind.namesOutsideLoad.contains(entry.key) ? sum : sum + entry.value.count
    }
    var result = CellResult(
      id: cell.id,
      parameters: Dictionary(
        cell.parameters.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first }),
      verdicts: [], operations: operations,
      throughput: seconds > 0 ? Double(acknowledged) / seconds : 0, measuredSeconds: seconds,
      repetitions: repetitions.count, actors: actorResults,
      series: repetitions.first?.activity.series ?? [], counts: counts, faults: faultResults,
      takeovers: takeoverResults, incidents: [], memory: memory(acknowledged))
    result.serviceTime = serviceTime
    let sizes = repetitions.compactMap(\.outcome.sizes)
    result.sizes = sizes.dropFirst().reduce(sizes.first) { $0?.merged(with: $1) }
    var tally = AttemptTally()
    for repetition in repetitions { tally.add(repetition.activity.tally) }
    result.take(
      tally, failures: repetitions.flatMap(\.outcome.failures), of: cell.load)
    result.endedEarly = repetitions.lazy.compactMap(\.outcome.endedEarly).first
    result.timeJumps = timeJumps
    result.isCutShort = repetitions.contains(where: \.outcome.wasInterrupted) ? true : nil
    let arrivals = OperationKind.arrivals(in: operations.mapValues(\.count))
    result.openLoop = OpenLoop.result(
      cell, repetitions, achieved: seconds > 0 ? Double(arrivals) / seconds : 0)
    return result
  }

  private func measuredSeconds(_ repetition: AnalysedRepetition) -> Double {
    let record = repetition.outcome.record
    let end: MonotonicTime =
      switch cell.load.extent {
      // What arrived in time may end late: work that took longer was not faster.
      case .duration where cell.load.rate != .closed:
        max(record.measuredUntil, repetition.activity.lastCompletion)
      case .duration: record.measuredUntil
      case .operations: repetition.activity.lastCompletion
      }
    return max(0, (end - record.measuredFrom).seconds)
  }

  private func operationResults(seconds: Double) -> [String: OperationResult] {
    var results: [String: OperationResult] = [:]
    for kind in OperationKind.allCases {
      let index = Int(kind.rawValue)
      let activities = repetitions.compactMap { $0.activity.kinds[index] }
      guard !activities.isEmpty else { continue }
      let (response, service, queue) = histograms(kind)
      let ages = censored(kind)
      let count = activities.reduce(0) { $0 + $1.acknowledged }
      var errors: [String: UInt64] = [:]
      for activity in activities {
        for (code, number) in activity.errors {
          errors[Activity.name(of: code), default: 0] += number
        }
      }
      results[kind.name] = OperationResult(
        count: count, notAcknowledged: activities.reduce(0) { $0 + $1.notAcknowledged },
        errors: errors, response: LatencyResult(response, censored: ages.response),
        service: LatencyResult(service, censored: ages.service), queue: LatencyResult(queue),
        // What is opened before and closed after measuring has no rate.
        throughput: seconds > 0 && kind.isOfLoad ? Double(count) / seconds : 0)
    }
    return results
  }

  /// Response, service and queue of one kind over all workers, dead ones included.
  private func histograms(
    _ kind: OperationKind
  ) -> (HistogramCounts, HistogramCounts, HistogramCounts) {
    var response = HistogramCounts()
    var service = HistogramCounts()
    var queue = HistogramCounts()
    for repetition in repetitions {
      for report in repetition.outcome.reports.values {
        guard let part = report.operations.first(where: { $0.kind == kind }) else { continue }
        response = response.merged(with: part.response)
        service = service.merged(with: part.service)
        queue = queue.merged(with: part.queue)
      }
      if let part = repetition.activity.reconstructed[kind] {
        response = response.merged(with: part.response.counts)
        service = service.merged(with: part.service.counts)
      }
    }
    return (response, service, queue)
  }

  /// Ages of the operations of one kind that were not acknowledged in time.
  private func censored(
    _ kind: OperationKind
  ) -> (response: HistogramCounts, service: HistogramCounts) {
    var ages = (response: HistogramCounts(), service: HistogramCounts())
    for part in repetitions.compactMap({ $0.activity.censored.ages[kind] }) {
      ages.response = ages.response.merged(with: part.response.counts)
      ages.service = ages.service.merged(with: part.service.counts)
    }
    return ages
  }

  private var actorResults: [ActorResult] {
    repetitions.enumerated().flatMap { number, repetition in
      ActorShares(load: cell.load, shares: repetition.activity.shares).results(repetition: number)
    }
  }

  private var counts: [String: UInt64] {
    var counts: [String: UInt64] = [:]
    for repetition in repetitions {
      for report in repetition.outcome.reports.values {
        counts.merge(report.counts, uniquingKeysWith: +)
        counts.merge(report.maxima, uniquingKeysWith: max)
      }
    }
    counts["check_nanoseconds"] = repetitions.map { UInt64(max(0, $0.elapsed.rawValue)) }.max()
    counts["observe_nanoseconds"] =
      repetitions.map { UInt64(max(0, $0.outcome.observing.rawValue)) }.max()
    let readiness = repetitions.flatMap { repetition in
      repetition.outcome.record.processes.compactMap { process in
        process.ready.map { UInt64(max(0, ($0 - process.started).rawValue)) }
      }
    }.sorted()
    if !readiness.isEmpty {
      counts["worker_ready_nanoseconds_median"] = readiness[readiness.count / 2]
      counts["workers_started"] = UInt64(readiness.count)
    }
    return counts
  }

  /// Jumps of time; `nil` where there were none.
  private var timeJumps: [TimeJumpResult]? {
    let all = repetitions.enumerated().flatMap { number, repetition in
      zip(repetition.outcome.jumps, repetition.activity.jumpTraces).map { jump, traces in
        TimeJumpResult(
          kind: jump.kind, repetition: number,
          at: (jump.from - repetition.outcome.record.measuredFrom).rawValue,
          length: jump.length.rawValue, completedMeanwhile: traces.completedMeanwhile,
          lastedThrough: traces.lastedThrough, longestThrough: traces.longestThrough)
      }
    }
    return all.isEmpty ? nil : all
  }

  /// What the time went to, where the workers have measured it.
  private var serviceTime: ServiceTime? {
    let parts = repetitions.flatMap(\.outcome.reports.values).compactMap(\.fileSystemTime)
    guard !parts.isEmpty else { return nil }
    return ServiceTime(
      total: repetitions.reduce(0) { $0 + $1.activity.reportedServiceNanoseconds },
      locking: parts.reduce(0) { $0 + $1.locking },
      syncing: parts.reduce(0) { $0 + $1.syncing }, otherCalls: parts.reduce(0) { $0 + $1.other })
  }

  private var faultResults: [FaultResult] {
    repetitions.enumerated().flatMap { number, repetition in
      let record = repetition.outcome.record
      func since(_ time: MonotonicTime) -> Int64 { (time - record.measuredFrom).rawValue }
      return record.faults.map { fault in
        FaultResult(
          kind: fault.kind.rawValue, target: fault.target, repetition: number,
          duringWrite: fault.hitDuringWrite, injected: since(fault.injected),
          detected: fault.detected.map(since), recovered: fault.recovered.map(since),
          missed: fault.missed)
      }
    }
  }

  private var takeoverResults: [TakeoverResult] {
    repetitions.enumerated().flatMap { number, repetition in
      repetition.takeovers.map { takeover in
        TakeoverResult(
          lock: takeover.lock, from: takeover.from.map { "\($0)" }, to: "\(takeover.to)",
          token: takeover.token, repetition: number,
          sinceRenewal: (takeover.acquired - takeover.lastRenewal).rawValue,
          sinceKill: takeover.killed.map { (takeover.acquired - $0).rawValue },
          isReentry: takeover.isReentry)
      }
    }
  }

  private func memory(_ acknowledged: UInt64) -> MemoryResult {
    let peak = repetitions.flatMap(\.outcome.record.processes).map(\.peakResidentBytes).max()
    var memory = MemoryResult(peakResident: peak ?? 0)
    let reports = repetitions.flatMap(\.outcome.reports.values).compactMap(\.jemalloc)
    if !reports.isEmpty {
      memory.allocated = reports.map { $0[0] }.max()
      memory.active = reports.map { $0[1] }.max()
      memory.mapped = reports.map { $0[2] }.max()
      let allocations = reports.reduce(0) { $0 + ($1.count > 3 ? $1[3] : 0) }
      if acknowledged > 0, allocations > 0 {
        memory.allocationsPerOperation = Double(allocations) / Double(acknowledged)
      }
    }
    return memory
  }
}
