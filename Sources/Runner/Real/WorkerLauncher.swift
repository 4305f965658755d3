import AssayModel
import Glibc
import Platform

/// Starts workers with the environment that a cell asks for.
struct WorkerLauncher: Hashable, Sendable {
  /// Path of this executable.
  let executable: String
  /// Folder for the workers' standard error.
  let logFolder: String
  /// Folder that holds `libsqlite3.so.0`, when another library was asked for.
  let libraryFolder: String?

  /// Starts one worker and sends its assignment.
  func launch(_ assignment: WorkerAssignment, now: MonotonicTime) throws(RunnerError)
    -> WorkerProcess
  {
    let name =
      "\(assignment.role.rawValue)-r\(assignment.repetition)-p\(assignment.process)"
      + ".\(assignment.incarnation)-\(now.nanoseconds).txt"
    let worker = try WorkerProcess.spawn(
      executable: executable, environment: try environment(assignment),
      standardErrorPath: "\(logFolder)/\(name)", now: now)
    try worker.channel.send(CoordinatorMessage.assignment(assignment))
    return worker
  }

  /// The worker's environment: nothing of the user's that changes results.
  private func environment(_ assignment: WorkerAssignment) throws(RunnerError) -> [String] {
    // Deterministic hashing: decision 3 of the design. No backtraces: workers are killed on
    // purpose, and the backtracer would slow each death.
    var environment = [
      "SWIFT_DETERMINISTIC_HASHING=1", "SWIFT_BACKTRACE=enable=no", "LC_ALL=C",
      "PATH=/usr/bin:/bin",
    ]
    for name in ["HOME", "TMPDIR", "LD_LIBRARY_PATH"] {
      if name == "LD_LIBRARY_PATH", let libraryFolder {
        environment.append("\(name)=\(libraryFolder)")
      } else if let value = unsafe getenv(name) {
        environment.append(unsafe "\(name)=\(String(cString: value))")
      }
    }
    if assignment.role == .explore {
      // Nothing is measured there but how much is explored: freed memory is kept for the next run.
      environment.append("GLIBC_TUNABLES=glibc.malloc.tcache_count=1024")
    }
    if assignment.cell.storage.allocator == .jemalloc {
      environment.append("LD_PRELOAD=\(try Self.jemallocPath())")
    }
    return environment
  }

  /// Finds the allocator's library.
  static func jemallocPath() throws(RunnerError) -> String {
    let folders = [
      "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
      "/usr/local/lib",
    ]
    for folder in folders {
      let path = "\(folder)/libjemalloc.so.2"
      if unsafe access(path, R_OK) == 0 { return path }
    }
    throw RunnerError(
      .environment,
      "storage.allocator is jemalloc, but libjemalloc.so.2 is not installed: "
        + "apt-get install libjemalloc2")
  }
}
