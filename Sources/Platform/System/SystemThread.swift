import Glibc
import Synchronization

/// A thread of the operating system that runs one closure and ends.
///
/// Dropping the handle detaches the thread; it does not end it.
public final class SystemThread: Sendable {
  /// 1 MiB: enough for SQLite with deep expressions, small enough for hundreds of actors.
  public static let defaultStackSize = 1 << 20

  private let handle: Mutex<pthread_t?>

  private init(_ handle: pthread_t) {
    self.handle = Mutex(handle)
  }

  /// Starts a thread.
  ///
  /// - Parameters:
  ///   - name: shown by `ps` and debuggers; only the first 15 bytes count.
  ///   - stackSize: in bytes; at least 16 KiB (`PTHREAD_STACK_MIN`).
  ///   - body: closure run by the thread.
  /// - Throws: the error of `pthread_create` if the system has no thread left.
  public static func start(
    name: String, stackSize: Int = defaultStackSize, body: @escaping @Sendable () -> Void
  ) throws(PlatformError) -> SystemThread {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    let sized = unsafe pthread_attr_setstacksize(&attributes, stackSize)
    precondition(sized == 0, "a stack of \(stackSize) bytes is refused (\(sized))")

    let start = unsafe Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, &attributes, { unsafe runThread($0) }, start.toOpaque())
    guard result == 0 else {
      unsafe start.release()
      throw PlatformError(operation: "pthread_create", errorNumber: result, detail: name)
    }
    return SystemThread(thread)
  }

  /// Blocks until the closure has returned; further calls return immediately.
  ///
  /// A thread must not join itself.
  public func join() {
    handle.withLock { handle in
      guard let thread = handle else { return }
      let result = pthread_join(thread, nil)
      precondition(result == 0, "pthread_join answered \(result)")
      handle = nil
    }
  }

  deinit {
    handle.withLock { handle in
      if let thread = handle { pthread_detach(thread) }
    }
  }
}

/// Runs a closure on a separate thread and suspends the caller until it has returned.
///
/// For code that blocks in SQLite: the threads of the cooperative pool must never do that.
public func runOnOwnThread<Value: Sendable>(
  name: String, stackSize: Int = SystemThread.defaultStackSize,
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    do {
      _ = try SystemThread.start(name: name, stackSize: stackSize) {
        continuation.resume(with: Result(catching: body))
      }
    } catch {
      continuation.resume(throwing: error)
    }
  }
}

/// Returns the first bytes of a thread's name that Linux shows (`TASK_COMM_LEN` - 1), cut between
/// characters.
func visibleThreadName(_ name: String) -> String {
  var visible = ""
  for character in name where character != "\0" {
    guard visible.utf8.count + String(character).utf8.count <= 15 else { break }
    visible.append(character)
  }
  return visible
}

/// Data passed to a new thread.
private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { return nil }
  let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  setOwnThreadName(start.name)
  start.body()
  return nil
}

/// Names the calling thread; a name is a convenience, so a failure is not an error.
private func setOwnThreadName(_ name: String) {
  // As pthread_setname_np does for other threads; the Glibc module hides that function.
  let path = "/proc/thread-self/comm"
  guard let file = try? FileDescriptor(opening: path, O_WRONLY) else { return }
  let bytes = Array(visibleThreadName(name).utf8)
  try? unsafe bytes.withUnsafeBytes { try unsafe file.write($0, path: path) }
}
