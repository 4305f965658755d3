import AssayModel

/// What a comparison of the simulated disk with real files has looked at, and what differed.
struct RealityOutcome: Hashable, Sendable {
  /// Programs that ran to their end on both.
  var programs = 0
  /// Calls of the file system that were the same.
  var calls = 0
  /// Writes, truncates, syncs, new and deleted names.
  var steps = 0
  /// Syncs among them, each with the whole content of its file.
  var syncs = 0
  /// Attempts of operations, with their answers.
  var events = 0
  /// Sleeps until another connection might have given back its lock.
  var waits = 0
  /// Attempts that another connection's lock ended.
  var busy = 0
  /// Processes that were killed, and where.
  var kills: [KillPoint] = []
  /// Programs that went on from what such a death left, with the recovery, on both.
  var recoveries = 0
  /// Sentences; empty when all was the same.
  var differences: [String] = []

  /// Adds a program that ran on both.
  mutating func add(_ simulated: RealityRecord, _ real: RealityRecord, name: String) {
    calls += real.calls.count
    steps += real.steps.count
    syncs += real.syncCount
    events += real.events.count
    waits += real.calls.count { $0.method == .sleep }
    busy += real.busyCount
    var found = simulated.differences(from: real)
    if real.ending != "finished" { found.append("the run did not end: \(real.ending)") }
    differences += found.map { "\(name): \($0)" }
  }
}
