import AssayModel

/// Selection of the operations that the table shows.
enum MainOperation {
  /// Order of preference: operations that users of the workload wait for, writes before reads.
  private static let order: [OperationKind] = [
    .transfer, .store, .acquire, .sqlTransaction, .updateOwn, .increment, .several, .delete,
    .protectedWrite, .load, .audit, .protectedRead, .readMixed, .sqlInvariant,
  ]

  /// Returns the name of a run's main operation: the first of the order that any cell measured.
  static func name(in cells: [CellResult]) -> String? {
    let names = order.map(\.name)
    let known = names.first { name in
      cells.contains { ($0.operations[name]?.response.count ?? 0) > 0 }
    }
    let waiting = names.first { name in
      cells.contains { $0.operations[name]?.response.censored != nil }
    }
    if let known = known ?? waiting { return known }
    return cells.flatMap(\.operations.keys).sorted()
      .first { !OperationKind.namesOutsideLoad.contains($0) }
  }

  /// Returns the kinds whose rates the table shows: the main one and the workload's reads, which
  /// the main one says nothing about.
  static func rates(in cells: [CellResult]) -> [String] {
    let reads: [OperationKind] = [.load, .audit, .readMixed]
    let main = name(in: cells)
    return [main].compactMap { $0 }
      + reads.map(\.name).filter { read in
        read != main && cells.contains { ($0.operations[read]?.response.count ?? 0) > 0 }
      }
  }
}
