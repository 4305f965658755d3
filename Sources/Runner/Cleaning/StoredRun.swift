public import AssayModel
import Foundation
import Platform

/// One run in the results' folder.
public struct StoredRun: Codable, Equatable, Sendable {
  /// What became of a run.
  public enum State: String, Codable, CaseIterable, Sendable {
    /// It wrote its result.
    case finished
    /// It ended without a result: its coordinator was killed, or failed.
    case abandoned
    /// Its coordinator lives.
    case running
  }

  /// The scenario.
  public var scenario: String
  /// Name of the run: its time (UTC), and a word of its seed.
  public var run: String
  /// Path of its folder.
  public var path: String
  /// What became of it.
  public var state: State
  /// When it began, in milliseconds since 1970.
  public var started: WallTime
  /// What it takes on the device, databases outside of its folder included.
  public var bytes: Int64
  /// Folder of databases outside of its own, as left by a run with `--data`.
  public var data: String?
  /// Whether it was removed; in a dry run, whether it would be.
  public var removed = false

  /// Documents with which a run ends.
  static let documents = [
    "result.json", "comparison.json", "gate.json", "calibration.json", "tune.json",
  ]

  /// Looks at every run below `<results>/Runs`, by scenario and time.
  ///
  /// - Throws: `input` when the folder cannot be read.
  public static func all(results: String) throws(RunnerError) -> [StoredRun] {
    let runs = "\(results)/Runs"
    guard ByteFile.exists(runs) else { return [] }
    var found: [StoredRun] = []
    do throws(PlatformError) {
      for scenario in try Folder.list(runs) where Folder.isFolder("\(runs)/\(scenario)") {
        for run in try Folder.list("\(runs)/\(scenario)") {
          let path = "\(runs)/\(scenario)/\(run)"
          if Folder.isFolder(path) { found.append(at(path, scenario: scenario, run: run)) }
        }
      }
    } catch {
      throw RunnerError(.input, "the runs in '\(runs)' cannot be read: \(error)")
    }
    return found
  }

  private static func at(_ path: String, scenario: String, run: String) -> StoredRun {
    let data = RunLease.dataOutside(of: path)
    let changed = Folder.changed(path) ?? WallTime(milliseconds: 0)
    return StoredRun(
      scenario: scenario, run: run, path: path, state: state(path, changed: changed),
      started: time(of: run) ?? changed,
      bytes: Folder.allocatedBytes(in: path)
        + (data.map { Folder.allocatedBytes(in: $0) } ?? 0),
      data: data)
  }

  private static func state(_ path: String, changed: WallTime) -> State {
    if RunLease.isHeld(path) { return .running }
    if documents.contains(where: { ByteFile.exists("\(path)/\($0)") }) { return .finished }
    // A run that begins makes its folder first and locks it then.
    let age = SystemTime().wallNow().milliseconds - changed.milliseconds
    let isBeginning = !ByteFile.exists("\(path)/\(RunLease.name)") && (0..<60_000).contains(age)
    return isBeginning ? .running : .abandoned
  }

  /// Reads the time at the beginning of a run's name, such as `20261128T130926.681Z-cfe`.
  static func time(of run: String) -> WallTime? {
    let pattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z/
    guard let match = run.firstMatch(of: pattern) else { return nil }
    var parts = DateComponents()
    parts.year = Int(match.1)
    parts.month = Int(match.2)
    parts.day = Int(match.3)
    parts.hour = Int(match.4)
    parts.minute = Int(match.5)
    parts.second = Int(match.6)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    guard let date = calendar.date(from: parts), let milliseconds = Int64(match.7) else {
      return nil
    }
    return WallTime(milliseconds: Int64(date.timeIntervalSince1970) * 1_000 + milliseconds)
  }
}
