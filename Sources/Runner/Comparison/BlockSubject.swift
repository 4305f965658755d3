import AssayModel

/// What blocks are run of: a cell, and what its workers need.
struct BlockSubject {
  /// Names it among the others that blocks are run of.
  var name: String
  var cell: PlannedCell
  var launcher: WorkerLauncher
  /// Which SQLite its workers must say they have; `nil` to take what the first one says.
  var expectedSourceID: String?
}
