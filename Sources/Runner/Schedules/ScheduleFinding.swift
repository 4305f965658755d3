import AssayModel
import FaultVFS
import Schedules

/// A violation in a schedule, in a form that can be made again exactly: what
/// `findings/finding-<n>.json` holds. No times, no names of runs.
struct ScheduleFinding: Hashable, Codable, Sendable {
  /// Version of this form.
  static let currentSchema = 2

  var schema = ScheduleFinding.currentSchema
  /// Version of the simulated disk.
  var diskVersion = CrashFinding.currentDiskVersion
  /// The scenario's name.
  var scenario = ""
  /// What was found.
  var found: ScheduleViolation.Found
  /// Number of the program.
  var program: Int
  /// Operations of the program that play no part.
  var skipped: [CrashFinding.SkippedOperation]
  /// Who ran when.
  var schedule: ScheduleDescription
  /// How often an actor that could have gone on was interrupted.
  var preemptions: Int
  /// Depends on every step, every byte written and every answer.
  var digest: String
  /// Number of the schedule in the search in which it was found.
  var index: Int
  /// Source id of the library.
  var sqliteSourceID: String
  /// The cell, complete in itself.
  @SealedCell var cell: PlannedCell

  private enum CodingKeys: String, CodingKey {
    case schema, diskVersion, scenario, found, program, skipped, schedule, preemptions, digest
    case index, cell
    // As the conversion from snake case spells it.
    case sqliteSourceID = "sqliteSourceId"
  }

  /// The operations that are left out.
  var skips: Set<ProgramPlace> {
    Set(skipped.map { ProgramPlace($0.actor, number: $0.number) })
  }
}
