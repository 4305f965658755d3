import AssayModel
import FaultVFS
import Workloads

/// What one seeded program did on a simulated disk: everything that its crash images are made from
/// and judged by.
struct ProgramTrace {
  /// The disk with its log.
  var disk: SimulatedDisk
  /// The attempts of every actor.
  var events: [SimulatedEvent]
  /// Its write transactions.
  var order: CommitOrder
  /// Content after each transaction, in the order of their locks; the first is the content before
  /// all of them.
  var states: [Digest128]
  /// What the workload's own checks say of those contents.
  var checks: [CheckResult]
  /// How the run ended.
  var report: SimulationReport

  /// The transactions after which the content was this one.
  private(set) var numbersOfState: [Digest128: [Int]] = [:]

  init(
    disk: SimulatedDisk, events: [SimulatedEvent], order: CommitOrder, states: [Digest128],
    checks: [CheckResult], report: SimulationReport
  ) {
    self.disk = disk
    self.events = events
    self.order = order
    self.states = states
    self.checks = checks
    self.report = report
    for (number, state) in states.enumerated() { numbersOfState[state, default: []].append(number) }
  }

  /// The newest transaction m, not above `begun`, after which the content was `state`; `nil` when
  /// there is none.
  func transaction(of state: Digest128, begun: Int) -> Int? {
    numbersOfState[state]?.last { $0 <= begun }
  }
}
