import Testing

@testable import AssayModel

@Suite("Seeds and the numbers that follow from them")
struct SeedTests {
  @Test(
    "A seed derived from a name never changes between versions",
    arguments: [
      (1, "", 1_345_043_401_796_196_485), (1, "cell", 7_503_568_074_795_554_990),
      (42, "journal_mode=wal", 13_184_514_783_347_477_416),
    ] as [(UInt64, String, UInt64)])
  func goldenSeeds(base: UInt64, name: String, derived: UInt64) {
    #expect(Seed(base).derived(name) == Seed(derived))
  }

  @Test("A numbered thing is a name like any other")
  func numberedSeeds() {
    #expect(Seed(0).derived("actor", 3) == Seed(15_495_505_666_045_571_762))
    #expect(Seed(0).derived("actor", 3) == Seed(0).derived("actor/3"))
    #expect(Set((0..<1_000).map { Seed(7).derived("actor", $0) }).count == 1_000)
  }

  @Test(
    "A seed is read in decimal or hexadecimal, and nothing else is one",
    arguments: [
      ("0", 0), ("18446744073709551615", UInt64.max), ("0xff", 255), ("", nil), ("-1", nil),
      ("0x", nil), ("1e3", nil), ("18446744073709551616", nil), (" 1", nil),
    ] as [(String, UInt64?)])
  func reading(text: String, value: UInt64?) {
    #expect(Seed(text) == value.map { Seed($0) })
  }

  @Test("The generator's sequence is that of xoshiro256** behind splitmix64")
  func goldenSequence() {
    var generator = SeededGenerator(Seed(0))
    let numbers = (0..<5).map { _ in generator.next() }
    #expect(
      numbers == [
        11_091_344_671_253_066_420, 13_793_997_310_169_335_082, 1_900_383_378_846_508_768,
        7_684_712_102_626_143_532, 13_521_403_990_117_723_737,
      ])
    var other = SeededGenerator(Seed(1))
    #expect((0..<8).map { _ in other.below(100) } == [70, 52, 57, 39, 69, 14, 7, 38])
  }

  @Test("Draws stay within their bounds and reach both ends", arguments: [1, 2, 3, 10, 1_000])
  func bounds(bound: Int) {
    var generator = SeededGenerator(Seed(UInt64(bound)))
    let draws = (0..<20_000).map { _ in generator.below(bound) }
    #expect(draws.min() == 0)
    #expect(draws.max() == bound - 1)
    let units = (0..<20_000).map { _ in generator.unit() }
    #expect(units.allSatisfy { (0..<1).contains($0) })
  }
}
