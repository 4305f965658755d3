extension OperationKind {
  /// Workload whose actors request this operation; `nil` for operations of the storage layer
  /// itself.
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
  /// Operations that its actors request; empty for a workload that this version cannot run.
  public var operations: [OperationKind] {
    OperationKind.allCases.filter { $0.workload == self }
  }
}
