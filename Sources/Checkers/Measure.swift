import AssayModel

/// The figure of a cell that a bound applies to.
struct Measure {
  /// A figure with its basis, or the reason why there is none.
  enum Outcome: Equatable {
    /// A lower bound where operations that had not ended decide it.
    case measured(Double, evidence: String, isLowerBound: Bool = false)
    case unknown(String)
  }

  let cell: PlannedCell
  let figures: [CellResult]
  let bound: Bound
  let check: CheckName

  /// The number in this cell, divided by that of the cell it is relative to, if there is one.
  var outcome: Outcome {
    guard let own = figures.first(where: { $0.id == cell.id }) else {
      return .unknown("the cell has no figures")
    }
    let here = absolute(own)
    guard case .measured(let value, let evidence, let isLowerBound) = here,
      !bound.relativeTo.isEmpty
    else {
      return here
    }
    let assignments = bound.relativeTo.map { "\($0.path)=\($0.value)" }.joined(separator: ",")
    guard let other = reference(own) else { return .unknown("no cell with \(assignments)") }
    switch absolute(other) {
    case .unknown(let reason): return .unknown("cell \(assignments): \(reason)")
    case .measured(_, _, isLowerBound: true):
      return .unknown("cell \(assignments): operations that had not ended decide its figure")
    case .measured(let base, let itsEvidence, _):
      guard base > 0 else { return .unknown("cell \(assignments) measured 0") }
      return .measured(
        value / base,
        evidence: "\(absoluteText(value)) against \(absoluteText(base)) of \(assignments); "
          + "\(evidence); \(itsEvidence)", isLowerBound: isLowerBound)
    }
  }

  /// A number of this measure in words.
  func text(_ value: Double) -> String {
    bound.relativeTo.isEmpty ? absoluteText(value) : Words.decimal(value)
  }

  private func absoluteText(_ value: Double) -> String {
    switch check {
    case .latency, .recoveryTime: Words.span(value)
    case .throughput: Words.decimal(value >= 100 ? value.rounded() : value) + "/s"
    case .wal, .disk: Words.bytes(value)
    case .errors where isShare: Words.decimal(value * 100) + " %"
    default: Words.decimal(value)
    }
  }

  private var isShare: Bool { bound.min?.isShare ?? false || bound.max?.isShare ?? false }

  private func reference(_ own: CellResult) -> CellResult? {
    var parameters = own.parameters
    for assignment in bound.relativeTo {
      guard parameters[assignment.path] != nil else { return nil }
      parameters[assignment.path] = assignment.value
    }
    return figures.first { $0.parameters == parameters }
  }

  private func absolute(_ result: CellResult) -> Outcome {
    switch check {
    case .latency: latency(result)
    case .throughput: throughput(result)
    case .recoveryTime: recovery(result)
    case .busy: busy(result)
    case .wal, .disk: size(result)
    case .errors: errors(result)
    default: .unknown("this version measures no number for \(check.rawValue)")
    }
  }

  /// Returns the operation of a bound that names none: the workload's main write, or in a load that
  /// only reads, its read. For `locks` that is the acquisition, which users wait for.
  private func operation(_ result: CellResult) -> (name: String, figures: OperationResult)? {
    if let name = bound.operation { return result.operations[name].map { (name, $0) } }
    let order: [OperationKind] =
      switch cell.load.workload {
      case .ledger: [.transfer, .audit]
      case .locks: [.acquire]
      case .mixed: [.updateOwn, .increment, .several, .readMixed]
      case .sql: [.sqlTransaction, .sqlInvariant]
      default: [.store, .delete, .load]
      }
    for kind in order {
      if let figures = result.operations[kind.name] { return (kind.name, figures) }
    }
    return nil
  }

  private var operationIsMissing: Outcome {
    .unknown(bound.operation.map { "no \($0) was measured" } ?? "no operation was measured")
  }

