import AssayModel
import Foundation
import ScenarioFiles
import StockScenarios
import Testing

@Suite("The scenarios that the executable carries")
struct StockScenarioTests {
  @Test("The texts are those of the files under Scenarios, byte for byte")
  func equalTheFiles() throws {
    let names = (ScenarioDirectoryTests.names + ScenarioDirectoryTests.counted).sorted()
    #expect(StockScenario.all.map(\.name).sorted() == names)
    for scenario in StockScenario.all {
      #expect(try scenario.text == ScenarioDirectoryTests.text(scenario.name), "\(scenario.name)")
    }
  }

  @Test("Each plans without its file", arguments: StockScenario.all)
  func plans(_ scenario: StockScenario) throws {
    let file = try ScenarioFile(text: scenario.text, name: "\(scenario.name) (stock scenario)")
    #expect(try !file.plan(seed: Seed(1)).cells.isEmpty)
  }
}
