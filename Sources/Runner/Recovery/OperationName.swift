import AssayModel

extension WorkloadOperation {
  /// What its user calls it: the name of a transaction or the number of an invariant of their own
  /// SQL, otherwise its kind.
  func name(in load: LoadSettings) -> String {
    guard let sql = load.sql else { return kind.name }
    switch kind {
    case .sqlTransaction where subject < UInt64(sql.transactions.count):
      return "'\(sql.transactions[Int(subject)].name)'"
    case .sqlInvariant where subject < UInt64(sql.invariants.count):
      return "invariant \(subject + 1)"
    default: return kind.name
    }
  }
}
