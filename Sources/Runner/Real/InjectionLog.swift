import AssayModel
import FaultVFS
import Platform

/// What the file system layer of a worker did to it, as the worker logged it.
enum InjectionLog {
  /// Most bytes that the log of a process can have: a record of 64 for each injection.
  private static let limit = 64 << 20

  static func path(folder: String, process: Int, incarnation: Int) -> String {
    "\(folder)/p\(process)i\(incarnation).injections"
  }

  /// Reads the log of an incarnation that has ended; empty when it has none.
  ///
  /// - Throws: a harness error when the log cannot be read or is none of these faults.
  static func read(
    folder: String, process: Int, incarnation: Int, faults: [FaultSpecification]
  ) throws(RunnerError) -> [InjectedFault] {
    let path = path(folder: folder, process: process, incarnation: incarnation)
    guard ByteFile.exists(path) else { return [] }
    let bytes: [UInt8]
    do {
      bytes = try ByteFile.read(path, limit: limit)
    } catch {
      throw RunnerError(.harness, "the log of faults '\(path)' cannot be read: \(error)")
    }
    guard let injections = InjectedFault.decode(bytes),
      injections.allSatisfy({ faults.indices.contains($0.number) })
    else { throw RunnerError(.harness, "the log of faults '\(path)' is damaged") }
    return injections
  }
}

extension CellRun {
  /// What the file system layer did to an incarnation of a process.
  func injections(process: Int, incarnation: Int) throws(RunnerError) -> [InjectedFault] {
    guard cell.faults.contains(where: \.isOfFileSystem) else { return [] }
    return try InjectionLog.read(
      folder: historyFolder, process: process, incarnation: incarnation, faults: cell.faults)
  }

  /// The kill that a process dealt itself at an operation, if that is how it ended.
  func killAtOperation(_ process: Int) throws(RunnerError) -> InjectedFault? {
    try injections(process: process, incarnation: slots[process].incarnation)
      .last { cell.faults[$0.number].kind == .kill }
  }

  /// Adds what the file system layers did to the faults of the cell, in order of time.
  ///
  /// Kills are there already: each was noticed when its process was gone.
  func collectInjections() throws(RunnerError) {
    for record in processes where record.process < cell.load.processes {
      let injections = try injections(process: record.process, incarnation: record.incarnation)
      for injection in injections where cell.faults[injection.number].kind != .kill {
        faults.append(faultRecord(injection, of: record))
      }
    }
    faults.sort { $0.injected < $1.injected }
  }

  private func faultRecord(_ injection: InjectedFault, of record: ProcessRecord) -> FaultRecord {
    let kind = cell.faults[injection.number].kind
    // Errors are noticed at once, by SQLite; a wrong bit or a lock that is none, by nobody.
    let isReported = [.ioError, .diskFull, .fsyncError].contains(kind)
    return FaultRecord(
      kind: kind, process: record.process,
      target: "process \(record.process), \(injection.place)",
      hitDuringWrite: [.write, .sync, .truncate].contains(injection.method),
      injected: injection.time, detected: isReported ? injection.time : nil,
      recovered: injection.until.map { min($0, max(record.ended, injection.time)) })
  }
}

extension InjectedFault {
  /// Where it struck, for people.
  var place: String {
    var text = "\(method.rawValue) of \(file.rawValue), operation \(operation)"
    if [.read, .write, .truncate].contains(method) { text += ", at byte \(offset)" }
    if bit > 0 { text += ", bit \(bit)" }
    return text
  }
}
