import AssayModel
import Foundation
import Platform

/// The folder of one run and the names inside it.
struct RunFolder: Sendable {
  /// The run's folder.
  let path: String
  /// Where databases live while the run lasts.
  let dataPath: String

  /// Creates the folder of a new run below `<results>/Runs/<scenario>`.
  ///
  /// - Parameter data: where databases live; `nil` for a folder inside the run's.
  init(results: String, scenario: String, run: String, data: String?) throws(RunnerError) {
    path = "\(results)/Runs/\(scenario)/\(run)"
    dataPath = data.map { "\($0)/\(run)" } ?? "\(path)/data"
    for (folder, option) in [
      (path, "--out"), (dataPath, data == nil ? "--out" : "--data"), ("\(path)/histories", "--out"),
      ("\(path)/workers", "--out"),
    ] {
      do {
        try Folder.create(folder)
      } catch {
        throw RunnerError(
          .harness,
          "the folder '\(folder)' cannot be created: \(error); "
            + "make it writable or name another with \(option)")
      }
    }
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
