import AssayModel

/// The method by which `tamper: copy` copies the database: a word of `copy_by`.
enum CopyMethod: String, CaseIterable, Sendable {
  /// The database file alone, without its journal or log.
  case cp
  /// `VACUUM INTO`.
  case vacuumInto = "vacuum_into"
  /// `sqlite3_backup_init` and its relatives.
  case backup

  /// The `tamper` target that this method corresponds to.
  var target: FaultSpecification.Target {
    .named(self == .cp ? "copy" : rawValue)
  }
}
