import AssayModel
import SQLiteDriver

/// One process that opens a database after a crash, and may go on to write.
struct Recoverer: @unchecked Sendable {
  // Unchecked because of the program: only the holder of the baton uses it.

  /// Attempts, a millisecond apart, after which it gives up.
  private static let attempts = 1_000

  let process: Int
  let program: SimulatedProgram
  let results: RecoveryResults
  /// What the database holds where marks are kept, without any.
  let unmarked: Int64

  func run() {
    guard recover(), results.marking.contains(process) else { return }
    mark()
  }

  /// - Returns: whether it got in.
  private func recover() -> Bool {
    for _ in 0..<Self.attempts {
      var reader = program.reader.fresh
      let before = results.marks.acknowledged
      let sight = RecoveryMarks.look(&reader, unmarked: unmarked)
      if program.baton.isCallerCut { return false }
      guard case .unreadable(let code) = sight.state, ResultCode(rawValue: code).primary == .busy
      else {
        results.states[process] = sight.state
        guard case .content = sight.state else { return false }
        if let wrong = results.marks.misfit(of: sight.marks, acknowledged: before) {
          results.wrong.append("recoverer \(process): \(wrong)")
        }
        return true
      }
      guard pause() else { return false }
    }
    return false
  }

  /// Writes its mark in one transaction.
  private func mark() {
    results.marks.begin(process)
    for _ in 0..<Self.attempts {
      do throws(SQLiteError) {
        try RecoveryMarks.write(process, program)
        if !program.baton.isCallerCut { results.marks.acknowledge(process) }
        return
      } catch {
        if program.baton.isCallerCut { return }
        guard error.isBusy else {
          results.wrong.append("recoverer \(process) could not write: \(error)")
          return
        }
      }
      guard pause() else { return }
    }
    results.stuck.append("recoverer \(process) could not write, again and again")
  }

  /// Waits after another one was in the way.
  private func pause() -> Bool {
    results.refusals += 1
    return program.baton.sleep(for: .milliseconds(1))
  }
}
