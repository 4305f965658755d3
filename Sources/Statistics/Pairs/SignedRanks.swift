/// The ranks of paired differences by their size, with signs.
///
/// Ties get the mean of their ranks. Zeros are ranked with the others and then left out, so that
/// many of them weaken a finding. Source: Pratt, Journal of the American Statistical Association
/// 54 (1959).
struct SignedRanks {
  /// Twice the sum of the ranks of the positive differences.
  private(set) var doubledPositive = 0
  /// Twice the sum of all ranks but those of zeros.
  private(set) var doubledTotal = 0
  /// Twice the rank of every difference but zeros.
  private(set) var doubledRanks: [Int] = []

  init(_ differences: [Double]) {
    let order = differences.indices.sorted { abs(differences[$0]) < abs(differences[$1]) }
    doubledRanks.reserveCapacity(order.count)
    var start = 0
    while start < order.count {
      let size = abs(differences[order[start]])
      var end = start + 1
      while end < order.count, abs(differences[order[end]]) == size { end += 1 }
      // Ranks start + 1 to end; twice their mean is start + 1 + end.
      let doubled = start + 1 + end
      if size > 0 {
        for place in order[start..<end] {
          doubledRanks.append(doubled)
          doubledTotal += doubled
          if differences[place] > 0 { doubledPositive += doubled }
        }
      }
      start = end
    }
  }

  /// Variance of the sum of positive ranks when each sign is a fair coin, ties and zeros included.
  var variance: Double {
    doubledRanks.reduce(0) { $0 + Double($1) * Double($1) } / 16
  }
}
