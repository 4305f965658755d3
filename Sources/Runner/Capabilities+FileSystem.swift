import AssayModel

extension Capabilities {
  /// Faults of the file system layer that name what it cannot hit.
  static func verifyFileSystem(_ cell: PlannedCell) throws(RunnerError) {
    for fault in cell.faults where fault.isOfFileSystem {
      if let reason = refusal(of: fault, cell) {
        throw RunnerError(.input, "cell \(cell.id): \(fault.kind.rawValue) \(reason)")
      }
    }
  }

  private static func refusal(of fault: FaultSpecification, _ cell: PlannedCell) -> String? {
    switch fault.target {
    case .all, .random, .process: break
    case .holder, .named: return "hits processes: all, random or a number"
    }
    if case .afterCommits = fault.trigger { return "cannot wait for commits" }
    if case .afterBytes = fault.trigger, fault.kind != .diskFull {
      return "cannot wait for bytes: only disk_full can"
    }
    if fault.fileSystemMethods.isEmpty {
      return "never hits the method '\(fault.method?.rawValue ?? "")'"
    }
    return cell.storage.isInMemory ? "needs a database in a file" : nil
  }
}
