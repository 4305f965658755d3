import AssayModel

/// A fault that struck in a schedule, for whoever reads its replay.
struct ScheduledStrike: Hashable, Sendable {
  /// Steps that all actors had taken.
  var step: Int
  /// When, in virtual time.
  var time: MonotonicTime
  /// What happened, in words.
  var text: String
  /// Number of the simulated process that died; `nil` when none did.
  var died: Int?
  /// Whether it struck inside a call, which is then told of before it.
  var followsCall = false

  /// The strike as a line of a replay.
  var line: String { "step \(step): \(text)" }

  // MARK: Words

  static func death(of life: SimulatedLife, before step: StepKind?) -> String {
    guard case .call(let method, let file) = step else { return "\(name(life)) is killed" }
    return "\(name(life)) is killed before its \(words(method, file))"
  }

  static func death(
    of life: SimulatedLife, _ moment: FaultSpecification.Moment, _ method: VFSMethod,
    _ file: FileKind?
  ) -> String {
    let call = words(method, file)
    switch moment {
    case .before: return "\(name(life)) is killed before its \(call)"
    case .middle:
      return "\(name(life)) is killed in the middle of its \(call): the first half is in the file"
    case .after: return "\(name(life)) is killed when its \(call) has taken effect"
    }
  }

  static func pause(of life: SimulatedLife, for span: Nanoseconds) -> String {
    "\(name(life)) is paused for \(text(span))"
  }

  static func text(
    of change: FaultSpecification.ClockChange, _ life: SimulatedLife
  ) -> String {
    var parts: [String] = []
    if change.step != .zero { parts.append("jump by \(text(change.step))") }
    if change.skew != .zero { parts.append("are off by \(text(change.skew))") }
    if change.drift != 0 { parts.append("drift by \(change.drift)") }
    let clocks = change.clocks == .wall ? "the wall clock" : "the clocks"
    return "\(clocks) of \(name(life)): \(parts.joined(separator: ", "))"
  }

  static func failure(
    _ fault: FaultSpecification, of method: VFSMethod, _ file: FileKind?, _ life: SimulatedLife
  ) -> String {
    let lasting = fault.lasting == .forever ? ", permanently" : ""
    return "\(fault.kind.rawValue) in the \(words(method, file)) of \(name(life))\(lasting)"
  }

  private static func name(_ life: SimulatedLife) -> String {
    "process \(life.process)" + (life.incarnation == 0 ? "" : ".\(life.incarnation)")
  }

  private static func words(_ method: VFSMethod, _ file: FileKind?) -> String {
    file.map { "\(method.rawValue) of the \($0.rawValue)" } ?? method.rawValue
  }

  private static func text(_ span: Nanoseconds) -> String {
    let units: [(Int64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")]
    for (size, unit) in units where span.rawValue % size == 0 {
      return "\(span.rawValue / size)\(unit)"
    }
    return "\(span.rawValue)ns"
  }
}
