import AssayModel

extension Capabilities {
  /// What the file system layer of the real world would have to do in a cell, and this version's
  /// cannot; `nil` when there is nothing.
  static func missingFileSystemPart(_ cell: PlannedCell) -> String? {
    if !cell.disk.latencies.isEmpty { return "a latency of the disk" }
    if cell.probe != .none { return "probe '\(cell.probe.rawValue)'" }
    let hasKillAtOperation = cell.faults.contains { fault in
      if case .operation = fault.trigger { fault.kind == .kill } else { false }
    }
    return hasKillAtOperation ? "a kill at an operation" : nil
  }
}
