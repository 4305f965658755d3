import AssayModel
import Foundation
import Glibc

/// A worker process as the coordinator sees it: its channel, its signals, its death.
///
/// Spawned from the coordinator's main thread, which lives as long as the process: the parent-death
/// signal that workers ask for fires when the spawning *thread* ends.
@safe
final class WorkerProcess {
  /// The process id.
  let processID: pid_t
  /// The control channel.
  let channel: ControlChannel
  /// When `posix_spawn` was called.
  let started: MonotonicTime
  /// Where the worker's standard error goes.
  let standardErrorPath: String
  /// How it ended; `nil` while it is not reaped.
  private(set) var exit: Exit?
  /// Whether it stands still. The system reports each stop once: waiting for a second report of
  /// the same one would never end.
  private var isStopped = false

  /// How a process ended.
  struct Exit: Sendable {
    /// Its exit status, or `nil` when a signal ended it.
    var status: Int32?
    /// The signal that ended it.
    var signal: Int32?
    /// Peak resident memory in bytes.
    var peakResidentBytes: UInt64

    /// For people, such as `killed by signal 11 (Segmentation fault)`.
    var text: String {
      guard let signal else { return "exited with status \(status ?? -1)" }
      let name = unsafe strsignal(signal).map { unsafe String(cString: $0) } ?? "unknown"
      return "killed by signal \(signal) (\(name))"
    }
  }

  private init(
    processID: pid_t, channel: ControlChannel, started: MonotonicTime, standardErrorPath: String
  ) {
    self.processID = processID
    self.channel = channel
    self.started = started
    self.standardErrorPath = standardErrorPath
  }

  /// Starts this executable again as a worker, with the channel as descriptor 3.
  ///
  /// - Parameters:
  ///   - environment: `NAME=value` strings, complete.
  ///   - standardErrorPath: a file that is created.
  static func spawn(
    executable: String, environment: [String], standardErrorPath: String, now: MonotonicTime
  ) throws(RunnerError) -> WorkerProcess {
    let (channel, workerEnd) = try ControlChannel.pair()
    defer { close(workerEnd) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    let creation = O_WRONLY | O_CREAT | O_TRUNC
    unsafe posix_spawn_file_actions_addopen(&actions, 2, standardErrorPath, creation, 0o644)
    unsafe posix_spawn_file_actions_adddup2(&actions, workerEnd, 3)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // A group of its own: Ctrl-C in the terminal reaches the coordinator only, which then ends
    // its workers in order.
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)

    var processID: pid_t = 0
    let arguments = [executable, WorkerMain.argument]
    let code = unsafe withCStrings(arguments) { argv in
      unsafe withCStrings(environment) { envp in
        unsafe posix_spawn(&processID, executable, &actions, &attributes, argv, envp)
      }
    }
    guard code == 0 else {
      throw RunnerError(.harness, "cannot start a worker (\(executable)): \(errorText(code))")
    }
    return WorkerProcess(
      processID: processID, channel: channel, started: now, standardErrorPath: standardErrorPath)
  }

  /// Sends a signal, unless the process was reaped.
  func signal(_ number: Int32) {
    guard exit == nil else { return }
    if number == SIGCONT { isStopped = false }
    kill(processID, number)
  }

  /// Stops the process and waits until it stands still.
  ///
  /// - Returns: `false` when it died instead.
  func stop() -> Bool {
    guard exit == nil else { return false }
    if isStopped { return true }
    signal(SIGSTOP)
    var status: Int32 = 0
    while true {
      let result = unsafe waitpid(processID, &status, WUNTRACED)
      if result == processID {
        if status & 0xff == 0x7f {
          isStopped = true
          return true
        }
        exit = Self.exit(status: status, usage: rusage())
        return false
      }
      if errno != EINTR { return false }
    }
  }

  /// Waits for the death of the process and keeps how it ended.
  @discardableResult
  func reap() -> Exit {
    if let exit { return exit }
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(processID, &status, 0, &usage) < 0, errno == EINTR {}
    let ended = Self.exit(status: status, usage: usage)
    exit = ended
    return ended
  }

  private static func exit(status: Int32, usage: rusage) -> Exit {
    let signal = status & 0x7f
    return Exit(
      status: signal == 0 ? (status >> 8) & 0xff : nil,
      signal: signal == 0 ? nil : signal,
      // Linux reports kibibytes.
      peakResidentBytes: UInt64(usage.ru_maxrss) * 1024)
  }
}

extension WorkerProcess {
  /// The end of what it wrote to its standard error.
  var errorTail: String {
    // However much it wrote, the last words count.
    guard let file = FileHandle(forReadingAtPath: standardErrorPath),
      let size = try? file.seekToEnd(),
      (try? file.seek(toOffset: size - min(size, 4_000))) != nil,
      let bytes = try? file.readToEnd()
    else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Lends `strings` as a null-terminated array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
) rethrows -> Result {
  let copies = unsafe strings.map { unsafe strdup($0) }
  defer { unsafe copies.forEach { unsafe free($0) } }
  return unsafe try body(copies + [nil])
}
