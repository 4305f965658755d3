import AssayModel
import Glibc
import Platform
import Testing

@Suite("The real clocks")
struct SystemTimeTests {
  let time = SystemTime()

  @Test("The monotonic clock never goes back")
  func monotonic() {
    var last = time.monotonicNow()
    for _ in 0..<10_000 {
      let now = time.monotonicNow()
      #expect(now >= last)
      last = now
    }
  }

  @Test("The boot clock is never behind the monotonic clock")
  func bootIsAhead() {
    let monotonic = time.monotonicNow()
    #expect(time.bootNow().nanoseconds >= monotonic.nanoseconds)
  }

  @Test("The wall clock agrees with time(2) to a second")
  func wall() {
    let seconds = Int64(Glibc.time(nil))
    #expect(abs(time.wallNow().milliseconds / 1_000 - seconds) <= 1)
  }

  @Test("A sleep does not end before its deadline")
  func sleeps() throws {
    let deadline = time.monotonicNow() + .milliseconds(2)
    try time.sleep(until: deadline)
    #expect(time.monotonicNow() >= deadline)
  }

  @Test("A sleep until a moment in the past returns at once")
  func sleepsNot() throws {
    try time.sleep(until: MonotonicTime(nanoseconds: 0))
    try time.sleep(for: .zero)
  }
}
