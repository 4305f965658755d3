import ArgumentParser
import AssayModel
import Runner
import ScenarioFiles

/// `assay list`: what there is.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List scenarios, workloads, faults, checks and profiles.")

  /// What can be listed.
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
        let padding = String(repeating: " ", count: max(1, 22 - name.count))
        Console.output("  \(name)\(padding)\(text)")
      }
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
