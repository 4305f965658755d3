/// Measurements taken by the file system layer in a cell of the real world. Each level adds cost:
/// the stock scenario `counting-cost` measures how much.
public enum Probe: String, CaseIterable, Codable, Sendable {
  /// Nothing: SQLite uses its own file system layer, unless faults or latencies need Assay's.
  case none
  /// Calls and bytes per method and kind of file.
  case counts
  /// Also the duration of each call.
  case times
}
