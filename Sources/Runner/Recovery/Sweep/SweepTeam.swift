import AssayModel
import Glibc

/// The workers of a sweep: hands out blocks, collects results, and notices who dies or hangs.
///
/// Everything happens on the calling thread, which waits in `poll`.
final class SweepTeam {
  /// How long a worker may take to become ready, or for one block: hundreds of times what it needs.
  private static let patience = Nanoseconds.seconds(60)
  /// Deaths of workers after which a cell is given up: each costs two new processes.
  private static let deathLimit = 20

  /// One worker.
  private struct Member {
    var worker: WorkerProcess
    var number: Int
    /// What it works on; `nil` while it is free or not ready.
    var block: SweepBlock?
    /// The run that it announced last.
    var call: Int?
    var isReady = false
    /// When it is taken for hanging.
    var limit: MonotonicTime

    /// Whether the coordinator waits for it.
    var isAtWork: Bool { block != nil || !isReady }
  }

  /// How a block that ran alone ended.
  enum Ending {
    case swept(SweepBlockResult)
    /// The worker died, for ever the same way.
    case died(SweepProblem)
  }

  private let cell: PlannedCell
  private let launcher: WorkerLauncher
  private let jobs: Int
  private let time: any TimeSource
  private let expectedSourceID: String?
  private let watch: TimeWatch
  private var members: [Member] = []
  private var started = 0
  private var deaths = 0
  /// What a worker said of the library.
  private(set) var library: WorkerReady?
  /// When the first worker was ready; `nil` until then.
  private(set) var readySince: MonotonicTime?

  init(
    cell: PlannedCell, launcher: WorkerLauncher, jobs: Int, time: any TimeSource,
    expectedSourceID: String?
  ) {
    self.cell = cell
    self.launcher = launcher
    self.jobs = jobs
    self.time = time
    watch = TimeWatch(time)
    self.expectedSourceID = expectedSourceID
  }

  /// Ends every worker.
  func endAll() {
    for member in members { end(member) }
    members = []
  }

  private func end(_ member: Member) {
    member.worker.signal(SIGKILL)
    member.worker.reap()
  }

  // MARK: Work

  /// Has one block run by one worker.
  func runAlone(_ block: SweepBlock) throws(RunnerError) -> Ending {
    if members.isEmpty { try start() }
    var ending: Ending?
    while ending == nil {
      if let free = members.firstIndex(where: { $0.isReady && $0.block == nil }) {
        give(block, to: free)
      }
      try wait(until: nil) { event in
        switch event {
        case .swept(_, let result): ending = .swept(result)
        case .died(_, _, let problem): ending = .died(problem)
        }
      }
      if Interruption.isRequested, ending == nil {
        throw RunnerError(.interrupted, "interrupted")
      }
    }
    guard let ending else { throw RunnerError(.harness, "a block came to no end") }
    return ending
  }

  /// Works until the queue is empty.
  ///
  /// - Returns: why it stopped before that; `nil` when everything was done.
  func work(
    off queue: inout SweepQueue, until deadline: MonotonicTime?
  ) throws(RunnerError) -> String? {
    var shortfall: String?
    let stoppedBefore = watch.stopped
    while true {
      let deadline = deadline.map { $0 + (watch.stopped - stoppedBefore) }
      if Interruption.isRequested { return "it was interrupted" }
      if deaths >= Self.deathLimit { return "given up after \(deaths) deaths of workers" }
      if let deadline, time.monotonicNow() >= deadline { shortfall = "the budget was used up" }
      while members.count < jobs, !queue.isOver { try start() }
      if shortfall == nil { handOut(&queue) }
      guard members.contains(where: \.isAtWork) else { return shortfall }
      var pending = queue
      try wait(until: shortfall == nil ? deadline : nil) { event in
        switch event {
        case .swept(let block, let result): pending.finished(block, result)
        case .died(let block, nil, _): pending.died(block)
        case .died(let block, let call?, let problem):
          pending.died(block, at: call, problem)
        }
      }
      queue = pending
    }
  }

