import AssayModel
import FaultVFS
import SQLiteDriver
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

  /// The first failure of each operation with each code.
  var firstFailures: [FirstFailure] = []
  /// The openings and closings of connections.
  var connections: [Event] = []
  /// Transactions after which the content could not be read.
  var unreadable: [Int] = []
  /// The scenario's own invariants on those contents.
  var invariants = StateInvariants()

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
    // The numbers ascend, and thousands of transactions that change nothing have one state.
    guard let numbers = numbersOfState[state] else { return nil }
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] <= begun { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? numbers[low - 1] : nil
  }

  /// Every row after transaction `number`, as a crash of the process alone leaves them.
  func rows(after number: Int, time: any TimeSource) throws -> [TableContent] {
    let builder = CrashImageBuilder(disk, settings: DiskSettings())
    SimulatedVFS.shared.disk = builder.disk
    let target =
      number == 0 ? 0 : order.transactions[number - 1].ended.map { $0 + 1 } ?? disk.log.position
    while builder.position < target, builder.advance() {}
    _ = builder.make(builder.completeChoice)
    defer { builder.reset() }
    return try ImageReader(time: time, checksForeignKeys: false).withConnection { connection in
      try TableContent.read(&connection)
    }
  }
}
