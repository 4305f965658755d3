import Foundation
import Synchronization
import Testing

/// A folder of its own for one test, removed when the last reference goes.
final class Sandbox: Sendable {
  let path: String
  private struct Held { weak var slot: Slot? }
  private let held = Mutex(Held())

  init() throws {
    path = "\(NSTemporaryDirectory())/assay-runner-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The right to run a harness in this sandbox. Harnesses that run at once in it share one: two
  /// tests that each wait for another slot with one in hand would wait for each other.
  func slot() async -> Slot {
    if let slot = held.withLock({ $0.slot }) { return slot }
    let slot = await Slot.take()
    held.withLock { $0.slot = slot }
    return slot
  }

  /// Writes a text and returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// Writes a script that can be run, and returns its path.
  ///
  /// Another process makes the file: one that this process has open for writing, even in a child
  /// that another test is starting just now, cannot be run.
  func script(_ name: String, _ text: String) throws -> String {
    let source = try write("\(name).text", text)
    for arguments in [["/bin/cp", source, file(name)], ["/bin/chmod", "755", file(name)]] {
      let tool = URL(fileURLWithPath: arguments[0])
      try Process.run(tool, arguments: Array(arguments.dropFirst())).waitUntilExit()
    }
    return file(name)
  }

  /// Every file and folder below `folder`, as relative paths.
  func everything(in folder: String = ".") -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: file(folder))) ?? []).sorted()
  }

  /// The paths of every file below the sandbox with this name.
  func files(named name: String) -> [String] {
    everything().filter { $0 == name || $0.hasSuffix("/" + name) }.map(file)
  }

  /// The bytes of every file directly in `folder`, by name.
  func bytes(in folder: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: file(folder))
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: file("\(folder)/\($0)"))))
      })
  }
}

/// Scenarios of the tests: short, and each of its own.
enum Text {
  /// A scenario with a name and a question, and these sections.
  static func scenario(_ sections: String, name: String = "sample") -> String {
    "name: \(name)\nquestion: Does it hold?\n\(sections)\n"
  }

  /// One process that stores values for a moment.
  static let kv = scenario(
    """
    load: { workload: kv, writers: 2, keys: { count: 50 }, duration: 150ms }
    expect: { integrity: valid, durability: valid }
    """)

  /// Runs until it is stopped: for tests that stop it.
  static func endless(_ sections: String = "") -> String {
    scenario(
      """
      load: { workload: kv, processes: 2, keys: { count: 50 }, think: 1ms, duration: 1h }
      expect: { integrity: valid }
      \(sections)
      """)
  }
}

/// Looks again and again until the condition holds; fails the test after `limit`.
func eventually(
  _ what: String, within limit: Duration = .seconds(60), _ condition: () throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try !condition() {
    try #require(ContinuousClock.now < end, "waited \(limit) until \(what)")
    try await Task.sleep(for: .milliseconds(2))
  }
}

/// The right to run a harness, of which only a few are given out: harnesses measure, and the tests
/// have deadlines. It is given back with the last reference.
///
/// No closures: the compiler (6.3) confuses a closure inside `#require` with others of the same
/// enclosing closure.
final class Slot: Sendable {
  private struct State {
    var free = 3
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private static let state = Mutex(State())

  private init() {}

  static func take() async -> Slot {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.free > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
    return Slot()
  }

  deinit {
    let next = Self.state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}
