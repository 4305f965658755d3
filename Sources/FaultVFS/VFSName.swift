/// The names under which this module's file systems are registered with SQLite.
public enum VFSName {
  /// Real files, with counts and faults.
  public static let real = "assay-real"
  /// The simulated disk of the process.
  public static let simulated = "assay-simulated"
}
