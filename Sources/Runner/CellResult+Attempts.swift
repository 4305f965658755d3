import AssayModel

extension CellResult {
  /// Takes what was counted of the attempts, with the first message of each error.
  mutating func take(
    _ tally: AttemptTally, failures: [FirstFailure], of load: LoadSettings
  ) {
    attempts = tally.entries.filter { $0.attempts > 0 }.map { entry in
      AttemptsResult(
        operation: entry.kind.name(part: entry.part, in: load), kind: entry.kind.name,
        attempts: entry.attempts, acknowledged: entry.acknowledged, failed: entry.failed,
        unfinished: entry.unfinished, hasSucceeded: entry.hasSucceeded)
    }
    errors = tally.entries.flatMap { entry in
      entry.codes.map { code in
        let first = failures.first {
          $0.kind == entry.kind && $0.part == entry.part && $0.code == code.code
        }
        return ErrorResult(
          operation: entry.kind.name(part: entry.part, in: load),
          code: code.code == 0 ? ErrorResult.processDied : Activity.name(of: code.code),
          count: code.attempts, failed: code.failed, message: first?.message, sql: first?.sql)
      }
    }.sorted {
      ($1.failed, $1.count, $0.operation, $0.code) < ($0.failed, $0.count, $1.operation, $1.code)
    }
  }
}
