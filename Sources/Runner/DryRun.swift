public import AssayModel
import Reports

/// What a run would do, with an estimate of its time and disk.
public enum DryRun {
  /// Set-up, start, observation and checks of a cell, measured on a two-core machine.
  private static let overheadSeconds = 0.7
  /// Slot of an event in the history.
  private static let bytesPerEvent = 64.0
  /// Operations a second of a fast cell; an upper estimate for the history's size.
  private static let operationsPerSecond = 60_000.0

  /// The cells, one a line, and the sums.
  public static func text(_ plan: Plan) -> String {
    if plan.scenario.world == .simulated { return simulated(plan) }
    var lines = ["\(plan.scenario.name): \(plan.scenario.question)"]
    var seconds = 0.0
    var bytes = 0.0
    for cell in plan.cells {
      let load = cell.load
      let actors = load.processes * (load.writers + load.readers)
      lines.append(
        "  \(cell.id)  \(Figures.count(load.processes, "process", "processes")) x "
          + "\(Figures.count(load.writers + load.readers, "actor")), \(extent(load))")
      seconds += (measuredSeconds(load) + overheadSeconds) * Double(plan.scenario.repetitions)
      bytes += history(load, actors: actors) * Double(plan.scenario.repetitions)
      bytes += Double(load.keyCount) * Double(load.valueSize.bytes + 60) * 3
    }
    let cells = Figures.count(plan.cells.count, "cell")
    let repetitions = plan.scenario.repetitions
    lines.append(
      "\(cells) x \(repetitions), about \(whole(seconds)) s and up to "
        + "\(whole(bytes / 1_048_576)) MiB of disk; seed \(plan.seed)")
    return lines.joined(separator: "\n")
  }

  /// Rounded up; a scenario may ask for more than a whole number can say.
  private static func whole(_ value: Double) -> Int { Int(min(value, 1e15).rounded(.up)) }

  private static func extent(_ load: LoadSettings) -> String {
    switch load.extent {
    case .duration(let duration): "\(duration.seconds) s after \(load.warmUp.seconds) s of warm-up"
    case .operations(let count): "\(count) operations"
    }
  }

  private static func measuredSeconds(_ load: LoadSettings) -> Double {
    switch load.extent {
    case .duration(let duration): duration.seconds + load.warmUp.seconds
    case .operations(let count): Double(count) / rate(load)
    }
  }

  private static func rate(_ load: LoadSettings) -> Double {
    if case .perSecond(let rate) = load.rate { return rate }
    return operationsPerSecond / 3
  }

  private static func history(_ load: LoadSettings, actors: Int) -> Double {
    let events: Double =
      switch load.extent {
      case .operations(let count): Double(count)
      case .duration: min(operationsPerSecond, rate(load) * 3) * measuredSeconds(load)
      }
    // Every actor has at least its first segment.
    return events * bytesPerEvent + Double(actors) * 262_144
  }
}
