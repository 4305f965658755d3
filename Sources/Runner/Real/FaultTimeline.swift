import AssayModel

/// When each fault of a cell is due next. Pure: it is told the time.
struct FaultTimeline {
  /// One fault that comes at times.
  private struct Entry {
    var fault: FaultSpecification
    var due: MonotonicTime?
    var generator: SeededGenerator
  }

  private var entries: [Entry]

  /// - Parameters:
  ///   - faults: those triggered by commits, and those of the file system layer, are left to the
  ///     workers.
  ///   - from: start of measuring, to which the triggers relate.
  init(_ faults: [FaultSpecification], from: MonotonicTime, seed: Seed) {
    entries = faults.enumerated().map { index, fault in
      let due: MonotonicTime? =
        switch fault.trigger {
        case _ where fault.isOfFileSystem: nil
        case .at(let delay): from + delay
        case .every(let period): from + period
        case .afterCommits, .operation, .afterBytes, .probability: nil
        }
      return Entry(
        fault: fault, due: due, generator: SeededGenerator(seed.derived("fault", index)))
    }
  }

  /// The earliest time at which something is due; `nil` when nothing is left.
  var nextDue: MonotonicTime? { entries.compactMap(\.due).min() }

  /// The faults that are due, by index.
  func due(at now: MonotonicTime) -> [Int] {
    entries.indices.filter { index in entries[index].due.map { $0 <= now } ?? false }
  }

  /// The fault behind an index.
  func fault(_ index: Int) -> FaultSpecification { entries[index].fault }

  /// Draws one of `candidates`, which must not be empty.
  mutating func draw(_ index: Int, from candidates: [Int]) -> Int {
    candidates[draw(index, below: candidates.count)]
  }

  /// Draws a number below `count`, which must be above 0.
  mutating func draw(_ index: Int, below count: Int) -> Int {
    entries[index].generator.below(count)
  }

  /// The fault was injected: a periodic one is due one period later, another one never again.
  mutating func injected(_ index: Int, at now: MonotonicTime) {
    if case .every(let period) = entries[index].fault.trigger, let due = entries[index].due {
      // Periods that went by while a target was sought are left out, not made up for.
      let late = max(0, (now - due).rawValue)
      entries[index].due = due + Nanoseconds((late / period.rawValue + 1) * period.rawValue)
    } else {
      entries[index].due = nil
    }
  }

  /// No target was there: look again a little later.
  mutating func postpone(_ index: Int, to time: MonotonicTime) {
    entries[index].due = time
  }
}
