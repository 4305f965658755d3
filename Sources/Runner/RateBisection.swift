/// Looks for the highest rate that holds, by halving what lies between one that does and one that
/// does not.
///
/// A value machine: `next` says what to try, `add` takes what came of it. A rate that nearly held
/// is tried once more: one stall of the machine is no verdict.
struct RateBisection {
  /// Halvings; the result is within a hundredth of the capacity.
  private static let halvings = 7
  /// Where not even this share of the capacity holds, the load is not what is in the way.
  private static let least = 1.0 / 32

  /// The highest rate that held so far.
  private(set) var highest: Double?
  /// What to try next; `nil` when it is over.
  private(set) var next: Double?
  private let capacity: Double
  private var failing: Double
  private var left = Self.halvings
  private var hasFailedOnce = false

  /// - Parameter capacity: a rate that is certainly too high; above 0.
  init(capacity: Double) {
    self.capacity = capacity
    failing = capacity
    next = capacity / 2
  }

  /// Takes what came of `next`.
  ///
  /// - Parameter isNear: whether one that failed might hold at another try.
  mutating func add(holds: Bool, isNear: Bool = true) {
    guard let tried = next else { return }
    if !holds, isNear, !hasFailedOnce {
      hasFailedOnce = true
      return
    }
    hasFailedOnce = false
    if holds { highest = tried } else { failing = tried }
    left -= 1
    let middle = ((highest ?? 0) + failing) / 2
    next = left > 0 && middle > capacity * Self.least * 0.99 ? middle : nil
  }
}
