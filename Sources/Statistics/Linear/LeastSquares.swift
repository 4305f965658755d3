/// A linear model fitted to observations: each is a sum of terms, and the fit has the smallest sum
/// of squared errors.
///
/// Source: Draper and Smith, "Applied Regression Analysis", 2; the normal equations are solved by
/// Gauss-Jordan elimination, which is exact enough for tens of terms that are zeros and ones.
public struct LeastSquares: Hashable, Sendable {
  /// One coefficient a term.
  public let coefficients: [Double]
  /// Standard error of each coefficient.
  public let standardErrors: [Double]
  /// Observations less terms, at least 1.
  public let freedom: Int

  /// Fits a model.
  ///
  /// A term that the observations do not determine gets a coefficient near 0 and a standard error
  /// so large that no conclusion follows from it.
  ///
  /// - Parameters:
  ///   - rows: the terms of each observation, the same number in each.
  ///   - values: the observations.
  /// - Returns: `nil` unless there are more observations than terms.
  public init?(rows: [[Double]], values: [Double]) {
    precondition(rows.count == values.count, "\(rows.count) rows, \(values.count) values")
    let terms = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == terms }, "rows of different lengths")
    guard terms > 0, rows.count > terms else { return nil }
    // A trace of ridge keeps undetermined terms finite; see above.
    let ridge = 1e-6
    var table = (0..<terms).map { row in
      (0..<(2 * terms)).map { column -> Double in
        if column >= terms { return column - terms == row ? 1 : 0 }
        let product = rows.reduce(0) { $0 + $1[row] * $1[column] }
        return product + (row == column ? ridge : 0)
      }
    }
    Self.eliminate(&table)
    let inverse = table.map { Array($0[terms...]) }
    let moments = (0..<terms).map { term in
      zip(rows, values).reduce(0) { $0 + $1.0[term] * $1.1 }
    }
    let fitted = inverse.map { row in zip(row, moments).reduce(0) { $0 + $1.0 * $1.1 } }
    coefficients = fitted
    let errors = zip(rows, values).reduce(0.0) { sum, observation in
      let expected = zip(observation.0, fitted).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + (observation.1 - expected) * (observation.1 - expected)
    }
    freedom = rows.count - terms
    let variance = errors / Double(freedom)
    standardErrors = (0..<terms).map { (max(0, inverse[$0][$0]) * variance).squareRoot() }
  }

  /// Turns the left half of a table into the unit matrix; the right half becomes the inverse.
  private static func eliminate(_ table: inout [[Double]]) {
    for pivot in table.indices {
      let best = table.indices[pivot...].max {
        abs(table[$0][pivot]) < abs(table[$1][pivot])
      }
      if let best, best != pivot { table.swapAt(best, pivot) }
      let divisor = table[pivot][pivot]
      for column in table[pivot].indices { table[pivot][column] /= divisor }
      for row in table.indices where row != pivot && table[row][pivot] != 0 {
        let factor = table[row][pivot]
        for column in table[row].indices { table[row][column] -= factor * table[pivot][column] }
      }
    }
  }

  /// Returns the interval of a coefficient.
  ///
  /// - Parameters:
  ///   - term: its place.
  ///   - confidence: two-sided, in 0.5..<1.
  public func interval(_ term: Int, confidence: Double = 0.95) -> ConfidenceInterval {
    let width =
      StudentDistribution.limit(confidence: confidence, freedom: Double(freedom))
      * standardErrors[term]
    return ConfidenceInterval(
      lower: coefficients[term] - width, upper: coefficients[term] + width,
      confidence: confidence)
  }
}
