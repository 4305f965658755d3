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
    let known = order.map(\.name).first { name in
      cells.contains { ($0.operations[name]?.response.count ?? 0) > 0 }
    }
    if let known { return known }
    return cells.flatMap(\.operations.keys).sorted()
      .first { !OperationKind.namesOutsideLoad.contains($0) }
  }
}
