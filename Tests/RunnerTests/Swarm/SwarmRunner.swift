import AssayModel
import Foundation
import Glibc
import Reports

/// Runs random scenarios with the built `assay`, several in each process, and notes what must not
/// happen.
final class SwarmRunner {
  /// What must not happen, with all that is needed to see it again.
  struct Failure: Sendable {
    var index: Int
    /// The same for faults that look alike.
    var kind: String
    var details: String
    var scenario: String
  }

  /// Scenarios of one process.
  static let batch = 8
  /// A process that runs longer hangs: a batch takes a second or two.
  private static let batchLimit = 180
  private static let singleLimit = 90

  private let executable: String
  private let library: String?
  private let sandbox: Sandbox
  private(set) var tally = SwarmTally()
  private(set) var failures: [Failure] = []

  /// - Parameter library: another libsqlite3.so for the workers.
  init(executable: String, library: String?) throws {
    self.executable = executable
    self.library = library
    sandbox = try Sandbox()
  }

  /// The command that runs one scenario of a swarm again.
  static func command(_ drawn: SwarmGenerator.Drawn) -> String {
    "assay run \(drawn.scenario.name).yaml --seed \(runSeed(drawn.scenario.index))"
  }

  /// The base of the runs' own seeds: all scenarios of a process have one.
  private static func runSeed(_ index: Int) -> Int { index / batch + 1 }

  /// Runs scenarios, none of which `run` refuses, of one batch.
  func run(_ drawn: [SwarmGenerator.Drawn]) async throws {
    guard !drawn.isEmpty else { return }
    for one in drawn { tally.add(one) }
    let ending = try await start(drawn, limit: Self.batchLimit)
    let results = drawn.map { result(of: $0) }
    let isWhole = results.allSatisfy { $0 != nil } && [0, 4].contains(ending.code)
    for (one, result) in zip(drawn, results) {
      if let result, isWhole || Self.failure(in: result) != nil {
        judge(one, result, "")
      } else {
        try await runAlone(one)
      }
    }
    try? FileManager.default.removeItem(atPath: sandbox.file("out"))
  }

  /// Runs what this version refuses: `check` and `run` do so with one message and exit 64.
  func runRefused(_ drawn: SwarmGenerator.Drawn) async throws {
    tally.add("refused by run", Self.alike(drawn.refusedByRun ?? ""))
    // What only a later version runs is accepted by `check`.
    let isOfLaterVersion = drawn.refusedByRun?.contains("this version can't run it yet") == true
    for command in isOfLaterVersion ? ["run"] : ["check", "run"] {
      let ending = try await start([drawn], limit: Self.singleLimit, command: command)
      if ending.code != 64 || !ending.errors.contains(drawn.scenario.name) {
        fail(drawn, "\(command): exit \(Self.code(ending)) where 64 was due", ending.errors)
      }
    }
  }

  private func runAlone(_ drawn: SwarmGenerator.Drawn) async throws {
    try? FileManager.default.removeItem(atPath: sandbox.file("out/Runs/\(drawn.scenario.name)"))
    let ending = try await start([drawn], limit: Self.singleLimit)
    // timeout sends itself the signal that it sends the program.
    if ending.signal == SIGKILL || ending.code == 137 {
      fail(drawn, "hang: not over after \(Self.singleLimit) s", ending.errors)
    } else if let result = result(of: drawn) {
      judge(drawn, result, ending.errors)
    } else {
      let last = ending.messages.last ?? ""
      fail(drawn, "exit \(Self.code(ending)): \(Self.alike(last))", ending.errors)
    }
  }

  private func start(
    _ drawn: [SwarmGenerator.Drawn], limit: Int, command: String = "run"
  ) async throws -> Assay.Ending {
    let names = try drawn.map { one in
      try sandbox.write("\(one.scenario.name).yaml", one.scenario.text)
      return "\(one.scenario.name).yaml"
    }
    let seed = Self.runSeed(drawn[0].scenario.index)
    var arguments = ["-k", "2", "\(limit)", executable, command] + names + ["--seed", "\(seed)"]
    if command == "run" {
      arguments += ["--out", "out", "--quiet", "--jobs", "1"]
      // The refusal holds for the library that Assay is linked against.
      let isOfOther = drawn.allSatisfy { $0.refusedByRun == nil }
      arguments += isOfOther ? library.map { ["--sqlite", $0] } ?? [] : []
    }
    // SIGTERM would end the run in good order, and its result would look whole.
    let ending = try await Assay.start(
      ["-s", "KILL"] + arguments, in: sandbox, executable: "/usr/bin/timeout"
    ).ending(within: .seconds(limit + 30))
    for name in names { try? FileManager.default.removeItem(atPath: sandbox.file(name)) }
    return ending
  }

  private func result(of drawn: SwarmGenerator.Drawn) -> RunResult? {
    let folder = sandbox.file("out/Runs/\(drawn.scenario.name)")
    guard let run = try? FileManager.default.contentsOfDirectory(atPath: folder).first,
      let text = try? String(contentsOfFile: "\(folder)/\(run)/result.json", encoding: .utf8)
    else { return nil }
    return try? ResultJSON.decode(text)
  }
}

// MARK: - Judging

extension SwarmRunner {
  private func judge(
    _ drawn: SwarmGenerator.Drawn, _ result: RunResult, _ errors: String
  ) {
    for verdict in result.cells.flatMap(\.verdicts) {
      tally.add("verdict", "\(verdict.check.rawValue) \(verdict.status.rawValue)")
    }
    tally.add("exit", "\(result.exitCode)")
    if let failure = Self.failure(in: result) {
      fail(drawn, failure.kind, failure.details + errors)
    }
  }

  /// What is wrong with a result: a promise that was broken, a worker that died, exit 1.
  static func failure(in result: RunResult) -> (kind: String, details: String)? {
    for cell in result.cells {
      for verdict in cell.verdicts where verdict.status == .violated && !verdict.met {
        let facts = [verdict.evidence] + verdict.witness.prefix(6)
        return (
          "violated \(verdict.check.rawValue): \(alike(verdict.witness.first ?? ""))",
          facts.joined(separator: "\n")
        )
      }
      if !cell.incidents.isEmpty { return ("a worker died: \(result.finding)", "") }
    }
    // Expectations not met would be seen above: unknown (4) is none of them.
    guard ![0, 4].contains(result.exitCode) else { return nil }
    return ("exit \(result.exitCode): \(alike(result.finding))", "")
  }

  private func fail(_ drawn: SwarmGenerator.Drawn, _ kind: String, _ details: String) {
    tally.add("failure", kind)
    failures.append(
      Failure(
        index: drawn.scenario.index, kind: kind, details: details,
        scenario: "# \(Self.command(drawn))\n\(drawn.scenario.text)"))
  }

  private static func code(_ ending: Assay.Ending) -> String {
    ending.code.map { "\($0)" } ?? "by signal \(ending.signal ?? 0)"
  }

  /// A message without what differs from case to case: numbers, and names in quotes.
  static func alike(_ message: String) -> String {
    var text = ""
    var wasDigit = false
    for character in message.prefix(200) {
      if character.isNumber {
        if !wasDigit { text.append("N") }
        wasDigit = true
      } else {
        text.append(character)
        wasDigit = false
      }
    }
    return text
  }
}
