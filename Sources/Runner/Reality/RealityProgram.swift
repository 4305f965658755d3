import AssayModel
import AssayStorage
import CSQLite
import FaultVFS
import Foundation
import SQLiteDriver
import Schedules
import Workloads

/// Runs the programs of a cell twice: on a simulated disk, and on real files under SQLite's own
/// file system layer, with everything else simulated alike.
///
/// Time, randomness and the choice of who runs next are the baton's in both, and every call of the
/// file system is a step in both; so the two can only differ by what the files do. One per process.
final class RealityProgram {
  /// The database's name; the same in the folder as on the simulated disk.
  static let databaseName = String(ImageReader.path.dropFirst())

  /// A run on a simulated disk, with what is needed to crash it.
  struct Simulated {
    var record: RealityRecord
    var disk: SimulatedDisk
    /// For each call the length of the disk's log before it.
    var positions: [Int]
  }

  private let program: SimulatedProgram

  /// - Throws: an input error when the set-up fails.
  init(_ cell: PlannedCell) throws {
    program = try SimulatedProgram(cell)
  }

  // MARK: Simulated

  /// Runs a program on the simulated disk.
  ///
  /// - Parameters:
  ///   - start: what a crash has left; `nil` for the content that the cell begins with.
  ///   - fault: what the disk does wrong; `nil` for nothing.
  func simulate(
    _ number: Int, from start: DiskState? = nil, fault: CallFault? = nil
  ) throws -> Simulated {
    let seed = program.seed(of: number)
    let disk = SimulatedDisk(
      start ?? program.template, settings: program.cell.disk, seed: seed.derived("disk"))
    SimulatedVFS.shared.disk = disk
    let calls = CallList(program.baton)
    calls.position = { disk.log.position }
    disk.yieldPoint = calls
    disk.beginLog()
    disk.setFault(fault)
    var record = try play(seed, calls, path: ImageReader.path, vfs: VFSName.simulated)
    disk.setFault(nil)
    disk.endLog()
    disk.yieldPoint = nil
    let positions = record.calls.map(\.steps)
    record.steps = disk.steps()
    let stepsBefore = disk.log.operations.reduce(into: [0]) { counts, operation in
      counts.append((counts.last ?? 0) + (operation.kind.isOfDisk ? 1 : 0))
    }
    for index in record.calls.indices { record.calls[index].steps = stepsBefore[positions[index]] }
    record.files = DiskState(of: disk).contents
    return Simulated(record: record, disk: disk, positions: positions)
  }

  // MARK: Real

  /// Runs a program on files in a folder.
  ///
  /// - Parameters:
  ///   - folder: empty, or with what a death has left, from which the program then starts.
  ///   - fault: what happens to the process or its files; `nil` for nothing.
  func run(
    _ number: Int, inFolder folder: String, fault: FaultSpecification? = nil
  ) throws -> RealityRecord {
    let seed = program.seed(of: number)
    let isEmpty = try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty
    for file in program.template.files where isEmpty {
      try Data(file.content).write(to: URL(fileURLWithPath: folder + file.path))
    }
    let calls = CallList(program.baton)
    let witness = RealFileWitness(calls)
    calls.position = { witness.steps.count }
    var settings = RealFileSystemSettings()
    settings.seed = seed
    if let fault { settings.faults = [.init(number: 0, fault: fault)] }
    let system = try RealFileSystem(settings, witness: witness)
    defer { system.unregister() }
    system.arm(
      measuredFrom: MonotonicTime(nanoseconds: 1), measuredUntil: MonotonicTime(nanoseconds: .max))
    // Who is going to die tells nothing.
    if fault?.kind != .kill { witness.begin() }
    var record = try play(
      seed, calls, path: "\(folder)/\(Self.databaseName)", vfs: VFSName.real)
    witness.end()
    record.steps = witness.steps
    record.files = try Self.files(inFolder: folder)
    return record
  }

  /// The files in a folder, without shared memory, which no crash of the machine outlasts and which
  /// the simulated disk does not keep as a file.
  static func files(inFolder folder: String) throws -> [FileContent] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { !$0.hasSuffix("-shm") }
      .map { name in
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        return FileContent(name: name, [UInt8](bytes))
      }
  }

  // MARK: Both

  /// Runs the actors from the opening of every database to its close.
  private func play(
    _ seed: Seed, _ calls: CallList, path: String, vfs: String
  ) throws -> RealityRecord {
    let baton = program.baton
    _ = assay_sqlite_prng_seed(Int32(truncatingIfNeeded: seed.rawValue >> 33) | 1)
    baton.reset(chooser: SeededOrder(seed.derived("order")))
    baton.processDied = nil
    let run = SimulatedRun(
      program.cell, programSeed: seed, entry: program.entry, baton: baton)
    let configuration = DatabaseConfiguration(program.cell.storage, path: path, vfs: vfs)
    calls.begin()
    let result = try run.run { process in
      try Database(configuration, environment: process.environment)
    }
    for (number, database) in result.databases.enumerated() {
      baton.acting(for: number) { database.close() }
    }
    calls.end()
    return RealityRecord(
      ending: "\(result.report.ending)", digest: result.report.digest,
      events: result.events.map { "\($0.number): \($0.event)" },
      busyCount: result.events.count { $0.event.code & 0xff == SQLITE_BUSY }, calls: calls.calls,
      steps: [], files: [])
  }
}

extension RealityProgram.Simulated {
  /// What a crash of the process leaves, for each place in the order of `points`.
  func crashes(at points: [KillPoint]) -> [[FileContent]] {
    let crash = ProcessCrash(of: disk)
    var contents = [[FileContent]](repeating: [], count: points.count)
    let order = points.indices.sorted { position(of: points[$0]) < position(of: points[$1]) }
    for index in order { contents[index] = files(crash, points[index]).contents }
    return contents
  }

  /// What a crash of the process leaves at one place.
  func crash(at point: KillPoint) -> DiskState { files(ProcessCrash(of: disk), point) }

  private func files(_ crash: ProcessCrash, _ point: KillPoint) -> DiskState {
    crash.files(at: position(of: point), halfDone: point.moment == .middle)
  }

  /// How much of the log is done where a process is killed.
  private func position(of point: KillPoint) -> Int {
    guard point.moment == .after else { return positions[point.call] }
    let next = point.call + 1
    return next < positions.count ? positions[next] : disk.log.position
  }
}

extension DiskState {
  /// The files in short, by name.
  fileprivate var contents: [FileContent] {
    files.map { FileContent(name: String($0.path.dropFirst()), $0.content) }
      .sorted { $0.name < $1.name }
  }
}
