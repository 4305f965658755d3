/// The number of operations that a block needs for a percentile by which two blocks are compared.
///
/// Ten operations must lie beyond it: p90 takes 100, p99 1,000, p99.9 10,000. With fewer, the value
/// depends on single operations. (Printing one run's percentile takes a tenth of that.)
public enum PercentileCapacity {
  /// Operations that must lie beyond the percentile.
  public static let operationsBeyond = 10

  /// Returns the number of operations that a percentile needs.
  ///
  /// - Parameter fraction: in 0..<1; 0.99 is p99.
  public static func operationsNeeded(_ fraction: Double) -> UInt64 {
    precondition((0..<1).contains(fraction), "fraction \(fraction) lies outside 0..<1")
    // 1 - 0.9 is a little less than 0.1.
    return UInt64((Double(operationsBeyond) / (1 - fraction) - 1e-6).rounded(.up))
  }

  /// Returns true if this number of operations supports a percentile.
  public static func isHeld(_ fraction: Double, by operations: UInt64) -> Bool {
    operations >= operationsNeeded(fraction)
  }
}
