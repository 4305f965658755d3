extension OperationKind {
  /// The workload whose actors ask for it; `nil` for what storage does by itself.
  public var workload: LoadSettings.Workload? {
    switch self {
    case .load, .store, .delete: .kv
    case .transfer, .audit: .ledger
    case .acquire, .release, .renew, .protectedWrite, .protectedRead: .locks
    case .updateOwn, .increment, .several, .readMixed, .checkpoint: .mixed
    case .sqlTransaction, .sqlInvariant: .sql
    case .open, .close: nil
    }
  }
}

extension LoadSettings.Workload {
  /// What its actors ask for; empty for a workload that this version cannot run.
  public var operations: [OperationKind] {
    OperationKind.allCases.filter { $0.workload == self }
  }
}
