import AssayModel
import AssayStorage
import CSQLite
import Glibc
import Platform
import SQLiteDriver
import Synchronization

/// Entry of a worker process: the same executable, started with `argument` and a control channel.
public enum WorkerMain {
  /// The only argument of a worker.
  public static let argument = "--assay-worker"
  /// Descriptor of the control channel in a worker.
  static let channelDescriptor: Int32 = 3

  private static let channel = Mutex<ControlChannel?>(nil)

  /// Whether this process was started as a worker.
  public static var isWorker: Bool {
    CommandLine.arguments.count == 2 && CommandLine.arguments[1] == argument
  }

  /// Does what the assignment says and ends the process.
  public static func run() -> Never {
    // Ask before anything else: if the coordinator is gone already, the signal never comes.
    _ = assay_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
    // Threads inherit it: sleeps end within 20 us of their time instead of 70.
    _ = assay_prctl(PR_SET_TIMERSLACK, 1)
    // A peer that has gone and a file that may not grow are errors to report, not deaths.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    let control = ControlChannel(descriptor: channelDescriptor)
    channel.withLock { $0 = control }
    do {
      guard
        case .assignment(let assignment) = try control.receive(CoordinatorMessage.self),
        getppid() == assignment.coordinator
      else { Glibc.exit(1) }
      try verifyLibrary(assignment)
      switch assignment.role {
      case .setUp: try SetUpWorker(assignment, control).run()
      case .run: try run(assignment, control)
      case .abandonLock: try AbandonWorker(assignment, control).run()
      case .observe: try ObserveWorker(assignment, control).run()
      case .vacuumInto, .backup, .editSchema: try InterveneWorker(assignment, control).run()
      case .explore: try ExploreWorker(assignment, control).run()
      case .sweep: try SweepWorker(assignment, control).run()
      case .reality: try RealityWorker(assignment, control).run()
      }
    } catch let refusal as OpeningRefusal {
      // That is something to measure, and the process ends in order.
      try? control.send(WorkerMessage.notOpened(WorkerReady(time: SystemTime()), "\(refusal)"))
    } catch let error as WorkerError {
      giveUp(error.kind, error.message)
    } catch let error as RunnerError {
      giveUp(.harness, error.message)
    } catch {
      giveUp(WorkerError.kind(of: error), "\(error)")
    }
    Glibc.exit(0)
  }

  private static func run(_ assignment: WorkerAssignment, _ control: ControlChannel) throws {
    do {
      try RunWorker(assignment, control).run()
    } catch {
      throw assignment.incarnation > 0 ? WorkerError.ofReturn(error) : error
    }
  }

  /// Tells the coordinator why the harness cannot go on, and ends the process.
  static func giveUp(_ kind: WorkerFailure.Kind, _ message: String) -> Never {
    let control = channel.withLock { $0 }
    try? control?.send(WorkerMessage.failed(WorkerFailure(kind: kind, message: message)))
    Glibc._exit(1)
  }

  private static func verifyLibrary(_ assignment: WorkerAssignment) throws(WorkerError) {
    guard let expected = assignment.expectedSourceID, expected != SQLiteLibrary.sourceID else {
      return
    }
    throw WorkerError(
      .environment,
      "the worker runs with SQLite '\(SQLiteLibrary.sourceID)', not with '\(expected)'")
  }
}

/// Why a worker cannot go on, and whose fault that is.
struct WorkerError: Error {
  var kind: WorkerFailure.Kind
  var message: String

  /// What SQLite answered, where it was SQLite that refused.
  var cause: SQLiteError?
  var code: ResultCode? { cause?.code }

  init(_ kind: WorkerFailure.Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// An error whose cause is another one.
  ///
  /// A disk without room and a failing device are no mistakes of the scenario, whatever was tried.
  init(_ kind: WorkerFailure.Kind, _ message: String, cause: any Error) {
    let code = StorageError(cause)?.sqliteError?.code
    let isOfTheMachine = code.map { Self.machineCodes.contains($0) } ?? false
    self.init(isOfTheMachine ? .harness : kind, "\(message): \(cause)")
    self.cause = StorageError(cause)?.sqliteError
  }

  private static let machineCodes: Set<ResultCode> = [
    .full, .noMemory, .ioErrorWrite, .ioErrorSync, .ioErrorDirectorySync, .ioErrorTruncate,
    .ioErrorNoMemory,
  ]

  /// Whose fault an error is that no part of a worker has an explanation for: a setting that SQLite
  /// does not take, such as a `max_page_count` below the size of the database, is the scenario's.
  static func kind(of error: any Error) -> WorkerFailure.Kind {
    guard case .settingNotTaken = StorageError(error)?.sqliteError?.operation else {
      return .harness
    }
    return .input
  }

  /// Whether SQLite says that the file is damaged or no database.
  static func isDamage(_ error: any Error) -> Bool {
    let code = (error as? WorkerError)?.code ?? StorageError(error)?.sqliteError?.code
    return code.map { [.corrupt, .notADatabase].contains($0.primary) } ?? false
  }

  /// What keeps a process from returning after its death: that is what the run is about.
  ///
  /// - Returns: `error` itself where it has nothing to do with the database.
  static func ofReturn(_ error: any Error) -> any Error {
    let known = error as? WorkerError
    guard let code = known?.code ?? StorageError(error)?.sqliteError?.code,
      !machineCodes.contains(code)
    else { return error }
    return WorkerError(
      isDamage(error) ? .damagedDatabase : .refusedByDatabase, known?.message ?? "\(error)")
  }
}
