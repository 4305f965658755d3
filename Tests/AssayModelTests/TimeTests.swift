import Testing

@testable import AssayModel

@Suite("Times and spans")
struct TimeTests {
  @Test("Adding a span to a time saturates at both ends")
  func saturation() {
    let late = MonotonicTime(nanoseconds: .max - 5)
    #expect(late + Nanoseconds(10) == MonotonicTime(nanoseconds: .max))
    #expect(late + Nanoseconds(.max) == MonotonicTime(nanoseconds: .max))
    let early = MonotonicTime(nanoseconds: 5)
    #expect(early + Nanoseconds(-10) == MonotonicTime(nanoseconds: 0))
    #expect(early + Nanoseconds(.min) == MonotonicTime(nanoseconds: 0))
    #expect(BootTime(nanoseconds: 5) + Nanoseconds(-6) == BootTime(nanoseconds: 0))
  }

  @Test("The difference of two times is negative when the left one is earlier")
  func differences() {
    let (early, late) = (MonotonicTime(nanoseconds: 3), MonotonicTime(nanoseconds: 10))
    #expect(late - early == Nanoseconds(7))
    #expect(early - late == Nanoseconds(-7))
    #expect(early + (late - early) == late)
  }

  @Test("A timeout in milliseconds never becomes shorter")
  func roundingUp() {
    #expect(Nanoseconds(1).millisecondsRoundedUp == 1)
    #expect(Nanoseconds.milliseconds(5).millisecondsRoundedUp == 5)
    #expect(Nanoseconds(5_000_001).millisecondsRoundedUp == 6)
    #expect(Nanoseconds.zero.millisecondsRoundedUp == 0)
  }
}
