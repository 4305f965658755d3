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
    return cells.flatMap(\.operations.keys).sorted().first
  }
}
