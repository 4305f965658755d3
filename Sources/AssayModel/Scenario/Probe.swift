/// What the file system layer counts in a cell of the real world. Each level costs: the stock
/// scenario `counting-cost` measures how much.
public enum Probe: String, CaseIterable, Codable, Sendable {
  /// Nothing: SQLite uses its own file system layer, unless faults or latencies need Assay's.
  case none
  /// Calls and bytes per method and kind of file.
  case counts
  /// Also the time that each call takes.
  case times
}
