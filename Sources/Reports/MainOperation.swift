import AssayModel

/// Which of a cell's operations stands in the table.
enum MainOperation {
  /// What a user of the workload waits for, writes before reads.
  private static let order: [OperationKind] = [
    .transfer, .store, .acquire, .sqlTransaction, .updateOwn, .increment, .several, .delete,
    .protectedWrite, .load, .audit, .protectedRead, .readMixed, .sqlInvariant,
  ]

  /// The name of the main operation of a run: the first of the order that any cell measured.
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

  /// The kinds whose rates stand in the table: the main one and, since it says nothing about them,
  /// the workload's reads.
  static func rates(in cells: [CellResult]) -> [String] {
    let reads: [OperationKind] = [.load, .audit, .readMixed]
    let main = name(in: cells)
    return [main].compactMap { $0 }
      + reads.map(\.name).filter { read in
        read != main && cells.contains { ($0.operations[read]?.response.count ?? 0) > 0 }
      }
  }
}
