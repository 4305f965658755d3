import Foundation
import Glibc

/// Processes of this machine, as `/proc` shows them.
enum Processes {
  /// Whether a process runs code or may yet: a zombie does not.
  static func isAlive(_ processID: pid_t) -> Bool {
    guard let fields = statusFields(processID) else { return false }
    return !["Z", "X", "x"].contains(fields[0])
  }

  /// The letter of a process's state, such as `T` for a stopped one; `nil` when it is gone.
  static func state(_ processID: pid_t) -> String? { statusFields(processID)?.first }

  /// The living children of a process.
  static func children(of processID: pid_t) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { child in
      guard let fields = statusFields(child) else { return false }
      return fields[1] == "\(processID)" && !["Z", "X", "x"].contains(fields[0])
    }
  }

  /// The children of a coordinator that run actors, told by where their standard error goes.
  static func workers(of coordinator: pid_t) -> [pid_t] {
    children(of: coordinator).filter { child in
      let log = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(child)/fd/2")
      return log?.contains("/workers/run-") ?? false
    }.sorted()
  }

  /// State, parent and what follows the command in `/proc/<pid>/stat`.
  private static func statusFields(_ processID: pid_t) -> [String]? {
    guard let line = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
      let end = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[line.index(after: end)...].split(separator: " ").map(String.init)
    return fields.count > 2 ? fields : nil
  }
}

extension Assay {
  /// Waits until this many workers run, and their actors have written events.
  func awaitWorkers(_ count: Int, in sandbox: Sandbox) async throws -> [pid_t] {
    try await eventually("\(count) workers run") {
      Processes.workers(of: processID).count >= count
        && sandbox.everything().count { Histories.hasEvents(segment: sandbox.file($0)) } >= count
    }
    return Processes.workers(of: processID)
  }
}
