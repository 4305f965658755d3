public import AssayModel
import Glibc

/// This machine and its processes, according to `/proc`.
public final class SystemHost: HostIdentity {
  /// The content of `/proc/sys/kernel/random/boot_id`.
  public let bootID: String
  /// The calling process.
  public let ownProcess: ProcessIdentity

  /// Reads the identity of this process.
  ///
  /// - Throws: if `/proc` is not mounted.
  public init() throws(PlatformError) {
    let text = try ByteFile.readText("/proc/sys/kernel/random/boot_id", limit: 4_096)
    bootID = String(text.prefix { !$0.isWhitespace })
    let own = try ProcessStatus(of: getpid())
    ownProcess = ProcessIdentity(
      processID: getpid(), startTicks: own.startTicks, namespace: try Self.ownNamespace())
  }

  /// Determines whether a process of this boot is still alive.
  ///
  /// A zombie is gone: it holds no lock and runs no code, although its id is not free yet. So is a
  /// process whose id now belongs to another one, as shown by the start time. A process of another
  /// process-id namespace, or one hidden by `/proc`, is unknown.
  public func liveness(of process: ProcessIdentity) -> ProcessLiveness {
    guard process.namespace == ownProcess.namespace, process.processID > 0 else { return .unknown }
    if kill(process.processID, 0) != 0 && errno == ESRCH { return .gone }
    do {
      let status = try ProcessStatus(of: process.processID)
      return status.startTicks == process.startTicks && !status.isDead ? .alive : .gone
    } catch {
      // It ended in between, or `/proc` hides the processes of other users (`hidepid`).
      return kill(process.processID, 0) != 0 && errno == ESRCH ? .gone : .unknown
    }
  }

  /// Identifies another process of this namespace, such as a child just started.
  ///
  /// - Throws: `notFound` if there is none.
  public func identity(of processID: Int32) throws(PlatformError) -> ProcessIdentity {
    ProcessIdentity(
      processID: processID, startTicks: try ProcessStatus(of: processID).startTicks,
      namespace: ownProcess.namespace)
  }

  private static func ownNamespace() throws(PlatformError) -> UInt64 {
    let path = "/proc/self/ns/pid"
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw PlatformError(operation: "stat", errorNumber: errno, path: path)
    }
    return UInt64(status.st_ino)
  }
}

/// The fields of `/proc/<pid>/stat` that show whether a process is alive. Source: proc(5).
struct ProcessStatus: Equatable {
  /// Field 3: `R` running, `S` sleeping, `T` stopped, `Z` zombie, `X` dead, ...
  var state: Character
  /// Field 20.
  var threadCount: Int
  /// Field 22, in clock ticks since boot.
  var startTicks: UInt64

  /// A main thread that has ended is shown as a zombie while the other threads still run.
  var isDead: Bool { state == "X" || state == "x" || (state == "Z" && threadCount <= 1) }

  init(of processID: Int32) throws(PlatformError) {
    let path = "/proc/\(processID)/stat"
    let line = try ByteFile.readText(path, limit: 65_536)
    guard let status = ProcessStatus(line: line) else {
      throw PlatformError(code: .badFormat, operation: "read", path: path, detail: line)
    }
    self = status
  }

  /// Parses the line; the command in field 2 may contain blanks and parentheses.
  init?(line: String) {
    guard let end = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: end)...].split(whereSeparator: \.isWhitespace)
    guard fields.count >= 20, let state = fields[0].first,
      let threads = Int(fields[17]), let start = UInt64(fields[19])
    else { return nil }
    self.state = state
    threadCount = threads
    startTicks = start
  }
}
