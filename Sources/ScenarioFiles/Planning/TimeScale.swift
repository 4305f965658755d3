import AssayModel

/// `--set time=0.2x`: a scenario in a fifth of its time, with every fault at the same share of it.
///
/// Scales the duration, the warm-up, and the times and lengths of faults. A fault's time that names
/// a setting, such as `for: 2 * ttl`, is not scaled: the setting keeps its value.
enum TimeScale {
  /// The key on the command line.
  static let path = "time"
  /// The allowed factors.
  static let range = 0.001...1_000.0
  /// Description of the allowed factors, for errors.
  static let allowed = "a factor from 0.001x to 1000x, such as 0.2x"

  /// Reads `0.2x` or `0.2`; `nil` for anything else.
  static func factor(_ text: String) -> Double? {
    let digits = text.hasSuffix("x") ? text.dropLast() : text[...]
    let isPlain = digits.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard isPlain, let factor = Double(digits), range.contains(factor) else { return nil }
    return factor
  }

  /// Returns the factor from one duration to another as the command line takes it, such as `0.2x`.
  ///
  /// - Returns: `nil` if it is outside the range.
  static func text(from old: Nanoseconds, to new: Nanoseconds) -> String? {
    guard old > .zero else { return nil }
    let factor = Double(new.rawValue) / Double(old.rawValue)
    // Rounded down: the faults must end before the cell does.
    let thousandths = Int((factor * 1_000).rounded(.down))
    guard thousandths > 0, factor <= range.upperBound else { return nil }
    let whole = thousandths / 1_000
    var rest = String(thousandths % 1_000 + 1_000).dropFirst()
    while rest.last == "0" { rest.removeLast() }
    return rest.isEmpty ? "\(whole)x" : "\(whole).\(rest)x"
  }

  /// A span in scaled time; never 0 for one that was not.
  static func scaled(_ span: Nanoseconds, by factor: Double) -> Nanoseconds {
    guard factor != 1, span > .zero else { return span }
    let value = (Double(span.rawValue) * factor).rounded()
    return Nanoseconds(max(1, Int64(min(value, 9e18))))
  }

  /// Scales the times of a cell's load.
  static func apply(_ factor: Double, to load: inout LoadSettings) {
    if case .duration(let span) = load.extent {
      load.extent = .duration(scaled(span, by: factor))
    }
    load.warmUp = scaled(load.warmUp, by: factor)
  }
}
