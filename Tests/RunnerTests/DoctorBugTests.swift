import AssayModel
import Foundation
import ScenarioFiles
import Testing

@testable import Runner

@Suite("Known bugs of SQLite")
struct DoctorBugTests {
  private func ids(_ version: String) throws -> [String] {
    KnownBugs.affecting(try #require(LibraryVersion(version))).map(\.id)
  }

  @Test(
    "The WAL-reset bug is in 3.7.0 to 3.51.2",
    arguments: ["3.7.0", "3.40.1", "3.44.5", "3.45.0", "3.50.6", "3.51.0", "3.51.2"])
  func walResetIsFound(version: String) throws {
    #expect(try ids(version).contains("wal-reset"))
  }

  @Test(
    "The WAL-reset bug is not in older, fixed and back-ported releases",
    arguments: ["3.6.23", "3.44.6", "3.50.7", "3.51.3", "3.52.0", "3.53.4"])
  func walResetIsNotFound(version: String) throws {
    #expect(try !ids(version).contains("wal-reset"))
  }

  @Test("Each bug begins and ends with the releases that its page names")
  func boundsAreThoseOfThePages() throws {
    for (id, before, first, last, fixed) in [
      ("savepoint-memory-journal", "3.34.1", "3.35.0", "3.37.1", "3.37.2"),
      ("upsert-index", "3.34.1", "3.35.0", "3.45.1", "3.45.2"),
      ("drop-column", "3.34.1", "3.35.0", "3.35.4", "3.35.5"),
      ("upsert-trigger-old", "3.23.1", "3.24.0", "3.45.2", "3.45.3"),
      ("text-to-float", "3.46.1", "3.47.0", "3.47.1", "3.47.2"),
      ("concat-ws-overflow", "3.43.2", "3.44.0", "3.49.0", "3.49.1"),
    ] {
      #expect(try !ids(before).contains(id), "\(id) in \(before)")
      #expect(try ids(first).contains(id), "\(id) in \(first)")
      #expect(try ids(last).contains(id), "\(id) in \(last)")
      #expect(try !ids(fixed).contains(id), "\(id) in \(fixed)")
    }
  }

  @Test("Every row has a name of its own, a fix, a remedy and a page of the documentation")
  func tableIsComplete() {
    #expect(Set(KnownBugs.table.map(\.id)).count == KnownBugs.table.count)
    for bug in KnownBugs.table {
      #expect(bug.source.hasPrefix("https://sqlite.org/"), "\(bug.id)")
      #expect(!bug.remedy.isEmpty && !bug.title.isEmpty && !bug.description.isEmpty, "\(bug.id)")
      #expect(bug.affected.below != nil, "\(bug.id)")
      if let from = bug.affected.from, let below = bug.affected.below { #expect(from < below) }
    }
  }

  @Test("Corruption is told before wrong results")
  func worstComesFirst() throws {
    let bugs = KnownBugs.affecting(try #require(LibraryVersion("3.40.1")))
    let ranks = bugs.compactMap { KnownBug.Consequence.allCases.firstIndex(of: $0.consequence) }
    #expect(ranks == ranks.sorted())
    #expect(bugs.first?.id == "wal-reset")
  }

  @Test("A bug that a scenario shows names it, and that scenario expects it in just these versions")
  func scenariosAreNamed() throws {
    let shown = KnownBugs.table.filter { $0.scenario != nil }
    #expect(shown.map(\.id) == ["wal-reset"])
    for bug in shown {
      let file = try ScenarioFile.load(path: Assay.scenario(try #require(bug.scenario)))
      let rules = try file.plan(seed: Seed(1)).cells.flatMap(\.expectations).flatMap(\.rules)
      let expected = rules.filter { $0.requirement == .violated }
      #expect(!expected.isEmpty, "\(bug.id)")
      #expect(expected.allSatisfy { $0.conditions == [.library(bug.affected)] }, "\(bug.id)")
      // On any other library everything must hold.
      let others = rules.filter { $0.conditions.isEmpty }.map(\.requirement)
      #expect(!others.isEmpty && others.allSatisfy { $0 == .valid }, "\(bug.id)")
    }
  }

  @Test("The text names the scenario of a bug of this library, and none for a fixed one")
  func textNamesTheScenario() {
    func text(_ version: String) -> String {
      let library = LibraryProbe.report(
        version: version, sourceID: "", options: [], sleepsInWholeSeconds: false)
      return DoctorText.text(DoctorReport(machine: DoctorTextTests.machine, library: library))
    }
    #expect(text("3.40.1").contains("assay run wal-reset"))
    #expect(!text("3.51.3").contains("wal-reset"))
  }

  @Test("A library's report says how its bugs were judged and what its build lacks")
  func libraryIsJudged() {
    let report = LibraryProbe.report(
      version: "3.40.1", sourceID: "2022-12-28 14:03:47 df5c253c0b3dd249alt1",
      options: ["THREADSAFE=0", "OMIT_LOOKASIDE", "ENABLE_RTREE"], sleepsInWholeSeconds: true)
    #expect(report.isModified)
    #expect(report.hints.map(\.id) == ["whole-second-sleep", "not-threadsafe", "by-version"])
    #expect(report.notableOptions.map(\.option) == ["THREADSAFE=0", "OMIT_LOOKASIDE"])
    #expect(report.knownBugs.first?.affected == ">=3.7.0 <3.51.3 !3.44.6 !3.50.7")
  }

  @Test("A version that cannot be read is a warning and not a clean bill of health")
  func unreadableVersionIsTold() {
    let report = LibraryProbe.report(
      version: "unknown", sourceID: "", options: [], sleepsInWholeSeconds: false)
    #expect(report.knownBugs.isEmpty)
    #expect(report.hints.map(\.id) == ["unknown-version"])
  }
}