  private func latency(_ result: CellResult) -> Outcome {
    guard let (name, figures) = operation(result) else { return operationIsMissing }
    let statistic = bound.statistic ?? .p99
    let response = figures.response
    let value =
      switch statistic {
      case .p50: response.p50
      case .p90: response.p90
      case .p99: response.p99
      case .p999: response.p999
      case .max: response.max
      }
    var evidence = "\(statistic.rawValue) of \(Words.count(response.count, name))"
    if let censored = response.censored {
      evidence += " and \(Words.grouped(censored)) that had not ended"
    }
    guard let value else {
      return .unknown("\(Words.count(response.count, "value")) can't hold a \(statistic.rawValue)")
    }
    return .measured(
      Double(value), evidence: evidence,
      isLowerBound: response.lowerBounds?.contains(statistic.rawValue) ?? false)
  }

  private func throughput(_ result: CellResult) -> Outcome {
    guard let (name, figures) = operation(result) else { return operationIsMissing }
    guard result.measuredSeconds > 0 else { return .unknown("nothing was measured") }
    let seconds = Words.decimal(result.measuredSeconds)
    return .measured(
      figures.throughput, evidence: "\(Words.count(figures.count, name)) in \(seconds) s")
  }

  private func recovery(_ result: CellResult) -> Outcome {
    let spans = result.takeovers.map(\.sinceRenewal).sorted()
    guard let longest = spans.last else { return .unknown("no takeover was seen") }
    let statistic = bound.statistic ?? .max
    let evidence = "\(statistic.rawValue) of \(Words.count(spans.count, "takeover"))"
    let fraction: Double? =
      switch statistic {
      case .p50: 0.5
      case .p90: 0.9
      case .p99: 0.99
      case .p999: 0.999
      case .max: nil
      }
    guard let fraction else { return .measured(Double(longest), evidence: evidence) }
    // As for latencies: a percentile is held when one value may lie beyond it.
    guard Double(spans.count) * (1 - fraction) >= 1 - 1e-6 else {
      return .unknown("\(Words.count(spans.count, "takeover")) can't hold a \(statistic.rawValue)")
    }
    let rank = max(1, Int((Double(spans.count) * fraction - 1e-6).rounded(.up)))
    return .measured(Double(spans[rank - 1]), evidence: evidence)
  }

  private func busy(_ result: CellResult) -> Outcome {
    // An attempt ends acknowledged or with an error; abandoned attempts are among the errors.
    let operations = result.operations.filter {
      bound.operation == nil || $0.key == bound.operation
    }
    let attempted = operations.values.reduce(UInt64(0)) { sum, figures in
      sum + figures.count + figures.errors.values.reduce(0, +)
    }
    guard attempted > 0 else { return .unknown("nothing was attempted") }
    var count: UInt64 = 0
    for figures in operations.values {
      for (name, number) in figures.errors where matches(name) { count += number }
    }
    return .measured(
      Double(count),
      evidence: "\(bound.code ?? BusyCode.family) among \(Words.count(attempted, "attempt"))")
  }

  private func size(_ result: CellResult) -> Outcome {
    guard let sizes = result.sizes, let figure = check.size else {
      return .unknown("no file was looked at")
    }
    if check == .wal, cell.storage.journalMode != .wal {
      return .unknown(
        "journal mode \(cell.storage.journalMode.rawValue) has no WAL; "
          + "limit the expectation with when: {storage.journal_mode: wal}")
    }
    let value = sizes[figure]
    guard value > 0 else { return .unknown("the file never had a length") }
    let isExact = sizes.isExact && check == .wal
    let gap = Words.span(Double(sizes.resolution))
    let way = isExact ? "from every write" : "looked at every \(gap) at least"
    return .measured(Double(value), evidence: "\(figure.rawValue), \(way)")
  }

  private func matches(_ name: String) -> Bool {
    if let code = bound.code { return name == code }
    return name.hasPrefix(BusyCode.family)
  }

  private func errors(_ result: CellResult) -> Outcome {
    let target = ErrorsCheck.Target(.bound(bound))
    let errors = ErrorsCheck(result)
    let attempts = errors.attempts(of: target)
    guard attempts > 0 else {
      return .unknown("no \(bound.operation ?? "operation") was attempted")
    }
    let count = errors.rows(of: target).reduce(UInt64(0)) { $0 + $1.count }
    return .measured(
      isShare ? Double(count) / Double(attempts) : Double(count),
      evidence: "\(Words.grouped(count)) \(target.text) in \(Words.count(attempts, "attempt"))")
  }
}
