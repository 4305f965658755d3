import Foundation
import Testing

@testable import AssayModel

@Suite("Measurements of blocks")
struct BlockMeasurementTests {
  @Test("Throughput is operations per second of measuring, and 0 when nothing was measured")
  func throughput() {
    #expect(BlockMeasurement(operations: 500, duration: .milliseconds(250)).throughput == 2_000)
    #expect(BlockMeasurement(operations: 500, duration: .zero).throughput == 0)
  }

  @Test("A measurement survives JSON, and equal ones give the same bytes")
  func json() throws {
    let block = BlockMeasurement(
      operations: 3, duration: .seconds(1),
      latencies: ["store": HistogramCounts(values: [5], counts: [3], min: 4, max: 5)],
      counts: ["writes": 7, "syncs": 4, "locks": 9], resources: ["disk_peak_bytes": 8_192],
      isOverloaded: true,
      environment: BlockEnvironment(stealShare: 0.25, fsyncCanary: .microseconds(400)),
      violations: ["durability"])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = try encoder.encode(block)
    #expect(try JSONDecoder().decode(BlockMeasurement.self, from: data) == block)
    #expect(try encoder.encode(block) == data)
    #expect(String(decoding: data, as: UTF8.self).contains(#""locks":9,"syncs":4,"writes":7"#))
  }
}
