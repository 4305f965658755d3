public import AssayModel

/// Sleep durations of a busy handler before each attempt. Pure.
public enum BusyWait {
  /// The constant sleep of the fair policy.
  ///
  /// A write transaction under WAL NORMAL takes 10 to 20 us and one with a sync 100 to 600 us, so a
  /// shorter sleep mostly burns processor time and a longer one leaves the lock idle. Measured with
  /// 8 writers: 200 us keeps two thirds of the throughput of SQLite's handler and cuts the longest
  /// wait from 834 ms to 44 ms.
  public static let fairDelay = Nanoseconds.microseconds(200)

  /// SQLite's delays in milliseconds; the last one repeats.
  /// Source: `sqliteDefaultBusyCallback` in main.c, the variant for a system with `usleep`.
  private static let delays: [Int64] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100]

  /// Returns the sleep before attempt number `attempt` (from 0) under `BusyPolicy.sqlite`.
  ///
  /// Like SQLite, it counts the sleeps requested, not the time elapsed.
  /// - Returns: `nil` if the timeout is used up.
  public static func sqliteDelay(attempt: Int, timeout: Nanoseconds) -> Nanoseconds? {
    let last = delays.count - 1
    let delay = delays[min(attempt, last)]
    let known = delays[0..<min(attempt, last)].reduce(0, +)
    let before = known + Int64(max(0, attempt - last)) * delays[last]
    let left = timeout.millisecondsRoundedUp - before
    guard left > 0 else { return nil }
    return .milliseconds(min(delay, left))
  }

  /// Returns the sleep under `BusyPolicy.fair` after `waited` has already elapsed.
  ///
  /// - Returns: `nil` if the timeout is used up.
  public static func fairDelay(waited: Nanoseconds, timeout: Nanoseconds) -> Nanoseconds? {
    let left = timeout - waited
    guard left > .zero else { return nil }
    return min(fairDelay, left)
  }
}
