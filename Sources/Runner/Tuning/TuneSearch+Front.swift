import AssayModel
import Gate
import Platform
import Reports
import Statistics

/// What is measured of the best over all objectives.
extension TuneSearch {
  /// Candidates that stand for the front: what was recommended and confirmed, and the next best.
  /// Advice from outside of the space is compared with, and stands for nothing here.
  var measured: [TuneCandidate] {
    let result = race.result
    let names = [result.recommended, incumbent] + result.gains.map(\.candidate)
    var order: [TuneCandidate] = []
    let rest = kept.keys.map { (candidate: $0, gain: race.standing(of: $0)?.gain ?? -1) }
      .sorted {
        $0.gain != $1.gain ? $0.gain > $1.gain : $0.candidate.description < $1.candidate.description
      }
    for candidate in names + rest.map(\.candidate)
    where kept[candidate] != nil && race.isInSpace(candidate) && !order.contains(candidate) {
      order.append(candidate)
    }
    return Array(order.prefix(Self.mostMeasured))
  }

  private static let mostMeasured = 10

  /// Measures every objective of the best.
  func measureFront(
    _ classes: [TuneCandidate: DurabilityClass]
  ) throws(RunnerError) {
    guard !owner.record.wasInterrupted, let chosen = owner.record.recommended else { return }
    owner.record.rate = owner.objectives.contains(where: \.isPercentile) ? rate : nil
    let field = measured.filter { classes[$0] != nil }
    let samples = try furtherBlocks(of: field)
    var points: [ParetoFront.Point] = []
    for candidate in field {
      guard let durability = classes[candidate], let values = values(candidate, samples)
      else { continue }
      points.append(
        ParetoFront.Point(candidate: candidate, durability: durability, values: values))
    }
    let race = race
    let best = ParetoFront.fronts(points, objectives: owner.objectives.map(\.metric)) {
      // What was confirmed gives way only to what is surely better, not to a lucky figure.
      $1.candidate != chosen.candidate || race.isSurelyBetter($0.candidate, than: $1.candidate)
    }
    owner.record.front = points.map { point in
      .init(point: point, isOnFront: best[point.durability]?.contains(point) == true)
    }
  }

  // MARK: Blocks

  /// Blocks of one candidate for one objective.
  private struct Sample: Hashable {
    var candidate: TuneCandidate
    var objective: TuneSettings.Objective
  }

  /// Blocks for the objectives that the race does not measure: one round after the other, all
  /// candidates in each, so that all meet the same machine.
  private func furtherBlocks(
    of field: [TuneCandidate]
  ) throws(RunnerError) -> [Sample: [BlockMeasurement]] {
    var samples: [Sample: [BlockMeasurement]] = [:]
    // Disk and written bytes follow from the same script: it runs once for both.
    var scripts: [TuneCandidate: BlockMeasurement] = [:]
    for objective in owner.objectives.dropFirst()
    where objective.isPercentile || objective.isOfScript {
      let rounds = objective.isOfScript ? 1 : owner.options.effort.percentileBlocks
      for number in 0..<rounds {
        for candidate in field {
          if let end = owner.end, owner.time.monotonicNow() >= end { return samples }
          if Interruption.isRequested { return samples }
          owner.options.run.progress(
            "\(owner.record.scenario): \(objective.rawValue) of the best, round \(number + 1) of "
              + "\(rounds)")
          var block = objective.isOfScript ? scripts[candidate] : nil
          if block == nil { block = try self.block(candidate, objective, number) }
          if objective.isOfScript { scripts[candidate] = block }
          samples[Sample(candidate: candidate, objective: objective), default: []] +=
            block.map { [$0] } ?? []
        }
      }
    }
    return samples
  }

  private func block(
    _ candidate: TuneCandidate, _ objective: TuneSettings.Objective, _ number: Int
  ) throws(RunnerError) -> BlockMeasurement {
    let cell = try owner.space.cell(candidate)
    var shape = shape(cell, objective, share: 1)
    if objective.isPercentile, case .duration = shape.extent {
      let length = Self.length(objective, owner.options.effort, rate ?? 1)
      shape.extent = .duration(max(length, self.length))
    }
    return try blocks.run(
      cell, shape, seed: owner.space.seed.derived("front", number),
      watchesSizes: objective.isOfScript
    ).measurement
  }

  // MARK: Values

  /// One value an objective; `nil` when one is missing.
  private func values(
    _ candidate: TuneCandidate, _ samples: [Sample: [BlockMeasurement]]
  ) -> [Double]? {
    var values: [Double] = []
    for (place, objective) in owner.objectives.enumerated() {
      let value: Double?
      if place == 0 {
        value = relativeValue(candidate, objective.metric)
      } else if objective.isPercentile {
        // One histogram over all blocks: percentiles are never averaged.
        let blocks = samples[Sample(candidate: candidate, objective: objective)] ?? []
        value = Self.median(objective.metric, [Self.merged(blocks)])
      } else if objective.isOfScript {
        value = Self.median(
          objective.metric, samples[Sample(candidate: candidate, objective: objective)] ?? [])
      } else {
        value = Self.median(objective.metric, kept[candidate] ?? [])
      }
      guard let value else { return nil }
      values.append(value)
    }
    return values
  }

  /// The median of the default's blocks times how a candidate stands against it in the blocks that
  /// both have: medians of blocks of different rounds are those of different machines.
  private func relativeValue(_ candidate: TuneCandidate, _ metric: Metric) -> Double? {
    guard let base = Self.median(metric, kept[incumbent] ?? []),
      let gain = race.standing(of: candidate)?.gain
    else { return nil }
    return metric.isBetterHigher ? base * (1 + gain) : base / (1 + gain)
  }

  private static func median(_ metric: Metric, _ blocks: [BlockMeasurement]) -> Double? {
    let readings = blocks.compactMap { block -> Double? in
      guard case .value(let value) = metric.reading(in: block) else { return nil }
      return value
    }.sorted()
    return readings.isEmpty ? nil : readings[readings.count / 2]
  }

  private static func merged(_ blocks: [BlockMeasurement]) -> BlockMeasurement {
    var all = BlockMeasurement(operations: 0, duration: .zero)
    for block in blocks {
      all.operations += block.operations
      all.duration = all.duration + block.duration
      for (kind, histogram) in block.latencies {
        all.latencies[kind] = all.latencies[kind]?.merged(with: histogram) ?? histogram
      }
    }
    return all
  }
}
