import AssayModel
import Foundation
import ScenarioFiles
import Testing

@Suite("What a scenario shows")
struct ShowTests {
  private func show(_ list: String, load: String = "{ workload: kv }") throws -> [ShownFigure]? {
    let text =
      "name: s\nquestion: Which?\nload: \(load)\nshow: \(list)\nexpect: { integrity: valid }\n"
    return try ScenarioFile(text: text, name: "s.yaml").plan(seed: Seed(7)).scenario.show
  }

  private func problem(_ list: String, load: String = "{ workload: kv }") -> String {
    do {
      _ = try show(list, load: load)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("Figures keep the order of the file, and read means load")
  func figures() throws {
    #expect(
      try show("[p99(read), max, wal_peak, throughput(store), integrity, count(syncs)]") == [
        .latency(.p99, "load"), .latency(.max, nil), .size(.walPeak), .throughput("store"),
        .check(.integrity), .count("syncs"),
      ])
  }

  @Test("Every name that is offered is read and written back")
  func names() {
    for name in ShownFigure.names {
      #expect(ShownFigure(name)?.description == name)
    }
    #expect(ShownFigure("p99(load)")?.description == "p99(load)")
  }

  @Test(
    "What no cell can show is refused with its place",
    arguments: [
      ("[p98]", "s.yaml:4:8: show: unknown value 'p98'"),
      ("[p99, p99]", "for the second time"),
      ("[]", "an empty list"),
      ("[p99(transfer)]", "'p99(transfer)' for workload kv"),
      ("[durability]", "'durability', which is not judged"),
    ])
  func refused(_ list: String, _ words: String) {
    #expect(problem(list).contains(words), "\(problem(list))")
  }

  @Test("The stock scenarios that measure show figures of what their question names")
  func stock() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "Scenarios/journal-modes.yaml").path
    let plan = try ScenarioFile.load(path: file).plan(seed: Seed(1))
    #expect(plan.scenario.show?.first == .latency(.p99, "load"))
  }
}
