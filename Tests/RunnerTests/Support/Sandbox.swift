import Foundation
import Testing

/// A folder of its own for one test, removed when the last reference goes.
final class Sandbox: Sendable {
  let path: String

  init() throws {
    path = "\(NSTemporaryDirectory())/assay-runner-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a text and returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
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
      load: { workload: kv, processes: 2, keys: { count: 50 }, think: 1ms, duration: 60s }
      expect: { integrity: valid }
      \(sections)
      """)
  }
}

/// Looks again and again until the condition holds; fails the test after `limit`.
func eventually(
  _ what: String, within limit: Duration = .seconds(10), _ condition: () throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try !condition() {
    try #require(ContinuousClock.now < end, "waited \(limit) until \(what)")
    try await Task.sleep(for: .milliseconds(2))
  }
}

/// Lets only a few harnesses run at a time: they measure, and the tests have deadlines.
actor Slots {
  static let shared = Slots(3)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

/// Runs `body` in one of the few slots.
func inSlot<Value: Sendable>(
  _ body: () async throws -> Value
) async throws -> Value {
  await Slots.shared.enter()
  do {
    let value = try await body()
    await Slots.shared.leave()
    return value
  } catch {
    await Slots.shared.leave()
    throw error
  }
}
