import AssayModel
import Foundation
import SQLiteDriver
import Synchronization

/// A clock that moves only when it is slept on, and by `tick` at each reading.
final class FakeTime: TimeSource {
  struct State {
    var now: UInt64 = 1_000_000_000
    var sleeps: [Nanoseconds] = []
    var isStopped = false
    var onSleep: (@Sendable () -> Void)?
  }

  let tick: UInt64
  private let state = Mutex(State())

  init(tick: Nanoseconds = .zero) {
    self.tick = UInt64(tick.rawValue)
  }

  var sleeps: [Nanoseconds] { state.withLock { $0.sleeps } }

  func stop() { state.withLock { $0.isStopped = true } }

  /// Runs `body` at each sleep, in place of the other actor.
  func onSleep(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onSleep = body } }

  func monotonicNow() -> MonotonicTime {
    state.withLock { state in
      state.now += tick
      return MonotonicTime(nanoseconds: state.now)
    }
  }

  func bootNow() -> BootTime { BootTime(nanoseconds: monotonicNow().nanoseconds) }

  func wallNow() -> WallTime { WallTime(milliseconds: 0) }

  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    let (isStopped, action) = state.withLock { state in
      state.sleeps.append(deadline - MonotonicTime(nanoseconds: state.now))
      if !state.isStopped { state.now = max(state.now, deadline.nanoseconds) }
      return (state.isStopped, state.onSleep)
    }
    if isStopped { throw ActorStopped() }
    action?()
  }
}

/// A folder of its own for one test, removed with it.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-driver-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  var path: String { url.path }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: url.appendingPathComponent(name))
  }

  func size(of name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
    return (attributes[.size] as? NSNumber)?.intValue ?? -1
  }
}

func options(
  _ path: String = ":memory:", _ pragmas: [Pragma] = [], busy: BusyPolicy = .none,
  time: any TimeSource = FakeTime()
) -> ConnectionOptions {
  ConnectionOptions(path: path, pragmas: pragmas, busy: busy, time: time)
}

let wal = [Pragma("journal_mode", "wal"), Pragma("synchronous", "normal")]

/// The error that `body` throws, or nil.
func failure(_ body: () throws(SQLiteError) -> Void) -> SQLiteError? {
  do throws(SQLiteError) {
    try body()
    return nil
  } catch {
    return error
  }
}

extension Connection {
  /// The first column of the first row, for a look at what is there.
  mutating func number(_ text: String) throws(SQLiteError) -> Int64 {
    guard case .integer(let number) = try rows(text: text).first?.first else { return -1 }
    return number
  }
}
