import AssayModel

/// Moment at which a part of an exploration ends, finished or not.
///
/// Asked once for each image: reading the clock takes a thousandth of the time of making one.
struct Deadline {
  private let isOver: () -> Bool

  /// No limit.
  static var never: Deadline { Deadline { false } }

  init(isOver: @escaping () -> Bool) { self.isOver = isOver }

  /// A moment of the monotonic clock, which all processes of a machine share; `nil` is no limit.
  init(at moment: MonotonicTime?, time: any TimeSource) {
    guard let moment else {
      self = .never
      return
    }
    self.init { time.monotonicNow() >= moment }
  }

  /// True if no further image or schedule may begin.
  var hasPassed: Bool { isOver() }
}
