public import AssayModel

/// Candidates that no other candidate beats in every objective.
///
/// Source: Deb, "Multi-Objective Optimization using Evolutionary Algorithms", 2.4.
public enum ParetoFront {
  /// A candidate with its figures.
  public struct Point: Hashable, Codable, Sendable {
    /// The candidate.
    public var candidate: TuneCandidate
    /// Durability class of the candidate.
    public var durability: DurabilityClass
    /// One value per objective, in the order of the objectives.
    public var values: [Double]

    /// Creates a point.
    public init(candidate: TuneCandidate, durability: DurabilityClass, values: [Double]) {
      self.candidate = candidate
      self.durability = durability
      self.values = values
    }
  }

  /// Returns the front of each durability class, with its points in the given order.
  ///
  /// A point is beaten by another one of its own class that is at least as good in every objective
  /// and better in one. Classes are never compared: speed does not make up for lost data.
  ///
  /// - Parameters:
  ///   - points: with as many values as there are objectives, none of them NaN.
  ///   - objectives: objectives of the values; each determines which direction is better.
  ///   - isSure: true if the first point, which has the better figures, is known to be better than
  ///     the second; a point whose lead may be noise beats nothing.
  /// - Complexity: O(number of points squared).
  public static func fronts(
    _ points: [Point], objectives: [Metric], isSure: (Point, Point) -> Bool = { _, _ in true }
  ) -> [DurabilityClass: [Point]] {
    for point in points {
      precondition(
        point.values.count == objectives.count && !point.values.contains(where: \.isNaN),
        "\(point.values) for \(objectives.count) objectives")
    }
    let kept = points.filter { point in
      !points.contains {
        $0.durability == point.durability && beats($0, point, objectives) && isSure($0, point)
      }
    }
    return Dictionary(grouping: kept, by: \.durability)
  }

  private static func beats(_ one: Point, _ other: Point, _ objectives: [Metric]) -> Bool {
    var isBetter = false
    for (place, objective) in objectives.enumerated() {
      let (mine, theirs) =
        objective.isBetterHigher
        ? (one.values[place], other.values[place]) : (other.values[place], one.values[place])
      if mine < theirs { return false }
      if mine > theirs { isBetter = true }
    }
    return isBetter
  }
}
