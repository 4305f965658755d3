import RealModule
import Statistics

/// Effect of each knob on its own, from measurements of some candidates: an additive model of the
/// logarithm of a metric.
///
/// This is the limit of a fractional design: interactions between knobs go into the error, so
/// intervals are wide where knobs depend on each other.
/// Source: Box, Hunter and Hunter, "Statistics for Experimenters", 5 and 6; Montgomery, "Design
/// and Analysis of Experiments", 8.
public struct MainEffects: Sendable {
  /// Effect of a knob's value, relative to the knob's value in the reference.
  public struct Effect: Hashable, Codable, Sendable {
    /// The knob.
    public var knob: String
    /// The value.
    public var value: String
    /// Gain as a share: 0.05 is 5 % better, negative is worse.
    public var gain: Double
    /// Lower 95 % bound of the gain.
    public var lower: Double
    /// Upper 95 % bound of the gain.
    public var upper: Double
  }

  /// All effects, by knob and value.
  public let effects: [Effect]
  private let logarithms: [String: [String: Double]]

  /// Fits the model.
  ///
  /// - Parameters:
  ///   - observations: candidates with the logarithm of their goodness; higher is better.
  ///   - reference: candidate whose values have no effect by definition.
  /// - Returns: `nil` if there are too few observations for the number of values.
  public init?(
    _ observations: [(candidate: TuneCandidate, goodness: Double)], reference: TuneCandidate
  ) {
    var terms: [(knob: String, value: String)] = []
    for knob in reference.knobs {
      let values = Set(observations.compactMap { $0.candidate.settings[knob] })
      for value in values.sorted() where value != reference.settings[knob] {
        terms.append((knob, value))
      }
    }
    let rows = observations.map { observation in
      [1.0] + terms.map { observation.candidate.settings[$0.knob] == $0.value ? 1 : 0 }
    }
    guard let fit = LeastSquares(rows: rows, values: observations.map(\.goodness)) else {
      return nil
    }
    var logarithms: [String: [String: Double]] = [:]
    effects = terms.enumerated().map { place, term in
      let interval = fit.interval(place + 1)
      logarithms[term.knob, default: [:]][term.value] = fit.coefficients[place + 1]
      return Effect(
        knob: term.knob, value: term.value,
        gain: Double.expMinusOne(fit.coefficients[place + 1]),
        lower: Double.expMinusOne(interval.lower), upper: Double.expMinusOne(interval.upper))
    }
    self.logarithms = logarithms
  }

  /// Returns the predicted gain of a candidate over the reference, as a logarithm; values that were
  /// never measured count as the reference's.
  public func predicted(_ candidate: TuneCandidate) -> Double {
    // Sums in a fixed order, so that the result has the same bits each time.
    candidate.knobs.reduce(0) { sum, knob in
      sum + (candidate.settings[knob].flatMap { logarithms[knob]?[$0] } ?? 0)
    }
  }

  /// Returns the inert knobs: those whose measured values all have 95 % bounds within `bound` in
  /// either direction.
  ///
  /// - Parameter bound: a share, such as 0.02.
  public func inert(bound: Double) -> [String] {
    var knobs: [String: Bool] = [:]
    for effect in effects {
      let isSmall = effect.lower > -bound && effect.upper < bound
      knobs[effect.knob] = (knobs[effect.knob] ?? true) && isSmall
    }
    return knobs.filter(\.value).map(\.key).sorted()
  }
}
