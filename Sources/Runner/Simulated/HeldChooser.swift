import Schedules

/// A chooser of any kind behind a reference.
///
/// Within a value an existential would cost a look at its box at every step, and a copy of the
/// whole value at every question that the value is asked.
class HeldChooser: @unchecked Sendable {
  // Unchecked because one schedule has it, which one thread at a time uses.

  /// As `ActorChooser.next`.
  func next(at point: ChoicePoint) -> Int { preconditionFailure("a chooser of no kind") }

  /// Takes a chooser.
  static func holding(_ chooser: some ActorChooser) -> HeldChooser { ChooserOfKind(chooser) }
}

private final class ChooserOfKind<Chooser: ActorChooser>: HeldChooser, @unchecked Sendable {
  private var chooser: Chooser

  init(_ chooser: Chooser) {
    self.chooser = chooser
  }

  override func next(at point: ChoicePoint) -> Int { chooser.next(at: point) }
}
