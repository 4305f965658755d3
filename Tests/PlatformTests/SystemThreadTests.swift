import AssayModel
import Platform
import Synchronization
import Testing

@Suite("Real threads")
struct SystemThreadTests {
  @Test("A joined thread has run its body")
  func join() throws {
    let ran = Mutex(false)
    let thread = try SystemThread.start(name: "body") { ran.withLock { $0 = true } }
    thread.join()
    #expect(ran.withLock { $0 })
    thread.join()
  }

  @Test("The name of a thread is cut to 15 bytes between characters")
  func name() throws {
    let seen = Mutex("")
    let read: @Sendable () -> Void = {
      let text = try? ByteFile.readText("/proc/thread-self/comm", limit: 100)
      seen.withLock { $0 = text ?? "unreadable" }
    }
    try SystemThread.start(name: "a name longer than that", body: read).join()
    #expect(seen.withLock { $0 } == "a name longer t\n")
    try SystemThread.start(name: "fourteen bytesé", body: read).join()
    #expect(seen.withLock { $0 } == "fourteen bytes\n")
  }

  @Test("A thread gets the stack it asked for")
  func stack() throws {
    // 6 MiB of frames would end a thread that had only the default megabyte.
    @Sendable func sink(_ depth: Int) -> Int {
      depth == 0 ? 0 : 1 + withUnsafeTemporaryFrame { sink(depth - 1) }
    }
    let depth = Mutex(0)
    try SystemThread.start(name: "deep", stackSize: 16 << 20) {
      depth.withLock { $0 = sink(1_500) }
    }.join()
    #expect(depth.withLock { $0 } == 1_500)
  }

  @Test("Threads run side by side: each waits for all others to have started")
  func concurrent() throws {
    let started = Mutex(0)
    let spawning: any Spawning = SystemThreads()
    let actors = (0..<8).map { index in
      spawning.spawn(name: "actor-\(index)") {
        started.withLock { $0 += 1 }
        #expect(throws: Never.self) {
          try waitUntil("all have started") { started.withLock { $0 } == 8 }
        }
      }
    }
    for actor in actors { actor.join() }
  }

  @Test("runOnOwnThread returns the value of its body, or throws its error")
  func ownThread() async throws {
    #expect(try await runOnOwnThread(name: "value") { 42 } == 42)
    await #expect(throws: ActorStopped.self) {
      try await runOnOwnThread(name: "error") { throw ActorStopped() }
    }
  }
}

/// Calls the body with 4 KiB more on the stack.
@inline(never)
private func withUnsafeTemporaryFrame(_ body: () -> Int) -> Int {
  unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 16) { buffer in
    unsafe buffer.storeBytes(of: 1, as: UInt8.self)
    return body()
  }
}
