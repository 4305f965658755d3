import RealModule

/// Places and weights of a numerical integral that is exact for polynomials of degree 2n - 1.
struct GaussLegendre: Sendable {
  /// Places in -1...1, ascending.
  let places: [Double]
  /// Weights that belong to them; their sum is 2.
  let weights: [Double]

  /// - Parameter count: number of places, at least 2.
  /// Source: Abramowitz and Stegun 25.4.29; roots of the Legendre polynomial by Newton's method
  /// (Numerical Recipes, `gauleg`).
  init(count: Int) {
    precondition(count >= 2, "\(count) places")
    var places = [Double](repeating: 0, count: count)
    var weights = places
    for index in 0..<((count + 1) / 2) {
      var x = Double.cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 0.0
      for _ in 0..<100 {
        var (previous, value) = (0.0, 1.0)
        for degree in 1...count {
          let j = Double(degree)
          (previous, value) = (value, ((2 * j - 1) * x * value - (j - 1) * previous) / j)
        }
        slope = Double(count) * (x * value - previous) / (x * x - 1)
        let step = value / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      let weight = 2 / ((1 - x * x) * slope * slope)
      (places[index], places[count - 1 - index]) = (-x, x)
      (weights[index], weights[count - 1 - index]) = (weight, weight)
    }
    self.places = places
    self.weights = weights
  }
}
