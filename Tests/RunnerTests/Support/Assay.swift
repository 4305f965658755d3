import AssayModel
import Foundation
import Glibc
import Reports
import Synchronization
import Testing

/// The built `assay`, run as its users run it: in a process and a folder of its own.
final class Assay: Sendable {
  /// How a run ended.
  struct Ending: Sendable {
    /// The exit code; `nil` when a signal ended the process.
    var code: Int32?
    var signal: Int32?
    var output: String
    var errors: String
    /// From the start of the process, or from `Assay.send`, to its end.
    var elapsed: Duration
  }

  /// It lies beside the bundle of the tests.
  static let executable: String = {
    let own =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    for start in [own, CommandLine.arguments[0]] {
      let path = URL(fileURLWithPath: start).deletingLastPathComponent().path + "/assay"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    return "assay-is-not-built"
  }()

  let processID: pid_t
  private let sandbox: Sandbox
  private let number: Int
  private let slot: Slot
  private let since = Mutex(ContinuousClock.now)
  private let isOver = Mutex(false)
  private static let started = Atomic<Int>(0)

  /// Starts it in the sandbox's folder.
  ///
  /// - Parameters:
  ///   - prelude: of the shell that becomes `assay`, such as `ulimit -f 100`.
  ///   - executable: another program, such as one that limits the time of `assay`.
  static func start(
    _ arguments: [String], in sandbox: Sandbox, prelude: String = "true",
    executable: String = Assay.executable
  ) async throws -> Assay {
    try Assay(
      [executable] + arguments, in: sandbox, prelude: prelude, slot: await sandbox.slot())
  }

  private init(
    _ command: [String], in sandbox: Sandbox, prelude: String, slot: Slot
  ) throws {
    self.sandbox = sandbox
    self.slot = slot
    number = Self.started.add(1, ordering: .relaxed).newValue
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, stream) in [(Int32(1), "output"), (2, "errors")] {
      unsafe posix_spawn_file_actions_addopen(
        &actions, descriptor, sandbox.file(".\(stream)-\(number)"), O_WRONLY | O_CREAT, 0o644)
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // The threads of tests block signals, and a child would inherit that.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    // Tests run at the same time: each has a registry of runs of its own.
    let script =
      "cd \"$0\" && export ASSAY_RUNTIME_DIR=\"$0/.runs\" && \(prelude) && exec \"$@\""
    let words = ["/bin/sh", "-c", script, sandbox.path] + command
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let code = unsafe posix_spawn(&pid, "/bin/sh", &actions, &attributes, &pointers, environ)
    try #require(code == 0, "posix_spawn answered \(code)")
    processID = pid
  }

  /// A test that failed halfway leaves nothing running.
  deinit {
    guard !isOver.withLock({ $0 }) else { return }
    kill(processID, SIGKILL)
    var status: Int32 = 0
    unsafe waitpid(processID, &status, 0)
  }

  /// Sends a signal; the time until the end counts from here.
  func send(_ signal: Int32) {
    since.withLock { $0 = .now }
    kill(processID, signal)
  }

  /// Waits for the end. A process that is not over in time is killed and fails the test.
  func ending(within limit: Duration = .seconds(30)) async throws -> Ending {
    let watchdog = Task { [processID] in
      try await Task.sleep(for: limit)
      kill(processID, SIGKILL)
      Issue.record("assay was not over after \(limit)")
    }
    let status = await onThread { [processID] in
      var status: Int32 = 0
      while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
      return status
    }
    watchdog.cancel()
    isOver.withLock { $0 = true }
    let signal = status & 0x7f
    return Ending(
      code: signal == 0 ? (status >> 8) & 0xff : nil, signal: signal == 0 ? nil : signal,
      output: try text("output"), errors: try text("errors"),
      elapsed: .now - since.withLock { $0 })
  }

  /// What it has written to standard error so far.
  func errors() throws -> String { try text("errors") }

  /// Path of a scenario that comes with Assay.
  static func scenario(_ name: String) -> String {
    let folders = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    return folders.appending(path: "Scenarios/\(name).yaml").path
  }

  /// Runs it to its end.
  static func run(
    _ arguments: [String], in sandbox: Sandbox, prelude: String = "true",
    within limit: Duration = .seconds(30)
  ) async throws -> Ending {
    try await start(arguments, in: sandbox, prelude: prelude).ending(within: limit)
  }

  /// Runs a scenario and returns how that ended, with its result.
  static func runScenario(
    _ text: String, _ options: [String] = [], in sandbox: Sandbox,
    within limit: Duration = .seconds(30)
  ) async throws -> (ending: Ending, result: RunResult) {
    try sandbox.write("scenario.yaml", text)
    let ending = try await run(
      ["run", "scenario.yaml", "--json", "--out", "out"] + options, in: sandbox, within: limit)
    return (ending, try result(ending.output, ending))
  }

  static func result(_ text: String, _ ending: Ending) throws -> RunResult {
    do {
      return try ResultJSON.decode(text)
    } catch {
      Issue.record("no result, exit \(ending.code ?? -1): \(ending.errors)")
      throw error
    }
  }

  private func text(_ stream: String) throws -> String {
    let path = sandbox.file(".\(stream)-\(number)")
    return try String(contentsOfFile: path, encoding: .utf8)
  }
}

extension Assay.Ending {
  /// The lines of standard error without the empty ones.
  var messages: [String] { errors.split(separator: "\n").map(String.init) }

  /// Checks that the command was refused with one clear message.
  func expectRefusal(
    _ code: Int32, containing words: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(self.code == code, "\(errors)", sourceLocation: sourceLocation)
    #expect(signal == nil, sourceLocation: sourceLocation)
    #expect(messages.count == 1, "\(errors)", sourceLocation: sourceLocation)
    #expect(output == "", sourceLocation: sourceLocation)
    for word in words {
      #expect(errors.contains(word), "\(errors)", sourceLocation: sourceLocation)
    }
    for word in ["Fatal error", "Stack dump", "Crash", " at /", "libswiftCore", "nil"] {
      #expect(!errors.contains(word), "\(errors)", sourceLocation: sourceLocation)
    }
  }
}

/// Runs blocking work on a thread of its own, so that the tests' own few threads stay free.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: body()) }
  }
}
