import AssayModel
import ScenarioFiles
import Testing

@Suite("Damaged files")
struct MutationTests {
  /// Characters that mean something in YAML or in values.
  private static let palette = Array(
    "{}[]:,-&*!|>'\"%@`#? \n\t0123456789.eE+/abcmsKiB_\\\u{0}\u{1}\u{85}\u{2028}\u{feff}é😀"
      .unicodeScalars)

  private func mutate(_ text: String, _ generator: inout SeededGenerator) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let index = Int.random(in: 0..<scalars.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: scalars.remove(at: index)
      case 1: scalars[index] = Self.palette.randomElement(using: &generator) ?? " "
      case 2: scalars.insert(Self.palette.randomElement(using: &generator) ?? " ", at: index)
      case 3:
        let end = min(scalars.count, index + Int.random(in: 1...30, using: &generator))
        let target = Int.random(in: 0..<scalars.count, using: &generator)
        scalars.insert(contentsOf: scalars[index..<end], at: target)
      default:
        let end = min(scalars.count, index + Int.random(in: 1...30, using: &generator))
        scalars.removeSubrange(index..<end)
      }
      if scalars.isEmpty { scalars = ["a"] }
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  @Test(
    "A damaged file gives a plan or errors with a place, never a trap",
    arguments: ScenarioDirectoryTests.names)
  func mutations(_ name: String) throws {
    damage(name, try ScenarioDirectoryTests.text(name), rounds: 60)
  }

  @Test(
    "A damaged file of the simulated world or with SQL does the same",
    arguments: [("simulated", RichTexts.simulated), ("sql", RichTexts.sql)])
  func richMutations(_ name: String, _ text: String) {
    #expect(Sample.errors(in: text) == [])
    damage(name, text, rounds: 200)
  }

  private func damage(_ name: String, _ text: String, rounds: Int) {
    for round in 0..<rounds {
      let seed = Seed(2).derived(name, round)
      var generator = SeededGenerator(seed)
      let damaged = mutate(text, &generator)
      do throws(ScenarioErrors) {
        _ = try ScenarioFile(text: damaged, name: "m").plan(seed: Seed(1))
      } catch {
        #expect(error.errors.allSatisfy { $0.place.file == "m" }, "seed \(seed)")
        #expect(!error.errors.isEmpty, "seed \(seed)")
        #expect(!error.description.contains("Yam"), "seed \(seed): \(error)")
      }
    }
  }
}
