import AssayModel
import Gate

/// Finds candidates of a tuning that do not do the work of the load.
struct CandidateFailures {
  private var blocks: [TuneCandidate: Int] = [:]
  private var attempts: [TuneCandidate: [String: BlockAttempts]] = [:]

  /// Adds a block of a candidate.
  ///
  /// - Returns: which operation was tried in several of its blocks and never succeeded; `nil` for
  ///   none. Within one short block that may be bad luck.
  mutating func add(_ block: BlockMeasurement, of candidate: TuneCandidate) -> String? {
    blocks[candidate, default: 0] += 1
    attempts[candidate, default: [:]].merge(block.attempts ?? [:]) { $0.merged(with: $1) }
    let failed = attempts[candidate]?.filter(\.value.neverSucceeded).min { $0.key < $1.key }
    guard let failed, blocks[candidate, default: 0] > 1 else { return nil }
    return "'\(failed.key)' never succeeded: \(failed.value.errors) attempts ended with "
      + (failed.value.code ?? "errors")
  }
}