  private func handOut(_ queue: inout SweepQueue) {
    for index in members.indices where members[index].isReady && members[index].block == nil {
      guard let block = queue.next() else { return }
      give(block, to: index)
    }
  }

  private func give(_ block: SweepBlock, to index: Int) {
    members[index].block = block
    members[index].call = nil
    members[index].limit = time.monotonicNow() + Self.patience
    // One that has died meanwhile is noticed by its silence: its channel is closed.
    try? members[index].worker.channel.send(SweepRequest.sweep(block))
  }

  private func start() throws(RunnerError) {
    let now = time.monotonicNow()
    let number = started
    started += 1
    let worker = try launcher.launch(
      WorkerAssignment(
        role: .sweep, cell: cell, repetition: 0, process: number, incarnation: 0, owner: "",
        databasePath: SweepWorld.path, historyFolder: "", coordinator: getpid(),
        killAfterCommits: nil, lock: nil, expectedSourceID: expectedSourceID),
      now: now)
    members.append(Member(worker: worker, number: number, limit: now + Self.patience))
  }

  // MARK: News

  /// What a worker has come to.
  private enum Event {
    case swept(SweepBlock, SweepBlockResult)
    /// The worker died at a run, or somewhere in the block.
    case died(SweepBlock, call: Int?, SweepProblem)
  }

  /// Waits for news of any worker, the user, or a time, once.
  private func wait(
    until deadline: MonotonicTime?, _ handle: (Event) -> Void
  ) throws(RunnerError) {
    let limit = members.filter(\.isAtWork).map(\.limit).min() ?? time.monotonicNow()
    let until = deadline.map { min($0, limit) } ?? limit
    var descriptors = (members.map(\.worker.channel.descriptor) + [Interruption.descriptor])
      .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let stoppedBefore = watch.stopped
    _ = watch.wait(until: until) { milliseconds in
      unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    }
    // Time in which this process did not run counts against no worker, and against no budget.
    for index in members.indices {
      members[index].limit = members[index].limit + (watch.stopped - stoppedBefore)
    }
    readySince = readySince.map { $0 + (watch.stopped - stoppedBefore) }
    let now = time.monotonicNow()
    var lost: [Int] = []
    for index in members.indices {
      if descriptors[index].revents != 0 {
        if try !read(index, handle) { lost.append(index) }
      } else if members[index].limit <= now, members[index].isAtWork {
        members[index].worker.signal(SIGKILL)
        lost.append(index)
      }
    }
    for index in lost.reversed() { try mourn(members.remove(at: index), handle) }
  }

  /// Reads what a worker said; `false` when it is gone.
  private func read(_ index: Int, _ handle: (Event) -> Void) throws(RunnerError) -> Bool {
    let isAlive = members[index].worker.channel.readSome()
    while let reply = try members[index].worker.channel.nextMessage(SweepReply.self) {
      switch reply {
      case .ready(let ready):
        library = ready
        members[index].isReady = true
        readySince = readySince ?? time.monotonicNow()
      case .sweeping(let call): members[index].call = call
      case .swept(let result):
        if let block = members[index].block { handle(.swept(block, result)) }
        members[index].block = nil
      case .failed(let failure): throw RunnerError(failure)
      }
    }
    return isAlive
  }

  /// Says of a worker that has died what it died of.
  private func mourn(_ member: Member, _ handle: (Event) -> Void) throws(RunnerError) {
    let isHanging = member.worker.exit == nil && member.limit <= time.monotonicNow()
    let exit = member.worker.reap()
    deaths += 1
    guard let block = member.block else {
      throw RunnerError(
        .harness, "a worker of \(cell.id) \(exit.text) before it had anything to do")
    }
    let death = exit.signal == nil ? exit.text : "was \(exit.text)"
    let how = isHanging ? "did not come to an end within 60 s" : death
    handle(
      .died(
        block, call: block.isCareful ? member.call : nil,
        SweepProblem(check: .errorHandling, lines: ["the process \(how)"])))
  }
}
