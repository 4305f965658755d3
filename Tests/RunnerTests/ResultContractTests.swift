import Foundation
import Testing

/// Every field of the result contract, by its name in the file.
@Suite("The result contract")
struct ResultContractTests {
  /// One run in which everything that a cell can show happens.
  private func rich() async throws -> [String: Any] {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        locks: { ttl: 100ms, poll: 5ms }
        load: { workload: locks, processes: 2, writers: 1, readers: 1, hold: 2ms, duration: 900ms }
        repeat: 2
        faults:
          - { stale_lock: 0, at: 50ms }
          - { kill: holder, at: 400ms, restart_after: 10ms }
        expect:
          integrity: valid
          mutual_exclusion: valid
          recovery_time: { max: ttl + 3s }
          latency: { max: 1h }
        """))
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out", "--json"], in: sandbox)
    // 5 where a busy machine kept the harness from running for a second: the fields are the same.
    #expect([0, 5].contains(ending.code), "\(ending.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
  }

  private func expect(
    _ names: [String], in value: Any?, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let fields = (value as? [String: Any]) ?? (value as? [[String: Any]])?.first ?? [:]
    for name in names where fields[name] == nil {
      Issue.record(
        "\(what) has no \(name): \(fields.keys.sorted())", sourceLocation: sourceLocation)
    }
  }

  @Test("Every field that the contract names is in the file")
  func fields() async throws {
    let result = try await rich()
    expect(
      [
        "schema", "scenario", "world", "plan_digest", "workload_digest", "seed", "environment",
        "cells", "outcome", "exit_code",
      ], in: result, "result")
    #expect(result["schema"] as? Int == 1)
    #expect(result["seed"] is String)
    #expect(result["exit_code"] as? Int == 0)
    expect(
      [
        "processor", "processors", "memory_bytes", "kernel", "file_system", "sqlite_version",
        "sqlite_source_id", "compile_options", "assay_version",
      ], in: result["environment"], "environment")
    let cells = try #require(result["cells"] as? [[String: Any]])
    let cell = try #require(cells.first)
    expect(
      [
        "id", "parameters", "verdicts", "operations", "throughput", "actors", "series", "counts",
        "faults", "takeovers", "explored", "findings", "incidents", "memory", "repetitions",
        "measured_seconds",
      ], in: cell, "cell")
    #expect(cell["repetitions"] as? Int == 2)
    expect(
      ["check", "status", "expected", "met", "evidence", "witness"], in: cell["verdicts"], "verdict"
    )
    expect(["actor", "role", "operations", "longest_wait"], in: cell["actors"], "actor")
    expect(["milliseconds", "operations", "failures", "longest_wait"], in: cell["series"], "point")
    expect(["kind", "target", "injected", "detected"], in: cell["faults"], "fault")
    expect(["peak_resident"], in: cell["memory"], "memory")
    let takeovers = try #require(cell["takeovers"] as? [[String: Any]])
    expect(["lock", "to", "token", "since_renewal", "is_reentry"], in: takeovers, "takeover")
    #expect(takeovers.contains { $0["since_kill"] != nil && $0["from"] != nil })
  }

  @Test("An operation has its count, errors, throughput and three distributions with percentiles")
  func operations() async throws {
    let cells = try await rich()["cells"] as? [[String: Any]]
    let operations = try #require(cells?.first?["operations"] as? [String: [String: Any]])
    #expect(
      Set(operations.keys).isSuperset(of: [
        "acquire", "release", "protected_write", "protected_read",
      ]))
    let read = try #require(operations["protected_read"])
    expect(
      ["count", "errors", "throughput", "response", "service", "queue"], in: read, "operation")
    let response = try #require(read["response"] as? [String: Any])
    expect(["count", "p50", "p90", "p99", "p99.9", "max", "histogram"], in: response, "response")
    let count = try #require(response["count"] as? Int)
    #expect(count == read["count"] as? Int)
    let values = ["p50", "p90", "p99", "p99.9", "max"].compactMap { response[$0] as? Int }
    #expect(values == values.sorted())
  }
}
