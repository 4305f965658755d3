import ArgumentParser
import AssayModel
import Reports
import Runner
import ScenarioFiles

/// `assay list`: lists scenarios, workloads, faults, checks and profiles.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List scenarios, workloads, faults, checks and profiles.")

  /// The lists that can be printed.
  enum Subject: String, CaseIterable, ExpressibleByArgument {
    case scenarios, workloads, faults, checks, profiles
  }

  @Argument(help: "What to list: scenarios, workloads, faults, checks, profiles (default: all).")
  var subjects: [Subject] = []

  @Flag(name: .long, help: "Print one JSON document on standard output.")
  var json = false

  func run() throws {
    let wanted = subjects.isEmpty ? Subject.allCases : subjects
    if json {
      let entries = wanted.map { subject in
        (subject.rawValue, rows(subject).map { ListedItem(name: $0, summary: $1) })
      }
      Console.output(
        plain: ListDocument(entries, uniquingKeysWith: { first, _ in first }))
      return
    }
    for (index, subject) in wanted.enumerated() {
      if index > 0 { Console.output("") }
      if wanted.count > 1 { Console.output("\(subject.rawValue):") }
      let rows = rows(subject)
      for (name, text) in rows {
        for line in Self.lines(name, text) { Console.output(line) }
      }
    }
  }

  /// Returns a name and its text within the width of the terminal, the text in a separate column.
  private static func lines(_ name: String, _ text: String) -> [String] {
    let column = 24
    let lines = Prose.lines(text, width: Console.width - column)
    let first = "  \(name)" + String(repeating: " ", count: max(2, column - 2 - name.count))
    // A name that reaches into the column gets a line of its own.
    let isLong = name.count > column - 4
    return (isLong ? ["  \(name)"] : [])
      + lines.enumerated().map { index, line in
        (index == 0 && !isLong ? first : String(repeating: " ", count: column)) + line
      }
  }

  private func rows(_ subject: Subject) -> [(String, String)] {
    switch subject {
    case .scenarios: scenarios()
    case .workloads: Catalog.workloads
    case .faults: Catalog.faults
    case .checks: Catalog.checks
    case .profiles: StorageProfile.all.map { ($0.name, $0.summary) }
    }
  }

  private func scenarios() -> [(String, String)] {
    ScenarioFinder.names().map { name in
      do {
        return (name, try ScenarioFinder.load(name).scenario(overrides: []).question)
      } catch {
        return (name, "(invalid: run 'assay check \(name)')")
      }
    }
  }
}
