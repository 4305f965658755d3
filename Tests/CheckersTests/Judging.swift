import AssayModel

@testable import Checkers

/// An array read once.
struct ListedEvents: EventStream {
  var rest: ArraySlice<Event>

  mutating func next() -> Event? { rest.popFirst() }
}

/// An array read once.
struct ListedContent: ContentStream {
  var rest: ArraySlice<ContentRow>

  mutating func next() -> ContentRow? { rest.popFirst() }
}

/// A cell with these settings and the checks named.
func cell(
  _ workload: LoadSettings.Workload, keys: Int = 2, checks: [CheckName] = CheckSuite.checks,
  _ change: (inout PlannedCell) -> Void = { _ in }
) -> PlannedCell {
  var load = LoadSettings(workload: workload)
  load.keyCount = keys
  load.processes = 2
  load.writers = 2
  var locks = LockSettings()
  locks.ttl = .milliseconds(500)
  var cell = PlannedCell(
    id: "default", parameters: [], storage: StorageSettings(), locks: locks, load: load,
    faults: [], expectations: [], furtherChecks: checks, seed: Seed(1))
  change(&cell)
  return cell
}

/// The record that belongs to a history in the short notation.
func record(_ cell: PlannedCell, _ history: HistoryText) -> CellRecord {
  CellRecord(
    cell: cell, repetition: 0, measuredFrom: HistoryText.time(0),
    measuredUntil: HistoryText.time(10_000), processes: history.processes,
    faults: history.faults,
    observation: Observation(integrityRows: ["ok"], contentRows: history.content.count),
    library: LibraryVersion(number: 3_040_001))
}

/// Runs the checks of a cell over a history in the short notation.
func findings(_ cell: PlannedCell, _ text: String) throws -> CheckSuite.Findings {
  try findings(cell, HistoryText(text))
}

/// Runs the checks of a cell over a history.
func findings(_ cell: PlannedCell, _ history: HistoryText) throws -> CheckSuite.Findings {
  var events = ListedEvents(rest: history.events[...])
  var content: ListedContent? = ListedContent(rest: history.content[...])
  return try CheckSuite(record: record(cell, history)).run(events: &events, content: &content)
}

/// What one check says of a history in the short notation.
func judge(_ check: CheckName, _ cell: PlannedCell, _ text: String) throws -> CheckResult {
  try findings(cell, text).results.first { $0.check == check }
    ?? .unknown(check, reason: "not among the results")
}
