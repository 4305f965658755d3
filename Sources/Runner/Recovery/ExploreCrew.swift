import AssayModel
import Glibc
import Platform

/// Worker processes of an exploration, which take one task after the other.
///
/// Which worker does a task never matters to its result.
final class ExploreCrew {
  /// A worker, and what it is doing.
  private struct Member {
    var worker: WorkerProcess
    var isReady = false
    var task: ExploreTask?
  }

  private let cell: PlannedCell
  private let launcher: WorkerLauncher
  private let historyFolder: String
  private let time: any TimeSource
  private let expectedSourceID: String?
  private let watch: TimeWatch
  private var members: [Member] = []
  /// What a worker said of the library.
  private(set) var library: WorkerReady?
  /// Workers that exited unexpectedly.
  private(set) var incidents: [Incident] = []

  init(
    _ cell: PlannedCell, launcher: WorkerLauncher, historyFolder: String, jobs: Int,
    time: any TimeSource, expectedSourceID: String?
  ) throws(RunnerError) {
    self.cell = cell
    self.launcher = launcher
    self.historyFolder = historyFolder
    self.time = time
    watch = TimeWatch(time)
    self.expectedSourceID = expectedSourceID
    for number in 0..<jobs { members.append(Member(worker: try launch(number))) }
  }

  deinit {
    for member in members {
      member.worker.signal(SIGKILL)
      member.worker.reap()
    }
  }

  private func launch(_ number: Int) throws(RunnerError) -> WorkerProcess {
    try launcher.launch(
      WorkerAssignment(
        role: .explore, cell: cell, repetition: 0, process: number, incarnation: 0, owner: "",
        databasePath: "", historyFolder: historyFolder, coordinator: getpid(),
        killAfterCommits: nil, lock: nil, expectedSourceID: expectedSourceID),
      now: time.monotonicNow())
  }

  /// Time in which this process was stopped, which no budget counts.
  var stopped: Nanoseconds { watch.stopped }

  /// Hands out tasks until there are none left and every worker is idle.
  ///
  /// - Parameters:
  ///   - next: the next task; `nil` when there is none now. Asked again after each reply.
  ///   - take: gets each reply; a task whose worker died has none.
  /// - Throws: what a worker gives up for.
  func work(
    next: () -> ExploreTask?, take: (ExploreTask, ExploreReply?) throws(RunnerError) -> Void
  ) throws(RunnerError) {
    while true {
      for index in members.indices where members[index].isReady && members[index].task == nil {
        guard !Interruption.isRequested, let task = next() else { break }
        members[index].task = task
        try members[index].worker.channel.send(CoordinatorMessage.explore(task))
      }
      guard members.contains(where: { !$0.isReady || $0.task != nil }) else { return }
      if Interruption.isRequested { return }
      awaitNews()
      for index in members.indices { try readNews(index, take) }
    }
  }

  private func awaitNews() {
    var descriptors = members.map {
      pollfd(fd: $0.worker.channel.descriptor, events: Int16(POLLIN), revents: 0)
    }
    descriptors.append(pollfd(fd: Interruption.descriptor, events: Int16(POLLIN), revents: 0))
    _ = watch.wait(until: time.monotonicNow() + TimeWatch.beat) { milliseconds in
      unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    }
  }

  private func readNews(
    _ index: Int, _ take: (ExploreTask, ExploreReply?) throws(RunnerError) -> Void
  ) throws(RunnerError) {
    let worker = members[index].worker
    var descriptor = pollfd(fd: worker.channel.descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&descriptor, 1, 0) > 0 else { return }
    let isAlive = worker.channel.readSome()
    while let message = try worker.channel.nextMessage(WorkerMessage.self) {
      switch message {
      case .ready(let ready):
        library = ready
        members[index].isReady = true
      case .explored(let reply):
        if let task = members[index].task {
          members[index].task = nil
          try take(task, reply)
        }
      case .failed(let failure): throw RunnerError(failure)
      case .finished, .observed, .failing, .notOpened: break
      }
    }
    if !isAlive { try replace(index, take) }
  }

  /// A worker that died, in SQLite or in the harness, is an incident; its task is not tried again.
  private func replace(
    _ index: Int, _ take: (ExploreTask, ExploreReply?) throws(RunnerError) -> Void
  ) throws(RunnerError) {
    let member = members[index]
    let exit = member.worker.reap()
    guard let task = member.task else {
      throw RunnerError(
        .harness, "a worker of \(cell.id) \(exit.text): \(member.worker.errorTail)")
    }
    incidents.append(
      Incident(
        cell: cell.id, repetition: 0, process: index, incarnation: 0,
        exit: "\(exit.text) in \(task)", standardError: member.worker.errorTail))
    members[index] = Member(worker: try launch(index))
    try take(task, nil)
  }
}
