import AssayModel

extension CheckName {
  /// Claims for a valid and for a violated check; they cover exactly what the check inspects. `nil`
  /// for checks of numbers, whose values need no claim.
  var claim: (held: [String], broken: String)? {
    switch self {
    case .durability: (["nothing acknowledged was lost"], "acknowledged writes were lost")
    case .atomicity: (["no transaction was half applied"], "transactions were half applied")
    case .isolation:
      (["every read saw one current state"], "reads saw what was never one current state")
    case .consistency:
      (
        ["every recovered database held the state after some whole transaction"],
        "recovered databases held a state that no transaction had left"
      )
    case .invariants: (["every invariant held"], "an invariant did not hold")
    case .mutualExclusion:
      (
        ["no lock was held twice", "no stale write was accepted"],
        "a lock was held twice or a stale write accepted"
      )
    case .sharedMemory:
      (["the WAL index stayed correct"], "the WAL index claimed more than the log held")
    case .errorHandling:
      (
        ["every failing call was reported and retried", "no error leaked anything"],
        "a failing call was hidden, not recovered from, or leaked"
      )
    case .integrity: (["integrity_check was clean"], "integrity_check found damage")
    case .errors:
      (["no operation failed beyond its bound"], "operations failed too often, or always")
    case .progress: (["no actor got stuck"], "actors got stuck")
    case .busy, .latency, .throughput, .counts, .recoveryTime, .wal, .disk: nil
    }
  }

  /// Order of checks in the headline: the most serious loss for a user first.
  static let headlineOrder: [CheckName] = [
    .mutualExclusion, .durability, .atomicity, .consistency, .invariants, .isolation,
    .sharedMemory, .errorHandling, .integrity, .progress,
    .errors,
  ]
}
