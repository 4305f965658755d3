import AssayModel
import Platform
import Testing

@Suite("Random sources")
struct SystemRandomTests {
  @Test("The same seed gives the same numbers, another seed gives others")
  func seeded() {
    func draw(_ seed: UInt64) -> [UInt64] {
      let source = SeededRandomSource(Seed(seed))
      return (0..<16).map { _ in source.next() }
    }
    #expect(draw(7) == draw(7))
    #expect(draw(7) != draw(8))
  }

  @Test("The system's numbers do not repeat")
  func system() {
    let source = SystemRandom()
    #expect(Set((0..<64).map { _ in source.next() }).count == 64)
  }
}
