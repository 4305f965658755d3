import AssayModel
import Foundation
import Glibc
import Platform

/// The folder of one run and the names inside it.
struct RunFolder: Sendable {
  /// The scenario's name.
  let scenario: String
  /// The run's name.
  let run: String
  /// The run's folder.
  let path: String
  /// Where databases live while the run lasts.
  let dataPath: String
  /// Held as long as the run lasts, so that `assay clean` leaves it alone.
  private let lease: RunLease?

  /// Creates the folder of a new run below `<results>/Runs/<scenario>`.
  ///
  /// - Parameters:
  ///   - run: its name; a number is added when another run of the same moment has taken it.
  ///   - data: where databases live; `nil` for a folder inside the run's.
  init(results: String, scenario: String, run: String, data: String?) throws(RunnerError) {
    let runs = "\(results)/Runs/\(scenario)"
    try Self.create(runs, option: "--out")
    var name = run
    var number = 1
    while unsafe mkdir("\(runs)/\(name)", 0o755) != 0 {
      guard errno == EEXIST else {
        throw Self.refusal("\(runs)/\(name)", errorText(errno), option: "--out")
      }
      number += 1
      name = "\(run)-\(number)"
    }
    self.scenario = scenario
    self.run = name
    path = "\(runs)/\(name)"
    dataPath = data.map { "\($0)/\(name)" } ?? "\(path)/data"
    try Self.create(dataPath, option: data == nil ? "--out" : "--data")
    for folder in ["histories", "workers"] {
      try Self.create("\(path)/\(folder)", option: "--out")
    }
    // Without locks on this file system nothing but the protection from `assay clean` is missing.
    lease = try? RunLease(folder: path, data: dataPath)
  }

  private static func create(_ folder: String, option: String) throws(RunnerError) {
    do {
      try Folder.create(folder)
    } catch {
      throw refusal(folder, "\(error)", option: option)
    }
  }

  private static func refusal(
    _ folder: String, _ reason: String, option: String
  ) -> RunnerError {
    RunnerError(
      .harness,
      "the folder '\(folder)' cannot be created: \(reason); "
        + "make it writable or name another with \(option)")
  }

  /// Removes everything, of a run that has not begun to find anything out.
  func remove() {
    try? Folder.remove(dataPath)
    try? Folder.remove(path)
  }

  /// Folder of a repetition's histories.
  func histories(cell: Int, repetition: Int) -> String {
    "\(path)/histories/cell-\(cell)-r\(repetition)"
  }

  /// Folder of a repetition's database.
  func data(cell: Int, repetition: Int) -> String {
    "\(dataPath)/cell-\(cell)-r\(repetition)"
  }

  /// A new run id: sorts by time, and two runs of one second differ by their seeds.
  static func newRunID(now: WallTime, seed: Seed) -> String {
    var seconds = time_t(now.milliseconds / 1_000)
    var text = [CChar](repeating: 0, count: 32)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    let length = unsafe strftime(&text, text.count, "%Y%m%dT%H%M%S", &parts)
    let date = String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let milliseconds = String(1_000 + now.milliseconds % 1_000).dropFirst()
    let suffix = String(seed.derived("run").rawValue & 0xffff, radix: 16)
    return "\(date).\(milliseconds)Z-\(suffix)"
  }
}
