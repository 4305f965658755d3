public import AssayModel

/// Starts background actors as threads of the operating system.
public final class SystemThreads: Spawning {
  private let stackSize: Int

  /// Creates the source of threads.
  ///
  /// - Parameter stackSize: in bytes, for every thread; at least 16 KiB.
  public init(stackSize: Int = SystemThread.defaultStackSize) {
    self.stackSize = stackSize
  }

  /// Starts a thread; traps if the system has none left.
  public func spawn(name: String, _ body: @escaping @Sendable () -> Void) -> any SpawnedActor {
    do {
      return try SystemThread.start(name: name, stackSize: stackSize, body: body)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

extension SystemThread: SpawnedActor {}
