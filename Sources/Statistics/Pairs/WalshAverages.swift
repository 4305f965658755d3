/// The means of every value with itself and with every other one, ascending.
///
/// Of n values there are n (n + 1) / 2. Their median estimates the centre of a symmetric
/// distribution, and their order statistics bound it.
/// Source: Walsh, Annals of Mathematical Statistics 20 (1949).
public struct WalshAverages: Hashable, Sendable {
  /// The averages, ascending.
  public let sorted: [Double]
  /// Number of values that they were made of.
  public let count: Int

  /// Makes the averages.
  ///
  /// - Parameter values: finite numbers.
  /// - Complexity: O(n^2 log n); of 300 values there are 45,150 averages.
  public init(_ values: [Double]) {
    var averages: [Double] = []
    averages.reserveCapacity(values.count * (values.count + 1) / 2)
    for first in values.indices {
      let value = values[first]
      precondition(value.isFinite, "\(value) is not finite")
      for second in first..<values.count { averages.append((value + values[second]) / 2) }
    }
    averages.sort()
    sorted = averages
    count = values.count
  }
}
