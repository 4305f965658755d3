import AssayModel
import FaultVFS
import SQLiteDriver

/// Looks at what schedules leave when everybody has closed, through one connection that stays open:
/// opening one per schedule, with its schema and statements, is a tenth of all the time.
///
/// The connection has a disk of its own, to which the files are copied. It knows the schema from
/// the first one on, so that damage to sqlite_schema alone goes unnoticed: what it finds wrong, and
/// one schedule in `freshInterval`, must be looked at afresh.
final class ClosedDatabaseReader {
  /// One schedule in so many is looked at through a connection of its own as well.
  static let freshInterval = 64

  private let disk: SimulatedDisk
  private var reader: ImageReader

  /// - Parameter start: what every program starts from.
  init(_ program: SimulatedProgram, start: DiskState) {
    var settings = program.cell.disk
    settings.latencies = []
    disk = SimulatedDisk(start, settings: settings)
    reader = program.reader.fresh
  }

  /// Lends the connection for what a disk holds.
  func withConnection<Value>(
    of left: SimulatedDisk, _ body: (inout Connection) throws -> Value
  ) throws -> Value {
    SimulatedVFS.shared.disk = disk
    defer { SimulatedVFS.shared.disk = left }
    disk.copyFiles(from: left)
    return try reader.withKept(on: disk, body)
  }
}
