/// A scenario that comes with Assay: its text is part of the executable.
///
/// The texts are those of `Scenarios/*.yaml` when the executable was built, so that
/// `assay run first-look` works in any folder.
public struct StockScenario: Hashable, Sendable {
  /// Name of the file without its ending.
  public let name: String
  /// Content of the file.
  public let text: String

  /// Returns the scenario with this name, or `nil`.
  public static func named(_ name: String) -> StockScenario? {
    all.first { $0.name == name }
  }
}
