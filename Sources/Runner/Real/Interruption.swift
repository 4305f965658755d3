import Glibc
import Synchronization

/// Whether the user pressed Ctrl-C, and a descriptor that becomes readable when they do.
///
/// The handler only stores and writes one byte: nothing else is safe in a signal handler.
enum Interruption {
  private static let count = Atomic<Int>(0)
  private static let pipeEnds = Atomic<UInt64>(0)

  /// Installs the handler for SIGINT and SIGTERM; a second signal ends the process at once.
  ///
  /// Workers die with the coordinator, so ending at once leaves no process behind.
  static func install() {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    pipeEnds.store(
      UInt64(UInt32(bitPattern: ends[0])) << 32 | UInt64(UInt32(bitPattern: ends[1])),
      ordering: .releasing)
    // Ignored children, as some starters leave them, would be gone before anybody asks how.
    signal(SIGCHLD, SIG_DFL)
    // A file that may not grow is an error to report, not a death.
    signal(SIGXFSZ, SIG_IGN)
    for signalNumber in [SIGINT, SIGTERM] {
      signal(signalNumber, handleInterruption)
    }
  }

  /// Readable once the user has interrupted; -1 when no handler is installed.
  static var descriptor: Int32 {
    let ends = pipeEnds.load(ordering: .acquiring)
    return ends == 0 ? -1 : Int32(truncatingIfNeeded: ends >> 32)
  }

  /// Whether the user has interrupted.
  static var isRequested: Bool { count.load(ordering: .acquiring) > 0 }

  fileprivate static func request() {
    let (before, _) = count.add(1, ordering: .acquiringAndReleasing)
    if before > 0 { _exit(130) }
    var byte: UInt8 = 0
    _ = unsafe write(Int32(truncatingIfNeeded: pipeEnds.load(ordering: .relaxed)), &byte, 1)
  }
}

private func handleInterruption(_ signalNumber: Int32) {
  Interruption.request()
}
