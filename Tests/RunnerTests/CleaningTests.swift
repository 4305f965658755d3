import AssayModel
import Foundation
import Testing

@testable import Runner

@Suite("assay clean")
struct CleaningTests {
  private func run(
    _ scenario: String, daysAgo: Double, _ state: StoredRun.State = .finished
  ) -> StoredRun {
    StoredRun(
      scenario: scenario, run: "\(daysAgo)", path: "\(scenario)/\(daysAgo)", state: state,
      started: WallTime(milliseconds: Self.now.milliseconds - Int64(daysAgo * 86_400_000)),
      bytes: 1_000)
  }

  private static let now = WallTime(milliseconds: 1_795_867_200_000)

  private func removed(_ rule: CleaningRule, _ runs: [StoredRun]) -> [String] {
    rule.marked(runs, now: Self.now).filter(\.removed).map(\.path)
  }

  @Test("--keep counts the newest finished runs of each scenario by itself")
  func keep() {
    let runs = [
      run("a", daysAgo: 3), run("a", daysAgo: 1), run("a", daysAgo: 2), run("b", daysAgo: 9),
    ]
    #expect(removed(CleaningRule(keep: 2), runs) == ["a/3.0"])
    #expect(removed(CleaningRule(keep: 0), runs).count == 4)
    #expect(removed(CleaningRule(), runs).isEmpty)
  }

  @Test("With --keep and --older-than a run stays that either of them lets stay")
  func both() {
    let runs = (1...6).map { run("a", daysAgo: Double($0)) }
    let week = CleaningRule(keep: 2, olderThan: .seconds(4 * 86_400))
    #expect(removed(week, runs) == ["a/5.0", "a/6.0"])
    let five = CleaningRule(keep: 5, olderThan: .seconds(4 * 86_400))
    #expect(removed(five, runs) == ["a/6.0"])
    #expect(removed(CleaningRule(olderThan: .zero), runs).count == 6)
  }

  @Test("An abandoned run goes with any rule and takes no place of a finished one; a running stays")
  func states() {
    let runs = [
      run("a", daysAgo: 0.1, .running), run("a", daysAgo: 1, .abandoned), run("a", daysAgo: 2),
      run("a", daysAgo: 3),
    ]
    #expect(removed(CleaningRule(keep: 2), runs) == ["a/1.0"])
    #expect(removed(CleaningRule(keep: 1), runs) == ["a/1.0", "a/3.0"])
    #expect(removed(CleaningRule(olderThan: .seconds(86_400_000)), runs) == ["a/1.0"])
  }

  @Test("The time of a run is that of its name")
  func time() {
    let time = StoredRun.time(of: "20261128T130926.681Z-cfe-compare")
    #expect(time == WallTime(milliseconds: 1_795_871_366_681))
    #expect(StoredRun.time(of: "notes") == nil)
  }

  @Test("A run that is under way is left alone; after its coordinator was killed all of it goes")
  func killedCoordinator() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.endless())
    let assay = try await Assay.start(
      ["run", "scenario.yaml", "--out", "out", "--data", "elsewhere"], in: sandbox)
    try await eventually("the databases are there") {
      !sandbox.files(named: "assay.db").isEmpty && !sandbox.files(named: "p0i0a0.0000").isEmpty
    }
    let early = try await Assay.run(["clean", "--out", "out", "--keep", "0"], in: sandbox)
    #expect(early.code == 0, "\(early.errors)")
    #expect(early.output.contains("running"), "\(early.output)")
    #expect(!sandbox.files(named: "assay.db").isEmpty)

    assay.send(SIGKILL)
    _ = try await assay.ending()
    let list = try await Assay.run(["clean", "--out", "out"], in: sandbox)
    #expect(list.output.contains("no result"), "\(list.output)")
    #expect(list.output.contains("databases in elsewhere/"), "\(list.output)")
    #expect(list.output.contains("Nothing was removed"))
    let trial = try await Assay.run(
      ["clean", "--out", "out", "--keep", "5", "--dry-run"], in: sandbox)
    #expect(trial.output.contains("Would remove 1 run"), "\(trial.output)")
    #expect(!sandbox.files(named: "assay.db").isEmpty)
    let clean = try await Assay.run(
      ["clean", "--out", "out", "--keep", "5", "--json"], in: sandbox)
    #expect(clean.code == 0, "\(clean.errors)")
    #expect(sandbox.files(named: "assay.db").isEmpty)
    #expect(sandbox.everything(in: "out/Runs/sample").isEmpty)
    #expect(sandbox.everything(in: "elsewhere").isEmpty)
  }

  @Test("A finished run says what it left, keeps no lock, and is removed by its age")
  func finishedRun() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let run = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    #expect(run.errors.contains("result.json (the run left "), "\(run.errors)")
    #expect(sandbox.files(named: RunLease.name).isEmpty)
    let young = try await Assay.run(
      ["clean", "--out", "out", "--older-than", "7d"], in: sandbox)
    #expect(young.output.contains("Removed 0 runs"), "\(young.output)")
    #expect(sandbox.files(named: "result.json").count == 1)
    let all = try await Assay.run(["clean", "--out", "out", "--older-than", "0s"], in: sandbox)
    #expect(all.output.contains("Removed 1 run"), "\(all.output)")
    #expect(sandbox.files(named: "result.json").isEmpty)
  }

  @Test("Wrong options of clean are usage errors, and an empty folder is no error")
  func options() async throws {
    let sandbox = try Sandbox()
    for wrong in [["--keep", "-1"], ["--older-than", "soon"], ["--older-than", "-3d"]] {
      #expect(try await Assay.run(["clean"] + wrong, in: sandbox).code == 64, "\(wrong)")
    }
    let none = try await Assay.run(["clean", "--keep", "5"], in: sandbox)
    #expect(none.code == 0 && none.output.contains("No runs"), "\(none.errors)")
  }
}
