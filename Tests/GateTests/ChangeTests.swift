import AssayModel
import Testing

@testable import Gate

@Suite("Changes as people read them")
struct ChangeTests {
  @Test(
    "Up to a factor of two a change is a signed percentage, beyond it a factor with its direction",
    arguments: [
      (0.786, "-21.4 %", "-21.4 %"), (1.0483, "+4.83 %", "+4.83 %"), (1, "0.00 %", "0.00 %"),
      (0.039146, "25.5 x slower", "25.5 x faster"), (1.5, "+50.0 %", "+50.0 %"),
      (25.54, "25.5 x faster", "25.5 x slower"), (1_234, "1234 x faster", "1234 x slower"),
    ])
  func words(ratio: Double, throughput: String, latency: String) throws {
    #expect(Change(.throughput, ratio: ratio).estimate == throughput)
    #expect(Change(.percentile(.p99, of: nil), ratio: ratio).estimate == latency)
  }

  @Test("A resource has a factor without a direction")
  func resources() throws {
    let disk = try Metric("disk")
    #expect(Change(disk, ratio: 0.039146).estimate == "0.0391 x")
    #expect(Change(disk, ratio: 12.3).estimate == "12.3 x")
  }

  @Test("Bounds have the form of the estimate, the lower one first")
  func bounds() {
    let slower = Change(.throughput, ratio: 0.04, interval: 0.02...0.05)
    #expect(slower.description == "25.0 x slower (20.0 x to 50.0 x)")
    let wide = Change(.throughput, ratio: 0.9, interval: 0.75...1.2, isUnadjusted: true)
    #expect(wide.description == "-10.0 % (-25.0 % to +20.0 %, plain 95 %)")
  }

  @Test("No share has more than three significant digits")
  func digits() {
    let texts = [0.0249999, 0.123456, 0.99949, 0.999499999, 12.3456, -0.000001].map(Percent.text)
    #expect(texts == ["2.50 %", "12.3 %", "99.9 %", "99.9 %", "1235 %", "0.00 %"])
    #expect(Percent.signed(0.00001) == "0.00 %")
  }
}

@Suite("What an undecided comparison shows")
struct UndecidedTests {
  private func comparison(_ pairs: Int, steal: Double? = nil) throws -> ComparisonResult {
    var comparison = PairedComparison(
      try ComparisonPlan(
        rules: [try MetricRule(.throughput)], question: .worsening, seed: Seed(1)))
    guard case .run(let round) = comparison.next() else { return comparison.result }
    let blocks = round.orders.prefix(pairs).enumerated().map { number, order in
      func block(_ operations: UInt64) -> BlockMeasurement {
        var block = BlockMeasurement(operations: operations, duration: .seconds(1))
        block.environment = steal.map { BlockEnvironment(stealShare: $0) }
        return block
      }
      return BlockPair(order: order, base: block(1_000), head: block(900 + UInt64(number)))
    }
    try comparison.close(with: blocks, because: "out of time")
    return comparison.result
  }

  @Test("A comparison that ends before its first look prints estimate and interval all the same")
  func outOfTime() throws {
    let result = try comparison(12)
    let decision = result.metrics[0]
    #expect(decision.outcome == .inconclusive)
    #expect(abs(try #require(decision.ratio) - 0.9055) < 0.001)
    #expect(decision.isUnadjusted == true)
    let interval = try #require(decision.change?.interval)
    #expect(interval.contains(0.9055) && interval.upperBound < 0.92)
    #expect(decision.reason.hasPrefix("out of time after 12 pairs; -9.4"), "\(decision.reason)")
  }

  @Test("Two pairs have an estimate and no interval, and none have neither")
  func fewer() throws {
    let two = try comparison(2).metrics[0]
    #expect(two.ratio != nil && two.lowerRatio == nil && two.upperRatio == nil)
    #expect(try comparison(0).metrics[0].ratio == nil)
  }

  @Test("An unfit machine is said in the outcome and the exit code, even before the first look")
  func environment() throws {
    let result = try comparison(12, steal: 0.6)
    #expect(result.metrics[0].outcome == .environmentInvalid)
    #expect(result.statuses == [.environment])
    #expect(result.metrics[0].reason.contains("60.0 % of the time was stolen"))
  }
}
