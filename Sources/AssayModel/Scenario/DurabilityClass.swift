/// Durability in three classes: a hard constraint of tuning, never traded for speed.
///
/// The settings that belong to a class are determined on crash images, not looked up here.
public enum DurabilityClass: String, CaseIterable, Hashable, Comparable, Codable, Sendable {
  /// May corrupt the database on power loss.
  case d1 = "D1"
  /// Survives an application's crash and stays consistent; the last commits may be lost on power
  /// loss.
  case d2 = "D2"
  /// Everything acknowledged survives power loss.
  case d3 = "D3"

  /// Orders by durability, weakest first.
  public static func < (left: DurabilityClass, right: DurabilityClass) -> Bool {
    left.rawValue < right.rawValue
  }
}
