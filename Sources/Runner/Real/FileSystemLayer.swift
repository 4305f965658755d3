import AssayModel

extension StorageSettings.FileSystemLayer {
  /// The name under which SQLite knows the layer that a process uses; `nil` for the default.
  func name(ofProcess process: Int) -> String? {
    switch self {
    case .standard: nil
    case .unixDotfile, .unixNone: rawValue
    case .mixed: process.isMultiple(of: 2) ? nil : Self.unixDotfile.rawValue
    }
  }

  /// Why a cell of the real world cannot have a layer of its own; `nil` when it can.
  ///
  /// Assay's own layer, which counts, delays and fails calls, stands upon the default one.
  static func refusal(in cell: PlannedCell) -> String? {
    let own: Set<FaultSpecification.Kind> = [.kill, .pause, .staleLock, .clock, .tamper]
    let isAtOperation = cell.faults.contains { fault in
      if case .operation = fault.trigger { true } else { !own.contains(fault.kind) }
    }
    guard cell.storage.vfs != .standard,
      isAtOperation || cell.probe != .none || !cell.disk.latencies.isEmpty
    else { return nil }
    return "storage.vfs \(cell.storage.vfs.rawValue) with a disk, a probe or a fault of the file "
      + "system, which stand upon the default layer"
  }
}
